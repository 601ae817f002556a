using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>How one analogy is to be solved.</summary>
public sealed record AnalogyOptions
{
    /// <summary>3CosAdd unless said otherwise. 3CosAvg and LRCos take <see cref="Pairs"/> beside the one pair.</summary>
    public AnalogyMethod Method { get; init; } = AnalogyMethod.ThreeCosAdd;

    /// <summary>How many answers.</summary>
    public int Count { get; init; } = 5;

    /// <summary>Leaves a, b and c out of the answers (the field's convention; with them in, accuracy halves).</summary>
    public bool ExcludeInputs { get; init; } = true;

    /// <summary>Only the first rows are candidates; null means all.</summary>
    public int? Restrict { get; init; }

    /// <summary>The inner product whose cosines are meant; null means Euclidean. Rows are mapped by it before they are scaled to length 1.</summary>
    public InnerProduct? Inner { get; init; }

    /// <summary>More pairs (from, to) of the relation, for 3CosAvg and LRCos.</summary>
    public IReadOnlyList<(string From, string To)> Pairs { get; init; } = [];

    /// <summary>Threads; the answer is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }
}

/// <summary>One candidate of an answer.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Row">Its row.</param>
/// <param name="Score">The method's score; for 3CosAdd and 3CosAvg the cosine with the target vector, as gensim reports it.</param>
public readonly record struct ScoredKey(string Key, int Row, float Score);

/// <summary>The answers to "from is to to as of is to ?", best first. Exact: every candidate was scored.</summary>
/// <param name="From">a; null where a set of pairs was given.</param>
/// <param name="To">b; null where a set of pairs was given.</param>
/// <param name="Of">c.</param>
/// <param name="Method">The method.</param>
/// <param name="RowsSeen">Candidate rows.</param>
/// <param name="Answers">Best first.</param>
public sealed record AnalogyResult(string? From, string? To, string Of, AnalogyMethod Method, int RowsSeen, IReadOnlyList<ScoredKey> Answers) : IAnalysisResult
{
    string IAnalysisResult.Title => From is null ? $"? is to {Of} as in the pairs given" : $"{From} is to {To} as {Of} is to ?";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
        [new("from", From), new("to", To), new("of", Of), new("method", Method.ShortName()), new("rows_seen", RowsSeen), new("exact", true)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable answers = new("answers", new("key", typeof(string)), new("score", typeof(float)));
            foreach (ScoredKey answer in Answers) answers.Add(answer.Key, answer.Score);
            return [answers];
        }
    }
}

/// <summary>Solves single analogies by a scan over the rows.</summary>
public static unsafe class AnalogySolver
{
    /// <summary>from is to to as of is to ?: for example man, king, woman.</summary>
    /// <exception cref="KeyNotFoundException">A word is no key of the candidate rows.</exception>
    public static AnalogyResult Solve(IKeyedRows rows, string from, string to, string of, AnalogyOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        rows = options.Inner?.Map(rows) ?? rows;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Count, 1, nameof(options));
        int candidates = Math.Min(rows.Count, options.Restrict ?? rows.Count);
        int a = RowOf(from), b = RowOf(to), c = RowOf(of);
        AnalogyBatch batch = new(rows, candidates);
        double scale = 1;
        if (options.Method == AnalogyMethod.LogisticCosine) return SolveFromPairs(rows, [(from, to), .. options.Pairs], of, options with { Inner = null }, cancellation);
        if (options.Method == AnalogyMethod.ThreeCosAvg)
        {
            List<(int From, int To)> pairs = [(a, b)];
            foreach ((string pairFrom, string pairTo) in options.Pairs) pairs.Add((RowOf(pairFrom), RowOf(pairTo)));
            float[] offset = MeanOffset(batch, pairs);
            batch.Ask(options.Method, a, b, c, expected: -1, batch.AddVector(offset));
            scale = 1 / Length(offset, batch.Query(batch.AddRow(c)));
        }
        else
        {
            batch.Ask(options.Method, a, b, c, expected: -1);
            if (options.Method == AnalogyMethod.ThreeCosAdd)
            {
                float[] offset = MeanOffset(batch, [(a, b)]);
                scale = 1 / Length(offset, batch.Query(batch.AddRow(c)));
            }
            else if (options.Method == AnalogyMethod.PairDirection)
            {
                scale = 1 / Length(MeanOffset(batch, [(a, b)]), []);
            }
        }
        if (!double.IsFinite(scale)) scale = 0; // the target is the zero vector: it is near nothing
        ScoredKey[] best = Best(rows, batch, options, (float)scale, cancellation);
        return new(from, to, of, options.Method, candidates, best);

        int RowOf(string word) => RowKeys.Find(rows, word, candidates);
    }

    /// <summary>
    /// A relation given by pairs, asked of a key: 3CosAvg (Drozd et al. 2016), or LRCos. The key asked about is left out unless inputs are allowed; the keys of the pairs stay
    /// candidates.
    /// </summary>
    /// <param name="rows">Candidates.</param>
    /// <param name="pairs">Pairs (from, to) of the relation.</param>
    /// <param name="of">The key asked about.</param>
    /// <param name="options">Method, count, restriction, inner product; <see cref="AnalogyOptions.Pairs"/> is not used.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="KeyNotFoundException">A word is no key of the candidate rows.</exception>
    /// <exception cref="ArgumentException">No pair (for LRCos fewer than two), or a method that takes one pair.</exception>
    public static AnalogyResult SolveFromPairs(
        IKeyedRows rows, IReadOnlyList<(string From, string To)> pairs, string of, AnalogyOptions options, CancellationToken cancellation = default)
    {
        int candidates = Math.Min(rows.Count, options.Restrict ?? rows.Count);
        if (options.Method == AnalogyMethod.LogisticCosine) return new(null, null, of, options.Method, candidates, LogisticAnalogy.Solve(rows, pairs, of, options, cancellation));
        if (options.Method != AnalogyMethod.ThreeCosAvg) throw new ArgumentException($"{options.Method.ShortName()} takes one pair, not a set", nameof(options));
        if (pairs.Count == 0) throw new ArgumentException("no pair", nameof(pairs));
        rows = options.Inner?.Map(rows) ?? rows;
        AnalogyBatch batch = new(rows, candidates);
        int c = RowOf(of);
        float[] offset = MeanOffset(batch, [.. pairs.Select(pair => (RowOf(pair.From), RowOf(pair.To)))]);
        batch.Ask(options.Method, c, c, c, expected: -1, batch.AddVector(offset));
        double scale = 1 / Length(offset, batch.Query(batch.AddRow(c)));
        return new(null, null, of, options.Method, candidates, Best(rows, batch, options, double.IsFinite(scale) ? (float)scale : 0, cancellation));

        int RowOf(string word) => RowKeys.Find(rows, word, candidates);
    }

    private static float[] MeanOffset(AnalogyBatch batch, List<(int From, int To)> pairs)
    {
        double[] sum = new double[batch.Rows.Dimension];
        foreach ((int from, int to) in pairs)
        {
            ReadOnlySpan<float> a = batch.Query(batch.AddRow(from)), b = batch.Query(batch.AddRow(to));
            for (int k = 0; k < sum.Length; k++) sum[k] += (double)b[k] - a[k];
        }
        return [.. sum.Select(value => (float)(value / pairs.Count))];
    }

    private static double Length(ReadOnlySpan<float> offset, ReadOnlySpan<float> start)
    {
        double squared = 0;
        for (int k = 0; k < offset.Length; k++)
        {
            double x = offset[k] + (start.IsEmpty ? 0.0 : start[k]);
            squared += x * x;
        }
        return Math.Sqrt(squared);
    }

    private static ScoredKey[] Best(IKeyedRows rows, AnalogyBatch batch, AnalogyOptions options, float scale, CancellationToken cancellation)
    {
        BatchedQuestion question = batch.Questions[0];
        using NativeBlock<float> queries = batch.PackQueries();
        BoundedBest[] found = CandidateBlocks.Walk(
            batch.Rows, batch.Candidates, queries.Base, batch.QueryCount, options.Threads, () => new BoundedBest(Math.Min(options.Count, batch.Candidates)), (best, products, first, count) =>
            {
                float* scores = stackalloc float[CandidateBlocks.BlockRows];
                AnalogyRanking.Scores(options.Method, products, question, scores);
                for (int i = 0; i < count; i++)
                {
                    int row = first + i;
                    if (options.ExcludeInputs && (row == question.InputA || row == question.InputB || row == question.InputC)) continue;
                    best.Offer(scores[i], row);
                }
            }, cancellation);
        return [.. BoundedBest.Of(found).Ordered().Select(item => new ScoredKey(rows.KeyOf(item.Row), item.Row, item.Score * scale))];
    }
}
