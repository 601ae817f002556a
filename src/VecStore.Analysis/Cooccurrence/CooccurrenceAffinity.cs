namespace VecStore.Analysis;

/// <summary>
/// How alike two features are by the blocks in which they fire (Li et al. 2024, The Geometry of Concepts, section on lobes). With T blocks, n_i and n_j blocks with the one and
/// the other, n11 with both, n10 = n_i - n11, n01 = n_j - n11, n00 = T - n_i - n_j + n11.
/// </summary>
public enum CooccurrenceAffinity
{
    /// <summary>(n11 + n00) / T.</summary>
    SimpleMatching,

    /// <summary>n11 / (n11 + n10 + n01).</summary>
    Jaccard,

    /// <summary>2 n11 / (n_i + n_j).</summary>
    Dice,

    /// <summary>n11 / min(n_i, n_j).</summary>
    Overlap,

    /// <summary>(n11 n00 - n10 n01) / sqrt(n_i (T - n_i) n_j (T - n_j)): the correlation of the two indicators.</summary>
    Phi,
}

/// <summary>The affinities as functions of counts.</summary>
public static class CooccurrenceAffinities
{
    /// <summary>
    /// The affinity from counts, in doubles: the products under phi's root overflow 64-bit integers from some 55,000 blocks on. 0 where the denominator is 0: features that never fire,
    /// and for phi those that fire in every block.
    /// </summary>
    /// <param name="affinity">Which one.</param>
    /// <param name="blocks">Blocks in all, T.</param>
    /// <param name="first">Blocks with the one feature.</param>
    /// <param name="second">Blocks with the other.</param>
    /// <param name="both">Blocks with both.</param>
    public static double Of(this CooccurrenceAffinity affinity, long blocks, long first, long second, long both)
    {
        double t = blocks, i = first, j = second, n11 = both;
        switch (affinity)
        {
            case CooccurrenceAffinity.SimpleMatching:
                return blocks == 0 ? 0 : (n11 + (blocks - first - second + both)) / t;
            case CooccurrenceAffinity.Jaccard:
                return first + second == 0 ? 0 : n11 / (first + second - both);
            case CooccurrenceAffinity.Dice:
                return first + second == 0 ? 0 : 2 * n11 / (first + second);
            case CooccurrenceAffinity.Overlap:
                return first == 0 || second == 0 ? 0 : n11 / Math.Min(first, second);
            case CooccurrenceAffinity.Phi:
                double denominator = Math.Sqrt(i * (t - i)) * Math.Sqrt(j * (t - j));
                return denominator > 0 ? ((n11 * t) - (i * j)) / denominator : 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(affinity), affinity, "there is no such affinity");
        }
    }
}
