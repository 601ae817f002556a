namespace VecStore.Analysis.Tests.Statistics;

/// <summary>Small inputs against NumPy and SciPy.</summary>
public sealed class GoldenTests
{
    private static readonly double[][] X = Golden.Doubles(Golden.X);
    private static readonly double[][] Positive = [.. X.Where((_, i) => Golden.Labels[i] == 1)];
    private static readonly double[][] Negative = [.. X.Where((_, i) => Golden.Labels[i] == 0)];

    [Fact]
    public void Moments_are_those_of_scipy()
    {
        MomentsResult moments = Scan.Run(Golden.X, new Moments(6));
        Golden.Close(Golden.Vector("mean"), moments.Mean, 1e-6);
        Golden.Close(Golden.Vector("skew"), moments.Skewness, 1e-6);
        Golden.Close(Golden.Vector("kurtosis"), moments.ExcessKurtosis, 1e-6);
        Assert.Equal(Golden.Number("mean_cosine"), moments.MeanCosine, 1e-9);
    }

    [Fact]
    public void Covariance_and_principal_components_are_those_of_numpy()
    {
        CovarianceResult covariance = Scan.Run(Golden.X, new Covariance(6));
        Golden.Close([.. Golden.Matrix("cov").SelectMany(row => row)], covariance.Sample.Values, 1e-5);
        PrincipalComponents exact = PrincipalComponents.Of(Golden.X), iterated = PrincipalComponents.Randomized(Golden.X, 3);
        Golden.Close(Golden.Vector("eigenvalues"), exact.Variances, 1e-5);
        Golden.Close(Golden.Vector("eigenvalues")[..3], iterated.Variances, 1e-5);
        foreach ((double[] expected, double[] ours) in Golden.Matrix("components").Zip(exact.Components)) Assert.Equal(1, Math.Abs(DoubleVectors.Dot(expected, ours)), 1e-6);
        Assert.True(exact.Exact);
        Assert.False(iterated.Exact);
    }

    [Fact]
    public void The_probe_and_the_discriminants_are_those_of_scipy()
    {
        LogisticProbe probe = LogisticProbe.Fit(X, [.. Golden.Labels.Select(label => label == 1)], penalty: 2);
        Assert.True(probe.Converged);
        Golden.Close(Golden.Vector("probe_weights"), probe.Weights, 1e-4);
        Assert.Equal(Golden.Number("probe_intercept"), probe.Intercept, 1e-4);
        Golden.Close(Golden.Vector("shrunk_discriminant"), DirectionFit.Fit(Positive, Negative, new() { Method = DirectionMethod.LinearDiscriminant, Shrinkage = 0.3 }), 1e-9);
        LinearDiscriminant discriminant = LinearDiscriminant.Fit(X, Golden.Labels);
        double[] ours = [.. X.Select(row => discriminant.Transform(row)[0])], expected = Golden.Vector("lda_transform");
        double sign = Math.Sign(DoubleVectors.Dot(ours, expected));
        Golden.Close(expected, [.. ours.Select(x => sign * x)], 1e-8);
    }

    [Fact]
    public void Few_rows_of_many_dimensions_give_the_same_discriminant_through_the_rows()
    {
        // 8 rows, 30 dimensions: the dual path against the primal one.
        SeededRandom random = new(3, "test");
        double[][] rows = [.. Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, 30).Select(_ => random.NextGaussian()).ToArray())];
        double[] v = [.. Enumerable.Range(0, 30).Select(_ => random.NextGaussian())], dual = RidgeSystem.Solve(rows, 0.3, 0.7, v);
        double[] matrix = new double[900];
        foreach (double[] row in rows)
            for (int k = 0; k < 30; k++) DoubleVectors.AddMultiple(matrix.AsSpan(k * 30, 30), 0.3 * row[k], row);
        Golden.Close(Cholesky.Factor(new SymmetricMatrix(30, matrix).PlusDiagonal(0.7)).Solve(v), dual, 1e-12);
    }

    [Fact]
    public void Rank_statistics_are_those_of_scipy()
    {
        double[] p = [.. Positive.Select(row => row[2])], n = [.. Negative.Select(row => row[2])];
        Assert.Equal(Golden.Number("auc"), RankStatistics.AreaUnderCurve(p, n), 1e-12);
        Assert.Equal(Golden.Number("auc_ties"), RankStatistics.AreaUnderCurve([.. p.Select(v => Math.Round(v))], [.. n.Select(v => Math.Round(v))]), 1e-12);
        double[] x = [.. X.Select(row => row[0])], z = [.. Golden.Doubles(Golden.Z).Select(row => row[0])];
        Assert.Equal(Golden.Number("spearman"), RankStatistics.Spearman(x, z), 1e-12);
        Assert.Equal(Golden.Number("pearson"), RankStatistics.Pearson(x, z), 1e-12);
        Assert.Equal(Golden.Number("silhouette"), Silhouette.Mean(X, Golden.Labels), 1e-12);
    }

    [Fact]
    public void Space_comparison_is_that_of_scipy()
    {
        SpaceComparisonResult result = SpaceComparison.Run(new PairedRows((IRowSource)Golden.X, Golden.Z));
        Assert.Equal(Golden.Number("cka"), result.LinearCka, 1e-6);
        Assert.Equal(Golden.Number("procrustes_share"), result.ProcrustesShare, 1e-6);
        Golden.Close([.. Golden.Matrix("procrustes_rotation").SelectMany(row => row)], [.. result.Rotation!.SelectMany(row => row)], 1e-4);
        Assert.Equal(0.01, result.Representational.PValue, 1e-12);
        double[] angles = GroupSubspaces.Compare(Golden.X, Golden.Z, 3).Angles;
        Assert.Equal(3, angles.Length);
        double[] expected = Golden.Vector("angles");
        PrincipalComponents ofX = PrincipalComponents.Of(Golden.X, 2), ofZ = PrincipalComponents.Of(Golden.Z, 3);
        Golden.Close(expected, Orthonormal.PrincipalAngles(ofX.Components, ofZ.Components), 1e-5);
    }

    [Fact]
    public void The_whitened_inner_product_is_the_inverse_root_with_its_ridge()
    {
        InnerProduct inner = InnerProduct.Whitened(Scan.Run(Golden.X, new Covariance(6)), 0.2);
        double[][] root = Golden.Matrix("inverse_root");
        double[] expected = [.. root.Select(row => DoubleVectors.Dot(row, X[0]))];
        Golden.Close(expected, inner.Map(X[0]), 1e-5);
        float[] mapped = new float[12];
        inner.Map(Golden.X).Read(0, mapped);
        Golden.Close(expected, [.. mapped[..6].Select(v => (double)v)], 1e-4);
        Assert.Contains("60 rows", inner.Description, StringComparison.Ordinal);
    }
}
