namespace VecStore.Analysis;

/// <summary>How features are matched.</summary>
public sealed record MatchingOptions
{
    /// <summary>A feature whose best match has a lower cosine counts as unmatched.</summary>
    public double MatchedFrom { get; init; } = 0.7;

    /// <summary>Null draws: the other side's rows with their elements permuted, the same permutation within a draw; 0 for none.</summary>
    public int NullDraws { get; init; } = 19;

    /// <summary>Rows on which the null is taken, drawn at random.</summary>
    public int NullRows { get; init; } = 1_000;

    /// <summary>Seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; the answer is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Told the share of the pairs that were compared, those of the null included.</summary>
    public IProgress<double>? Progress { get; init; }
}

/// <summary>A feature and the nearest of another set.</summary>
/// <param name="Key">The feature.</param>
/// <param name="Row">Its row.</param>
/// <param name="Match">The nearest feature of the other set.</param>
/// <param name="MatchRow">Its row.</param>
/// <param name="Cosine">Their cosine.</param>
/// <param name="Mutual">Each is the other's nearest.</param>
public readonly record struct FeatureMatch(string Key, int Row, string Match, int MatchRow, float Cosine, bool Mutual);

/// <summary>Features of one set against those of another: two SAEs, two layers.</summary>
public sealed record FeatureMatchingResult : IAnalysisResult
{
    /// <summary>The best match of every feature of the first set, in its order.</summary>
    public required IReadOnlyList<FeatureMatch> Matches { get; init; }

    /// <summary>Features of the second set.</summary>
    public required int Others { get; init; }

    /// <summary>Features of the second set whose nearest of the first has a lower cosine than <see cref="MatchingOptions.MatchedFrom"/>.</summary>
    public required int UnmatchedOthers { get; init; }

    /// <summary>How they were matched.</summary>
    public required MatchingOptions Options { get; init; }

    /// <summary>Mean best cosine against the other set with permuted elements; null when there were no draws.</summary>
    public required NullTest? MeanCosine { get; init; }

    /// <summary>Pairs that are each other's nearest.</summary>
    public int Mutual => Matches.Count(match => match.Mutual);

    /// <summary>Features of the first set without a match.</summary>
    public int Unmatched => Matches.Count(match => match.Cosine < Options.MatchedFrom);

    string IAnalysisResult.Title => "Features matched by cosine";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("reading", Words()), new("features", Matches.Count), new("others", Others), new("exact", true), new("matched_from", Options.MatchedFrom), new("mutual", Mutual), new("unmatched", Unmatched),
        new("unmatched_others", UnmatchedOthers), new("mean_cosine", Matches.Count > 0 ? Matches.Average(match => (double)match.Cosine) : double.NaN),
        .. MeanCosine is null ? Array.Empty<ResultFact>() : [ResultFact.Of("mean_cosine_of_sample", MeanCosine)],
    ];

    private string Words() => Reading.Join(
        $"{Reading.Share((double)Mutual / Math.Max(1, Matches.Count))} of the features have a mutual best match, {Reading.Share((double)Unmatched / Math.Max(1, Matches.Count))} have none from a cosine of {Options.MatchedFrom.ToString(System.Globalization.CultureInfo.InvariantCulture)}",
        MeanCosine is null ? "no null was drawn" : Reading.Of("mean best cosine", MeanCosine));

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("matches", new("key", typeof(string)), new("match", typeof(string)), new("cosine", typeof(float)), new("mutual", typeof(bool)));
            foreach (FeatureMatch match in Matches.OrderByDescending(match => match.Cosine).ThenBy(match => match.Row)) table.Add(match.Key, match.Match, match.Cosine, match.Mutual);
            return [table];
        }
    }
}

/// <summary>Nearest features across two sets by the cosine of their rows: exact, in blocks. Work: n m d, and draws x sample x m d for the null; memory: 8 bytes a row beside some blocks.</summary>
public static class FeatureMatching
{
    /// <summary>Matches every feature of one set to the nearest of another, and back.</summary>
    /// <exception cref="ArgumentException">The dimensions differ, or a set is empty.</exception>
    public static FeatureMatchingResult Match(IKeyedRows features, IKeyedRows others, MatchingOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (features.Dimension != others.Dimension) throw new ArgumentException($"features of {features.Dimension} dimensions cannot be compared with features of {others.Dimension}", nameof(others));
        if (features.Count == 0 || others.Count == 0) throw new ArgumentException("a set without features has no matches", nameof(features));
        int sampled = options.NullDraws > 0 ? Math.Min(options.NullRows, features.Count) : 0;
        double all = features.Count + (double)sampled * options.NullDraws;
        BestMatches best = BestMatches.Find(features, others, options.Threads, done => options.Progress?.Report(done / all), cancellation);
        NullTest? test = null;
        if (options.NullDraws > 0)
        {
            SeededRandom random = new(options.Seed, "matching sample");
            SelectedRows sample = new(features, random.Choose(sampled, features.Count));
            double observed = Enumerable.Range(0, sample.Count).Average(i => (double)best.Cosines[sample.SourceRow(i)]);
            double[] nulls = new double[options.NullDraws];
            for (int draw = 0; draw < nulls.Length; draw++)
            {
                double before = features.Count + (double)sampled * draw;
                BestMatches permuted = BestMatches.Find(new PermutedElements(sample, new(options.Seed, "matching null", draw)), others, options.Threads,
                    done => options.Progress?.Report((before + done) / all), cancellation);
                nulls[draw] = Enumerable.Range(0, sample.Count).Average(i => (double)permuted.Cosines[i]);
            }
            test = NullTest.Of(observed, nulls, options.Seed, $"elements of {sample.Count} features permuted");
        }
        FeatureMatch[] matches = new FeatureMatch[features.Count];
        for (int row = 0; row < matches.Length; row++)
            matches[row] = new(features.KeyOf(row), row, others.KeyOf(best.Rows[row]), best.Rows[row], best.Cosines[row], best.RowsBack[best.Rows[row]] == row);
        int unmatched = 0;
        foreach (float cosine in best.CosinesBack)
            if (cosine < options.MatchedFrom) unmatched++;
        return new() { Matches = matches, Others = others.Count, UnmatchedOthers = unmatched, Options = options, MeanCosine = test };
    }

    // The same rows with the elements of every row in one and the same random order: lengths and cosines among themselves stay, the basis they share with others goes.
    private sealed class PermutedElements : IRowSource
    {
        private readonly IRowSource rows;
        private readonly int[] order;

        public PermutedElements(IRowSource rows, SeededRandom random)
        {
            this.rows = rows;
            order = [.. Enumerable.Range(0, rows.Dimension)];
            random.Shuffle(order.AsSpan());
        }

        public int Count => rows.Count;

        public int Dimension => rows.Dimension;

        public void Read(int first, Span<float> destination)
        {
            float[] plain = new float[destination.Length];
            rows.Read(first, plain);
            for (int at = 0; at < plain.Length; at += order.Length)
                for (int k = 0; k < order.Length; k++) destination[at + k] = plain[at + order[k]];
        }
    }
}
