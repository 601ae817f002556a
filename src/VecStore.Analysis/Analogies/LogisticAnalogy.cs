using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// LRCos (Drozd, Gladkova and Matsuoka 2016): a candidate must be near the key asked about and belong to the class of the second members of the pairs:
/// score = P(class | x) cos(x, c), the probability from a logistic regression on unit rows.
/// </summary>
internal static unsafe class LogisticAnalogy
{
    private const double Penalty = 0.1;

    /// <summary>Answers "pairs as of is to ?", best first; the keys of the pairs stay candidates, the key asked about does not.</summary>
    public static IReadOnlyList<ScoredKey> Solve(
        IKeyedRows rows, IReadOnlyList<(string From, string To)> pairs, string of, AnalogyOptions options, CancellationToken cancellation = default)
    {
        rows = options.Inner?.Map(rows) ?? rows;
        int candidates = Math.Min(rows.Count, options.Restrict ?? rows.Count);
        if (pairs.Count < 2) throw new ArgumentException($"{pairs.Count} pairs do not make a class", nameof(pairs));
        int asked = Row(of);
        LogisticProbe probe = Fit(rows, candidates, [.. pairs.Select(pair => (Row(pair.From), Row(pair.To)))]);

        using NativeBlock<float> queries = new(2L * rows.Dimension);
        for (int k = 0; k < rows.Dimension; k++) queries.Base[k] = (float)probe.Weights[k];
        UnitRow.Read(rows, asked).CopyTo(queries.Span(rows.Dimension, rows.Dimension));
        BoundedBest[] found = CandidateBlocks.Walk(
            rows, candidates, queries.Base, 2, options.Threads, () => new BoundedBest(Math.Min(options.Count, candidates)), (best, products, first, count) =>
            {
                for (int i = 0; i < count; i++)
                {
                    if (options.ExcludeInputs && first + i == asked) continue;
                    double odds = products[i] + probe.Intercept;
                    best.Offer((float)(products[CandidateBlocks.BlockRows + i] / (1 + Math.Exp(-odds))), first + i);
                }
            }, cancellation);
        return [.. BoundedBest.Of(found).Ordered().Select(item => new ScoredKey(rows.KeyOf(item.Row), item.Row, item.Score))];

        int Row(string key) => RowKeys.Find(rows, key, candidates);
    }

    /// <summary>The regression of second members against first members and twice as many random rows as there are pairs, on unit rows.</summary>
    internal static LogisticProbe Fit(IRowSource rows, int candidates, IReadOnlyList<(int From, int To)> pairs)
    {
        HashSet<int> positive = [.. pairs.Select(pair => pair.To)], negative = [.. pairs.Select(pair => pair.From).Where(row => !positive.Contains(row))];
        SeededRandom random = new(0, "lrcos background");
        for (int i = 0; i < 2 * pairs.Count; i++)
        {
            int row = random.NextInt32(candidates);
            if (!positive.Contains(row)) negative.Add(row);
        }
        int[] chosen = [.. positive.Order(), .. negative.Order()];
        double[][] units = [.. chosen.Select(row => UnitRow.Read(rows, row).Select(x => (double)x).ToArray())];
        return LogisticProbe.Fit(units, [.. chosen.Select(positive.Contains)], Penalty);
    }
}
