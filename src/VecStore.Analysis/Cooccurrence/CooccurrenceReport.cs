namespace VecStore.Analysis;

/// <summary>What was counted: blocks, features, the whole matrix in a few figures, and the neighbours of a feature that was asked for.</summary>
public sealed record CooccurrenceReport : IAnalysisResult
{
    /// <summary>How tokens became blocks, in words.</summary>
    public required string Rule { get; init; }

    /// <summary>Documents looked at.</summary>
    public long Documents { get; init; }

    /// <summary>Tokens in the blocks.</summary>
    public long Tokens { get; init; }

    /// <summary>Tokens behind the last complete block of their document.</summary>
    public long TokensLeftOut { get; init; }

    /// <summary>Blocks.</summary>
    public long Blocks { get; init; }

    /// <summary>Features, those that never fire too.</summary>
    public int Features { get; init; }

    /// <summary>Sum of n_ij over all pairs, both orders, and the diagonal.</summary>
    public long Sum { get; init; }

    /// <summary>Sum of n_i.</summary>
    public long Trace { get; init; }

    /// <summary>Entries n_ij that are not 0; null when the matrix was not made.</summary>
    public long? NonZeros { get; init; }

    /// <summary>SHA-256 of the matrix as little-endian int64, row by row; null when it was not made.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Features that fire in no block: they belong to no affinity graph.</summary>
    public required IReadOnlyList<int> NeverFiring { get; init; }

    /// <summary>Features that fire in every block: phi is undefined, they belong to no affinity graph.</summary>
    public required IReadOnlyList<int> AlwaysFiring { get; init; }

    /// <summary>The feature whose neighbours were asked for.</summary>
    public int? Feature { get; init; }

    /// <summary>By which affinity.</summary>
    public CooccurrenceAffinity? Affinity { get; init; }

    /// <summary>Its neighbours, best first.</summary>
    public IReadOnlyList<CooccurringFeature> Neighbors { get; init; } = [];

    string IAnalysisResult.Title => "Co-occurrence of features";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rule", Rule), new("documents", Documents), new("tokens", Tokens), new("tokens_left_out", TokensLeftOut), new("blocks", Blocks), new("features", Features),
        new("sum", Sum), new("trace", Trace), new("non_zeros", NonZeros), new("sha256", Sha256), new("exact", true), new("never_firing", NeverFiring.Count),
        new("always_firing", AlwaysFiring.Count), new("always_firing_features", AlwaysFiring), new("live", Features - NeverFiring.Count - AlwaysFiring.Count),
        new("feature", Feature), new("affinity", Affinity),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            if (Feature is null) return [];
            ResultTable table = new("neighbors", new("feature", typeof(int)), new("affinity", typeof(double)), new("both", typeof(long), "blocks"), new("alone", typeof(long), "blocks"));
            foreach (CooccurringFeature neighbor in Neighbors) table.Add(neighbor.Feature, neighbor.Affinity, neighbor.Both, neighbor.Blocks);
            return [table];
        }
    }

    /// <summary>The figures of dense counts.</summary>
    public static CooccurrenceReport Of(CooccurrenceCounts counts, string rule)
    {
        CooccurrenceTotals totals = counts.Totals();
        return new()
        {
            Rule = rule,
            Blocks = counts.Blocks,
            Features = counts.FeatureCount,
            Sum = totals.Sum,
            Trace = totals.Trace,
            NonZeros = totals.NonZeros,
            Sha256 = totals.Sha256,
            NeverFiring = counts.NeverFiring,
            AlwaysFiring = counts.AlwaysFiring,
        };
    }

    /// <summary>The figures of blocks whose matrix is not made: its sum is that of the squares of the features of each block.</summary>
    public static CooccurrenceReport Of(FeatureBlocks blocks, string rule)
    {
        long[] occurrences = blocks.Occurrences();
        long sum = 0;
        for (long block = 0; block < blocks.Count; block++) sum += (long)blocks[block].Length * blocks[block].Length;
        return new()
        {
            Rule = rule,
            Blocks = blocks.Count,
            Features = blocks.FeatureCount,
            Sum = sum,
            Trace = blocks.FiringCount,
            NeverFiring = [.. Enumerable.Range(0, occurrences.Length).Where(feature => occurrences[feature] == 0)],
            AlwaysFiring = [.. Enumerable.Range(0, occurrences.Length).Where(feature => blocks.Count > 0 && occurrences[feature] == blocks.Count)],
        };
    }
}
