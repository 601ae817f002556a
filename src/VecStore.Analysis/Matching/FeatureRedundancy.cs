namespace VecStore.Analysis;

/// <summary>Two features of one set whose rows point the same way.</summary>
/// <param name="Key">A feature.</param>
/// <param name="Other">The other one.</param>
/// <param name="Cosine">Of their rows.</param>
/// <param name="Row">Row of the first.</param>
/// <param name="OtherRow">Row of the other, a later one.</param>
public readonly record struct SimilarFeatures(string Key, string Other, float Cosine, int Row, int OtherRow);

/// <summary>
/// A pair that looks like feature absorption (Chanin et al. 2024): the rows are alike, but the general feature is silent where the special one fires, less often together than
/// chance would have it.
/// </summary>
/// <param name="General">The feature that fires more often.</param>
/// <param name="Special">The rarer one, which may have taken over part of its work.</param>
/// <param name="Cosine">Of their rows.</param>
/// <param name="GeneralBlocks">Blocks the general one fires in.</param>
/// <param name="SpecialBlocks">Blocks the special one fires in.</param>
/// <param name="Together">Blocks both fire in.</param>
/// <param name="Expected">Blocks both would fire in by chance: product of the two by the number of blocks.</param>
public readonly record struct AbsorptionCandidate(string General, string Special, float Cosine, long GeneralBlocks, long SpecialBlocks, long Together, double Expected);

/// <summary>Features of one set that say nearly the same.</summary>
/// <param name="Features">Features looked at.</param>
/// <param name="DuplicatesFrom">Cosine from which two count as duplicates.</param>
/// <param name="SimilarFrom">Cosine from which a pair may be an absorption candidate.</param>
/// <param name="Duplicates">Duplicates, most alike first.</param>
/// <param name="Absorptions">Absorption candidates, fewest common blocks against chance first; empty without firings. Candidates: reading contexts decides.</param>
public sealed record FeatureRedundancyResult(
    int Features, double DuplicatesFrom, double SimilarFrom, IReadOnlyList<SimilarFeatures> Duplicates, IReadOnlyList<AbsorptionCandidate> Absorptions) : IAnalysisResult
{
    string IAnalysisResult.Title => "Features of one set that are alike";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("reading", Words()), new("features", Features), new("exact", true), new("duplicates_from", DuplicatesFrom), new("similar_from", SimilarFrom), new("duplicate_pairs", Duplicates.Count),
        new("absorption_candidates", Absorptions.Count),
    ];

    private string Words()
    {
        int never = Absorptions.Count(candidate => candidate.Together == 0);
        return Reading.Join(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Duplicates.Count:N0} pairs of {Features:N0} features point the same way"),
            Absorptions.Count == 0 ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{Absorptions.Count:N0} pairs are alike and fire together less often than chance, {never:N0} of them never: candidates, which reading contexts decides"));
    }

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable duplicates = new("duplicates", new("key", typeof(string)), new("other", typeof(string)), new("cosine", typeof(float)));
            foreach (SimilarFeatures pair in Duplicates) duplicates.Add(pair.Key, pair.Other, pair.Cosine);
            ResultTable absorptions = new("absorptions", new("general", typeof(string)), new("special", typeof(string)), new("cosine", typeof(float)), new("general_blocks", typeof(long)),
                new("special_blocks", typeof(long)), new("together", typeof(long)), new("expected", typeof(double)));
            foreach (AbsorptionCandidate c in Absorptions) absorptions.Add(c.General, c.Special, c.Cosine, c.GeneralBlocks, c.SpecialBlocks, c.Together, c.Expected);
            return [duplicates, absorptions];
        }
    }
}

/// <summary>Looks for duplicates and absorption candidates among the nearest features of each feature: exact over the neighbours asked for. Work: n^2 d / 2; memory as for <see cref="NeighborLists"/>.</summary>
public static class FeatureRedundancy
{
    /// <summary>Finds them.</summary>
    /// <param name="features">The features' rows.</param>
    /// <param name="counts">Blocks of each feature alone and together with another; null for duplicates only. Called with row numbers.</param>
    /// <param name="blocks">Number of blocks behind the counts.</param>
    /// <param name="neighbors">Nearest features of each that are looked at.</param>
    /// <param name="duplicatesFrom">Cosine from which two count as duplicates.</param>
    /// <param name="similarFrom">Cosine from which a pair may be an absorption candidate.</param>
    /// <param name="threads">Threads; 0 means one per processor.</param>
    /// <param name="progress">Told the share of the pairs that were compared.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static FeatureRedundancyResult Find(
        IKeyedRows features, Func<int, int, long>? counts = null, long blocks = 0, int neighbors = 20, double duplicatesFrom = 0.95, double similarFrom = 0.4,
        int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        List<SimilarFeatures> duplicates = [];
        List<AbsorptionCandidate> absorptions = [];
        HashSet<(int, int)> seen = [];
        if (features.Count < 2) return new(features.Count, duplicatesFrom, similarFrom, [], []);
        NeighborLists near = NeighborLists.Of(features, Math.Min(neighbors, features.Count - 1), threads, progress, cancellation);
        for (int feature = 0; feature < features.Count; feature++)
        {
            for (int place = 0; place < near.Neighbors; place++)
            {
                (int other, float cosine) = (near.Of(feature)[place], near.Cosines[(feature * near.Neighbors) + place]);
                if (cosine < Math.Min(duplicatesFrom, similarFrom)) break;
                (int low, int high) = (Math.Min(feature, other), Math.Max(feature, other));
                if (!seen.Add((low, high))) continue;
                if (cosine >= duplicatesFrom) duplicates.Add(new(features.KeyOf(low), features.KeyOf(high), cosine, low, high));
                if (cosine >= similarFrom && counts is not null && Candidate(low, high, cosine) is { } candidate) absorptions.Add(candidate);
            }
        }
        return new(features.Count, duplicatesFrom, similarFrom, [.. duplicates.OrderByDescending(pair => pair.Cosine).ThenBy(pair => pair.Row).ThenBy(pair => pair.OtherRow)],
            [.. absorptions.OrderBy(c => c.Together - c.Expected).ThenBy(c => c.General, StringComparer.Ordinal).ThenBy(c => c.Special, StringComparer.Ordinal)]);

        AbsorptionCandidate? Candidate(int row, int other, float cosine)
        {
            long own = counts(row, row), others = counts(other, other), together = counts(row, other);
            (int general, int special) = own >= others ? (row, other) : (other, row);
            double expected = blocks > 0 ? (double)own * others / blocks : 0;
            return own == others || expected < 1 || together >= expected ? null
                : new(features.KeyOf(general), features.KeyOf(special), cosine, Math.Max(own, others), Math.Min(own, others), together, expected);
        }
    }
}
