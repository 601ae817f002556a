namespace VecStore.Analysis;

/// <summary>One lobe seen from its rows' neighbourhoods.</summary>
/// <param name="Lobe">Its name.</param>
/// <param name="Size">Rows.</param>
/// <param name="Share">Mean over its rows of the share of the k nearest rows that are in it.</param>
/// <param name="Chance">Its share of the other rows.</param>
/// <param name="NullMean">Mean share over permuted labels.</param>
/// <param name="PValue">Permutations in which the share is as large: (1 + hits) / (1 + draws).</param>
public sealed record LobePurity(string Lobe, int Size, double Share, double Chance, double NullMean, double PValue)
{
    /// <summary>Share over chance.</summary>
    public double Lift => Share / Chance;
}

/// <summary>Whether rows that lie near each other are in the same lobe.</summary>
/// <param name="Neighbors">k.</param>
/// <param name="Shares">For each labelled row, in the order of <see cref="Rows"/>, the share of its k nearest labelled rows that are in its lobe.</param>
/// <param name="Rows">The labelled rows.</param>
/// <param name="Overall">The mean share beside that of permuted labels.</param>
/// <param name="Chance">The mean over rows of their lobe's share of the other rows.</param>
/// <param name="Lobes">The same lobe by lobe.</param>
/// <param name="WithinStrata">The mean share beside that of labels permuted within strata, where strata were given.</param>
public sealed record NeighborhoodPurity(
    int Neighbors, double[] Shares, int[] Rows, NullTest Overall, double Chance, IReadOnlyList<LobePurity> Lobes, NullTest? WithinStrata)
{
    /// <summary>The overall share over chance.</summary>
    public double Lift => Overall.Observed / Chance;

    /// <summary>Compares. n k work a draw once the neighbours are known.</summary>
    /// <param name="near">Neighbours among the labelled rows alone: list i is that of row rows[i], and counts by places in it.</param>
    /// <param name="labels">The label of each place, all at least 0.</param>
    /// <param name="rows">The row of each place.</param>
    /// <param name="names">Names of the labels.</param>
    /// <param name="draws">Permutations.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="strata">Labelling of all rows for the stricter null.</param>
    /// <param name="threads">Threads; the result is the same for any number.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static NeighborhoodPurity Of(
        NeighborLists near, int[] labels, int[] rows, IReadOnlyList<string> names, int draws, ulong seed, Labeling? strata, int threads, CancellationToken cancellation)
    {
        double[] shares = new double[labels.Length];
        for (int i = 0; i < shares.Length; i++) shares[i] = Together(near, labels, i) / (double)near.Neighbors;
        int[] sizes = new int[names.Count];
        foreach (int label in labels) sizes[label]++;
        double[] observed = Means(near, labels, sizes);
        double[][] null_ = Draws(new(labels, rows, null));
        double[]? strict = strata is null ? null : [.. Draws(new(labels, rows, strata)).Select(means => means[^1])];
        double others = labels.Length - 1, chance = sizes.Sum(size => size * (size - 1) / others) / labels.Length;
        LobePurity[] lobes = [.. Enumerable.Range(0, names.Count).Where(lobe => sizes[lobe] > 0).Select(lobe => new LobePurity(
            names[lobe], sizes[lobe], observed[lobe], (sizes[lobe] - 1) / others, draws > 0 ? null_.Average(means => means[lobe]) : double.NaN,
            (1.0 + null_.Count(means => means[lobe] >= observed[lobe])) / (1.0 + draws)))];
        return new(near.Neighbors, shares, rows, NullTest.Of(observed[^1], [.. null_.Select(means => means[^1])], seed, "labels permuted"), chance, lobes,
            strict is null ? null : NullTest.Of(observed[^1], strict, seed, new LabelPermutation(labels, rows, strata).Description));

        double[][] Draws(LabelPermutation permutation)
        {
            double[][] figures = new double[draws][];
            int parts = Workers.Count(threads, draws);
            Workers.Run(parts, part =>
            {
                for (int draw = part; draw < draws; draw += parts)
                {
                    cancellation.ThrowIfCancellationRequested();
                    figures[draw] = Means(near, permutation.Shuffled(new(seed, "permuted labels", draw)), sizes);
                }
            });
            return figures;
        }
    }

    private static int Together(NeighborLists near, int[] labels, int i)
    {
        int own = labels[i], same = 0;
        foreach (int neighbor in near.Of(i))
            if (labels[neighbor] == own) same++;
        return same;
    }

    /// <summary>The mean share of each lobe, and at the end that of all rows.</summary>
    private static double[] Means(NeighborLists near, int[] labels, int[] sizes)
    {
        long[] same = new long[sizes.Length + 1];
        for (int i = 0; i < labels.Length; i++)
        {
            int together = Together(near, labels, i);
            same[labels[i]] += together;
            same[^1] += together;
        }
        return [.. same.Select((count, lobe) => count / ((double)near.Neighbors * (lobe < sizes.Length ? Math.Max(1, sizes[lobe]) : labels.Length)))];
    }
}
