using MathNet.Numerics;

namespace VecStore.Analysis;

/// <summary>How clustering entropy is to be estimated.</summary>
public sealed record ClusteringEntropyOptions
{
    /// <summary>Rows in a sub-sample, drawn without replacement (a row drawn twice would have distance 0 to itself).</summary>
    public int SampleRows { get; init; } = 5_000;

    /// <summary>Principal components kept after standardising each column.</summary>
    public int Components { get; init; } = 100;

    /// <summary>Which neighbour's distance is used.</summary>
    public int Neighbor { get; init; } = 1;

    /// <summary>Independent sub-samples of the rows, each with its own Gaussian control.</summary>
    public int Draws { get; init; } = 10;

    /// <summary>Seed of sub-samples and controls.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Told the number of rows of the sub-samples done.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>How much less entropy rows have than a Gaussian of their covariance, in nats.</summary>
/// <param name="RowsSeen">Rows in each sub-sample.</param>
/// <param name="Components">Dimensions of the estimate.</param>
/// <param name="GaussianEntropy">Entropy of the Gaussian with the sample's covariance, by formula; mean over the draws.</param>
/// <param name="Estimated">Kozachenko-Leonenko estimate on the rows; mean over the draws.</param>
/// <param name="EstimatedOnControl">The same estimate on Gaussian samples of equal number and covariance; mean over the draws. Its difference from GaussianEntropy is the estimator's bias.</param>
/// <param name="ClusteringEntropy">
/// EstimatedOnControl - Estimated: 0 for a Gaussian. The interval is mean +- t times the standard error over the draws of paired differences.
/// </param>
/// <param name="ZeroDistances">Rows, over all draws, that coincide with another and were left out.</param>
/// <param name="Deviation">Standard deviation of the paired differences over the draws: what one sub-sample alone would be uncertain by.</param>
public sealed record ClusteringEntropyResult(
    int RowsSeen, int Components, double GaussianEntropy, double Estimated, double EstimatedOnControl, Interval ClusteringEntropy, double Deviation, int ZeroDistances)
    : IAnalysisResult
{
    /// <summary>Always true: rows are sub-sampled and the estimator is statistical.</summary>
    public bool IsApproximate { get; } = true;

    string IAnalysisResult.Title => "Clustering entropy: entropy of a Gaussian of equal covariance minus that of the rows";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("sample_rows", RowsSeen), new("components", Components), new("exact", !IsApproximate), ResultFact.Of("clustering_entropy", ClusteringEntropy),
        new("deviation", Deviation, "nats"), new("entropy", Estimated, "nats"), new("entropy_of_control", EstimatedOnControl, "nats"),
        new("entropy_of_gaussian", GaussianEntropy, "nats"), new("zero_distances", ZeroDistances),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => [];
}

/// <summary>
/// Clustering entropy: the Kozachenko-Leonenko nearest-neighbour entropy (1987) of a Gaussian control minus that of the rows. The control has the same number of points and the
/// same covariance, so that the estimator's bias, which is some 20 nats at 100 dimensions, cancels.
/// </summary>
public static class ClusteringEntropyStudy
{
    /// <summary>Estimates it. Cost: 2 draws x n^2 x components; memory: 3 n x dimension doubles.</summary>
    public static ClusteringEntropyResult Run(IRowSource rows, ClusteringEntropyOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        int n = Math.Min(options.SampleRows, rows.Count), components = Math.Min(options.Components, rows.Dimension);
        if (n <= components + 1) throw new ArgumentException($"{n} rows are too few for {components} components", nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Draws, 2, nameof(options));
        double[] gaussian = new double[options.Draws], estimated = new double[options.Draws], control = new double[options.Draws];
        int zeros = 0;
        for (int draw = 0; draw < options.Draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] chosen = new SeededRandom(options.Seed, "clustering sub-sample", draw).Choose(n, rows.Count);
            Array.Sort(chosen);
            double[] values = Read(rows, chosen);
            Standardize(values, rows.Dimension);
            (double[] scores, double[] eigenvalues) = PrincipalScores(values, rows.Dimension, components);
            gaussian[draw] = components / 2.0 * (1 + Math.Log(2 * Math.PI)) + 0.5 * eigenvalues.Sum(Math.Log);
            estimated[draw] = KozachenkoLeonenko(scores, components, options.Neighbor, options.Threads, ref zeros, cancellation);

            SeededRandom random = new(options.Seed, "clustering control", draw);
            double[] deviations = [.. eigenvalues.Select(Math.Sqrt)];
            double[] sample = new double[n * components];
            for (int i = 0; i < sample.Length; i++) sample[i] = deviations[i % components] * random.NextGaussian();
            // The control goes through the same standardisation of its covariance, so that it has the sample covariance and not only its expectation.
            (double[] controlScores, double[] controlEigenvalues) = PrincipalScores(sample, components, components);
            for (int i = 0; i < controlScores.Length; i++) controlScores[i] *= Math.Sqrt(eigenvalues[i % components] / controlEigenvalues[i % components]);
            int none = 0;
            control[draw] = KozachenkoLeonenko(controlScores, components, options.Neighbor, options.Threads, ref none, cancellation);
            options.Progress?.Report((draw + 1L) * n);
        }
        double[] differences = [.. control.Zip(estimated, (c, e) => c - e)];
        (double mean, double variance) = Sample.Moments(differences);
        double deviation = Math.Sqrt(variance);
        double half = MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, differences.Length - 1, 0.975) * deviation / Math.Sqrt(differences.Length);
        Interval interval = new(mean, mean - half, mean + half, 0.95, options.Draws, options.Seed);
        return new(n, components, gaussian.Average(), estimated.Average(), control.Average(), interval, deviation, zeros);
    }

    /// <summary>
    /// psi(n) - psi(k) + ln V_d + d mean ln r_k, in nats: V_d the volume of the unit ball, r_k the distance to the k-th neighbour. Points at distance 0 are left out and counted.
    /// </summary>
    internal static double KozachenkoLeonenko(double[] points, int dimension, int k, int threads, ref int zeroDistances, CancellationToken cancellation = default)
    {
        double[][] distances = NearestDistances.Of(points, dimension, k, threads, cancellation);
        double sum = 0;
        int used = 0;
        foreach (double[] near in distances)
        {
            if (near[k - 1] > 0)
            {
                sum += Math.Log(near[k - 1]);
                used++;
            }
            else
            {
                zeroDistances++;
            }
        }
        if (used == 0) throw new ArgumentException("every point coincides with another: there is no entropy to estimate", nameof(points));
        double logBall = dimension / 2.0 * Math.Log(Math.PI) - SpecialFunctions.GammaLn(dimension / 2.0 + 1);
        return SpecialFunctions.DiGamma(distances.Length) - SpecialFunctions.DiGamma(k) + logBall + dimension * sum / used;
    }

    private static double[] Read(IRowSource rows, int[] chosen)
    {
        float[] values = new float[chosen.Length * rows.Dimension];
        new SelectedRows(rows, chosen).Read(0, values);
        return [.. values.Select(x => (double)x)];
    }

    /// <summary>Each column to mean 0 and deviation 1 (n in the denominator); constant columns stay 0.</summary>
    private static void Standardize(double[] values, int dimension)
    {
        int n = values.Length / dimension;
        for (int d = 0; d < dimension; d++)
        {
            double mean = 0, squares = 0;
            for (int i = d; i < values.Length; i += dimension) mean += values[i] / n;
            for (int i = d; i < values.Length; i += dimension) squares += (values[i] - mean) * (values[i] - mean);
            double scale = squares > 0 ? 1 / Math.Sqrt(squares / n) : 0;
            for (int i = d; i < values.Length; i += dimension) values[i] = (values[i] - mean) * scale;
        }
    }

    /// <summary>Principal component scores and the sample variances (n - 1) along them.</summary>
    private static (double[] Scores, double[] Eigenvalues) PrincipalScores(double[] values, int dimension, int components)
    {
        int n = values.Length / dimension;
        double[] mean = new double[dimension];
        for (int i = 0; i < values.Length; i++) mean[i % dimension] += values[i] / n;
        double[] scatter = new double[dimension * dimension], centred = new double[dimension];
        for (int row = 0; row < n; row++)
        {
            for (int d = 0; d < dimension; d++) centred[d] = values[row * dimension + d] - mean[d];
            for (int d = 0; d < dimension; d++) DoubleVectors.AddMultiple(scatter.AsSpan(d * dimension, dimension), centred[d] / (n - 1), centred);
        }
        EigenResult eigen = SymmetricEigen.Decompose(new(dimension, scatter));
        int kept = Math.Min(components, dimension);
        double[] scores = new double[n * kept];
        for (int row = 0; row < n; row++)
        {
            for (int d = 0; d < dimension; d++) centred[d] = values[row * dimension + d] - mean[d];
            for (int c = 0; c < kept; c++) scores[row * kept + c] = DoubleVectors.Dot(eigen.Vectors[c], centred);
        }
        return (scores, eigen.Values[..kept]);
    }
}
