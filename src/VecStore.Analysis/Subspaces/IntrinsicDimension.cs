namespace VecStore.Analysis;

/// <summary>Estimates of how many dimensions rows really fill near each point.</summary>
/// <param name="TwoNearest">
/// TwoNN (Facco et al. 2017): the slope through the origin of -ln(1 - F) on ln(r2 / r1), the largest tenth left out.
/// </param>
/// <param name="MaximumLikelihood">Levina and Bickel (2004) with the inverse averaging of MacKay and Ghahramani, k neighbours.</param>
/// <param name="Neighbors">The k of the maximum likelihood estimate.</param>
/// <param name="RowsUsed">Points compared.</param>
/// <param name="RowsSeen">Rows there are: the estimates are approximate when fewer are used.</param>
/// <param name="Duplicates">Points that coincide with another and were left out.</param>
/// <param name="Seed">Seed of the sub-sample.</param>
public sealed record IntrinsicDimensionResult(
    double TwoNearest, double MaximumLikelihood, int Neighbors, int RowsUsed, int RowsSeen, int Duplicates, ulong Seed)
    : IAnalysisResult
{
    string IAnalysisResult.Title => "Intrinsic dimension by nearest neighbours";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rows_seen", RowsSeen), new("rows_used", RowsUsed), new("duplicates", Duplicates), new("exact", !IsApproximate), new("seed", Seed), new("two_nearest", TwoNearest),
        new("maximum_likelihood", MaximumLikelihood), new("neighbors", Neighbors),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => [];

    /// <summary>Rows were sub-sampled.</summary>
    public bool IsApproximate => RowsUsed + Duplicates < RowsSeen;
}

/// <summary>Intrinsic dimension by nearest-neighbour distances.</summary>
public static class IntrinsicDimension
{
    /// <summary>Estimates it on up to <paramref name="sampleRows"/> rows drawn without replacement; n^2 d work.</summary>
    public static IntrinsicDimensionResult Estimate(IRowSource rows, int neighbors = 20, int sampleRows = 10_000, ulong seed = 0, int threads = 0, CancellationToken cancellation = default)
    {
        int n = Math.Min(rows.Count, sampleRows);
        int[] chosen = n == rows.Count ? [.. Enumerable.Range(0, n)] : new SeededRandom(seed, "intrinsic dimension").Choose(n, rows.Count);
        Array.Sort(chosen);
        float[] read = new float[n * rows.Dimension];
        new SelectedRows(rows, chosen).Read(0, read);
        double[] values = [.. read.Select(x => (double)x)];
        int k = Math.Min(neighbors, n - 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 3, nameof(neighbors));
        double[][] distances = [.. NearestDistances.Of(values, rows.Dimension, k, threads, cancellation).Where(near => near[0] > 0)];
        if (distances.Length < 10) throw new ArgumentException($"only {distances.Length} points are different from all others", nameof(rows));

        double[] ratios = [.. distances.Select(near => Math.Log(near[1] / near[0])).Order()];
        double xy = 0, xx = 0;
        for (int i = 0; i < (int)(0.9 * ratios.Length); i++)
        {
            double y = -Math.Log(1 - (i + 1.0) / ratios.Length);
            xy += ratios[i] * y;
            xx += ratios[i] * ratios[i];
        }
        double inverse = 0;
        foreach (double[] near in distances)
        {
            double sum = 0;
            for (int j = 0; j < k - 1; j++) sum += Math.Log(near[k - 1] / near[j]);
            inverse += sum / (k - 1) / distances.Length;
        }
        return new(xy / xx, 1 / inverse, k, distances.Length, rows.Count, n - distances.Length, seed);
    }
}
