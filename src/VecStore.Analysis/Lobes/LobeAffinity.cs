namespace VecStore.Analysis;

/// <summary>The affinities by which features are put into lobes. Weights of a graph are at least 0, so phi comes in two ways.</summary>
public enum LobeAffinity
{
    /// <summary>(n11 + n00) / T.</summary>
    SimpleMatching,

    /// <summary>n11 / (n11 + n10 + n01).</summary>
    Jaccard,

    /// <summary>2 n11 / (n_i + n_j).</summary>
    Dice,

    /// <summary>n11 / min(n_i, n_j).</summary>
    Overlap,

    /// <summary>max(phi, 0): only what fires together more often than chance. The better choice: phi + 1 is nearly constant.</summary>
    ClippedPhi,

    /// <summary>phi + 1, as published (Li et al. 2024): features that never meet by chance have affinity 1, and the largest lobe collects the rarest features.</summary>
    ShiftedPhi,

    /// <summary>1 - arccos(cosine) / pi of the decoder rows.</summary>
    Angular,
}

/// <summary>Graphs of features by co-occurrence.</summary>
public static class LobeAffinities
{
    /// <summary>The affinity in one word, as the command line has it.</summary>
    public static string Name(this LobeAffinity affinity) => affinity switch
    {
        LobeAffinity.SimpleMatching => "matching",
        LobeAffinity.ClippedPhi => "phi",
        LobeAffinity.ShiftedPhi => "phi-shifted",
        LobeAffinity.Jaccard => "jaccard",
        LobeAffinity.Dice => "dice",
        LobeAffinity.Overlap => "overlap",
        LobeAffinity.Angular => "angular",
        _ => throw new ArgumentOutOfRangeException(nameof(affinity), affinity, "there is no such affinity"),
    };

    /// <summary>The count it is made of, and what becomes of negative phi; the angular affinity has none.</summary>
    public static (CooccurrenceAffinity Affinity, PhiRule Phi) Cooccurrence(this LobeAffinity affinity) => affinity switch
    {
        LobeAffinity.SimpleMatching => (CooccurrenceAffinity.SimpleMatching, PhiRule.Clipped),
        LobeAffinity.Jaccard => (CooccurrenceAffinity.Jaccard, PhiRule.Clipped),
        LobeAffinity.Dice => (CooccurrenceAffinity.Dice, PhiRule.Clipped),
        LobeAffinity.Overlap => (CooccurrenceAffinity.Overlap, PhiRule.Clipped),
        LobeAffinity.ClippedPhi => (CooccurrenceAffinity.Phi, PhiRule.Clipped),
        LobeAffinity.ShiftedPhi => (CooccurrenceAffinity.Phi, PhiRule.PlusOne),
        _ => throw new ArgumentOutOfRangeException(nameof(affinity), affinity, "counts give no such affinity"),
    };

    /// <summary>All pairs of some features: 8 n^2 bytes.</summary>
    /// <param name="counts">Blocks in which features fire together.</param>
    /// <param name="affinity">Which one.</param>
    /// <param name="features">Which features; usually <see cref="CooccurrenceCounts.LiveFeatures"/>.</param>
    public static AffinityGraph DenseGraph(this CooccurrenceCounts counts, LobeAffinity affinity, int[] features)
        => counts.AffinityGraph(affinity.Cooccurrence().Affinity, null, features, affinity.Cooccurrence().Phi);

    /// <summary>Features that fire in some blocks and not in all, ascending, and how many are left out.</summary>
    internal static int[] LiveFeatures(this FeatureBlocks blocks, out int never, out int always)
    {
        long[] fires = blocks.Occurrences();
        never = fires.Count(count => count == 0);
        always = blocks.Count == 0 ? 0 : fires.Count(count => count == blocks.Count);
        return [.. Enumerable.Range(0, fires.Length).Where(feature => fires[feature] > 0 && fires[feature] < blocks.Count)];
    }

    /// <summary>The graph of features that fire in some blocks and not in all.</summary>
    /// <param name="affinity">Which one; not the angular one.</param>
    /// <param name="counts">Counts of all pairs, where there are some: then all pairs or the strongest of each feature.</param>
    /// <param name="blocks">The blocks, where there are no counts.</param>
    /// <param name="live">Features that fire in some blocks and not in all.</param>
    /// <param name="strongest">Pairs kept of each feature; null keeps all, which needs counts.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Told the features done.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static AffinityGraph GraphOf(
        this LobeAffinity affinity, CooccurrenceCounts? counts, FeatureBlocks blocks, int[] live, int? strongest, int threads, IProgress<long>? progress, CancellationToken cancellation)
    {
        (CooccurrenceAffinity kind, PhiRule phi) = affinity.Cooccurrence();
        if (counts is not null) return counts.AffinityGraph(kind, strongest, live, phi, threads, cancellation);
        if (phi == PhiRule.PlusOne) throw new ArgumentException("phi + 1 of pairs that never fire together is near 1: it has no strongest pairs; take phi", nameof(affinity));
        return CooccurrenceNeighbors.Find(blocks, kind, strongest ?? LobeOptions.StrongestOfMany, threads, progress, cancellation).AffinityGraph(live);
    }
}
