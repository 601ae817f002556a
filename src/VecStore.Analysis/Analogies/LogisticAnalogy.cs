using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// LRCos (Drozd, Gladkova and Matsuoka 2016): a candidate must be near the key asked about and belong to the class of the second members of the pairs:
/// score = P(class | x) cos(x, c), the probability from a logistic regression on unit rows.
/// </summary>
public static class LogisticAnalogy
{
    internal const double Penalty = 0.1;

    /// <summary>Answers "pairs as of is to ?", best first; the keys of the pairs stay candidates, the key asked about does not.</summary>
    /// <param name="rows">Candidates.</param>
    /// <param name="pairs">Pairs (from, to) of the relation; the pair asked about must not be among them.</param>
    /// <param name="of">The key asked about.</param>
    /// <param name="options">Count, restriction; the method is not used.</param>
    /// <param name="penalty">L2 penalty of the regression.</param>
    /// <param name="seed">Seed of the random rows that stand for "not this class", beside the first members.</param>
    public static IReadOnlyList<ScoredKey> Solve(
        IKeyedRows rows, IReadOnlyList<(string From, string To)> pairs, string of, AnalogyOptions? options = null, double penalty = Penalty, ulong seed = 0)
    {
        options ??= new();
        rows = options.Inner?.Map(rows) ?? rows;
        int candidates = Math.Min(rows.Count, options.Restrict ?? rows.Count);
        if (pairs.Count < 2) throw new ArgumentException($"{pairs.Count} pairs do not make a class", nameof(pairs));
        int asked = Row(of);
        LogisticProbe probe = Fit(rows, candidates, [.. pairs.Select(pair => (Row(pair.From), Row(pair.To)))], penalty, seed);

        BoundedBest best = new(Math.Min(options.Count, candidates));
        unsafe
        {
            using NativeBlock<float> queries = new(2L * rows.Dimension);
            for (int k = 0; k < rows.Dimension; k++) queries.Base[k] = (float)probe.Weights[k];
            UnitRow.Read(rows, asked).CopyTo(queries.Span(rows.Dimension, rows.Dimension));
            using CandidateBlocks blocks = new(rows, queries.Base, 2);
            for (int first = 0; first < candidates; first += CandidateBlocks.BlockRows)
            {
                int count = Math.Min(CandidateBlocks.BlockRows, candidates - first);
                blocks.Load(first, count);
                for (int i = 0; i < count; i++)
                {
                    if (options.ExcludeInputs && first + i == asked) continue;
                    double odds = blocks.Products[i] + probe.Intercept;
                    best.Offer((float)(blocks.Products[CandidateBlocks.BlockRows + i] / (1 + Math.Exp(-odds))), first + i);
                }
            }
        }
        return [.. best.Ordered().Select(item => new ScoredKey(rows.KeyOf(item.Row), item.Row, item.Score))];

        int Row(string key) => rows.TryFind(key, out int row) && row < candidates ? row : throw new KeyNotFoundException($"'{key}' is no key of the {candidates} rows asked.");
    }

    /// <summary>The regression of second members against first members and twice as many random rows as there are pairs, on unit rows.</summary>
    internal static LogisticProbe Fit(IRowSource rows, int candidates, IReadOnlyList<(int From, int To)> pairs, double penalty, ulong seed)
    {
        HashSet<int> positive = [.. pairs.Select(pair => pair.To)], negative = [.. pairs.Select(pair => pair.From).Where(row => !positive.Contains(row))];
        SeededRandom random = new(seed, "lrcos background");
        for (int i = 0; i < 2 * pairs.Count; i++)
        {
            int row = random.NextInt32(candidates);
            if (!positive.Contains(row)) negative.Add(row);
        }
        int[] chosen = [.. positive.Order(), .. negative.Order()];
        double[][] units = [.. chosen.Select(row => UnitRow.Read(rows, row).Select(x => (double)x).ToArray())];
        return LogisticProbe.Fit(units, [.. chosen.Select(positive.Contains)], penalty);
    }
}
