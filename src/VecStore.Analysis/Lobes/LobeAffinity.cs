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
    /// <summary>The affinity of two features from counts; angular affinities have none.</summary>
    public static double Of(this LobeAffinity affinity, long blocks, long first, long second, long both) => affinity switch
    {
        LobeAffinity.SimpleMatching => CooccurrenceAffinity.SimpleMatching.Of(blocks, first, second, both),
        LobeAffinity.Jaccard => CooccurrenceAffinity.Jaccard.Of(blocks, first, second, both),
        LobeAffinity.Dice => CooccurrenceAffinity.Dice.Of(blocks, first, second, both),
        LobeAffinity.Overlap => CooccurrenceAffinity.Overlap.Of(blocks, first, second, both),
        LobeAffinity.ClippedPhi => Math.Max(0, CooccurrenceAffinity.Phi.Of(blocks, first, second, both)),
        LobeAffinity.ShiftedPhi => Math.Max(0, 1 + CooccurrenceAffinity.Phi.Of(blocks, first, second, both)),
        _ => throw new ArgumentOutOfRangeException(nameof(affinity), affinity, "counts give no such affinity"),
    };

    /// <summary>All pairs of some features: 8 n^2 bytes, at most <see cref="AffinityGraph.DenseLimit"/> features.</summary>
    /// <param name="counts">Blocks in which features fire together.</param>
    /// <param name="affinity">Which one.</param>
    /// <param name="features">Which features; usually <see cref="CooccurrenceCounts.LiveFeatures"/>.</param>
    public static AffinityGraph DenseGraph(this CooccurrenceCounts counts, LobeAffinity affinity, int[] features)
    {
        int n = features.Length;
        double[] matrix = new double[(long)n * n];
        int[] fires = [.. features.Select(counts.CountOf)];
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++)
                matrix[(long)i * n + j] = matrix[(long)j * n + i] = affinity.Of(counts.Blocks, fires[i], fires[j], counts[features[i], features[j]]);
        return AffinityGraph.Dense(matrix, n);
    }
}
