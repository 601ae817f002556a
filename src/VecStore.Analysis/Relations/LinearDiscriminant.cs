namespace VecStore.Analysis;

/// <summary>
/// Linear discriminant analysis (Fisher; Rao 1948): directions of largest between-class against within-class covariance. The transformed within-class covariance is the
/// identity, as with scikit-learn's solvers. Work n d^2 + d^3; memory 3 d^2 doubles.
/// </summary>
public sealed class LinearDiscriminant
{
    private readonly double[] mean;
    private readonly double[][] scalings;      // one row per component
    private readonly double[][] transformedMeans;
    private readonly double[] logPriors;

    private LinearDiscriminant(double[] mean, double[][] scalings, double[][] transformedMeans, double[] logPriors, double[] explained)
    {
        this.mean = mean;
        this.scalings = scalings;
        this.transformedMeans = transformedMeans;
        this.logPriors = logPriors;
        ExplainedVariance = explained;
    }

    /// <summary>Share of the between-class variance along each component.</summary>
    public IReadOnlyList<double> ExplainedVariance { get; }

    /// <summary>The components: vectors w, the transformed coordinate is w . (x - mean).</summary>
    public IReadOnlyList<double[]> Components => scalings;

    /// <summary>Fits rows with class numbers 0 .. C - 1.</summary>
    /// <param name="rows">Rows of equal length.</param>
    /// <param name="classes">The class of each row.</param>
    /// <param name="components">How many components; at most C - 1, null means all.</param>
    /// <param name="shrinkage">0 for the within-class covariance as it is; up to 1 mixes in that share of its mean variance times the identity.</param>
    /// <exception cref="ArgumentException">Fewer than two classes, an empty class, or no variance within the classes.</exception>
    public static LinearDiscriminant Fit(IReadOnlyList<double[]> rows, IReadOnlyList<int> classes, int? components = null, double shrinkage = 0)
    {
        if (rows.Count != classes.Count) throw new ArgumentException($"{rows.Count} rows, {classes.Count} classes", nameof(classes));
        ArgumentOutOfRangeException.ThrowIfLessThan(shrinkage, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shrinkage, 1);
        int d = rows[0].Length, n = rows.Count, classCount = classes.Max() + 1;
        if (classCount < 2) throw new ArgumentException("a discriminant needs two classes", nameof(classes));
        double[][] means = [.. Enumerable.Range(0, classCount).Select(_ => new double[d])];
        int[] sizes = new int[classCount];
        for (int i = 0; i < n; i++)
        {
            sizes[classes[i]]++;
            DoubleVectors.AddMultiple(means[classes[i]], 1, rows[i]);
        }
        double[] mean = new double[d];
        for (int c = 0; c < classCount; c++)
        {
            if (sizes[c] == 0) throw new ArgumentException($"class {c} has no row", nameof(classes));
            DoubleVectors.Scale(means[c], 1.0 / sizes[c]);
            DoubleVectors.AddMultiple(mean, (double)sizes[c] / n, means[c]);
        }
        if (n <= classCount) throw new ArgumentException($"{n} rows in {classCount} classes leave no variance within them", nameof(rows));

        double[] within = new double[d * d];
        for (int i = 0; i < n; i++)
        {
            double[] centred = DoubleVectors.Subtract(rows[i], means[classes[i]]);
            for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(within.AsSpan(k * d, d), centred[k] / (n - classCount), centred);
        }
        SymmetricMatrix covariance = new(d, within);
        if (shrinkage > 0) covariance = covariance.Scaled(1 - shrinkage).PlusDiagonal(shrinkage * covariance.Trace / d);

        // Whiten within the classes, leaving out directions without variance, then the components of the whitened class means.
        EigenResult eigen = SymmetricEigen.Decompose(covariance);
        int rank = eigen.Values.Count(value => value > 1e-10 * eigen.Values[0] && value > 0);
        if (rank == 0) throw new ArgumentException("there is no variance within the classes", nameof(rows));
        double[] between = new double[rank * rank];
        for (int c = 0; c < classCount; c++)
        {
            double[] offset = DoubleVectors.Subtract(means[c], mean);
            double[] whitened = [.. Enumerable.Range(0, rank).Select(e => DoubleVectors.Dot(eigen.Vectors[e], offset) / Math.Sqrt(eigen.Values[e]))];
            for (int k = 0; k < rank; k++) DoubleVectors.AddMultiple(between.AsSpan(k * rank, rank), whitened[k] * sizes[c] / (classCount - 1), whitened);
        }
        EigenResult axes = SymmetricEigen.Decompose(new(rank, between));
        int usable = axes.Values.Count(value => value > 1e-10 * axes.Values[0] && value > 0);
        int kept = Math.Min(Math.Min(components ?? classCount - 1, classCount - 1), usable);
        double[][] scalings = new double[kept][];
        for (int a = 0; a < kept; a++)
        {
            scalings[a] = new double[d];
            for (int e = 0; e < rank; e++) DoubleVectors.AddMultiple(scalings[a], axes.Vectors[a][e] / Math.Sqrt(eigen.Values[e]), eigen.Vectors[e]);
            SymmetricEigen.FixSign(scalings[a]);
        }
        LinearDiscriminant fitted = new(mean, scalings, new double[classCount][], [.. sizes.Select(size => Math.Log((double)size / n))],
            [.. axes.Values.Take(kept).Select(value => value / axes.Values.Where(v => v > 0).Sum())]);
        for (int c = 0; c < classCount; c++) fitted.transformedMeans[c] = fitted.Transform(means[c]);
        return fitted;
    }

    /// <summary>The coordinates of a row along the components.</summary>
    public double[] Transform(ReadOnlySpan<double> row)
    {
        double[] centred = DoubleVectors.Subtract(row, mean), transformed = new double[scalings.Length];
        for (int a = 0; a < transformed.Length; a++) transformed[a] = DoubleVectors.Dot(scalings[a], centred);
        return transformed;
    }

    /// <summary>The class of largest posterior probability, by the kept components.</summary>
    public int Predict(ReadOnlySpan<double> row)
    {
        double[] at = Transform(row);
        int best = 0;
        double bestScore = double.NegativeInfinity;
        for (int c = 0; c < transformedMeans.Length; c++)
        {
            double score = logPriors[c];
            for (int a = 0; a < at.Length; a++) score -= 0.5 * (at[a] - transformedMeans[c][a]) * (at[a] - transformedMeans[c][a]);
            if (score > bestScore) (best, bestScore) = (c, score);
        }
        return best;
    }
}
