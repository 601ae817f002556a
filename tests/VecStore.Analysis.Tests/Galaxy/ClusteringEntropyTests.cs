using System.Text.Json;

namespace VecStore.Analysis.Tests.Galaxy;

public sealed class ClusteringEntropyTests(ITestOutputHelper output)
{
    [Fact]
    public void A_gaussian_has_none_within_the_interval()
    {
        // Correlated columns; true clustering entropy 0.
        SeededRandom random = new(21, "test");
        const int n = 12_000, d = 40;
        float[] values = new float[n * d];
        for (int row = 0; row < n; row++)
        {
            double common = random.NextGaussian();
            for (int k = 0; k < d; k++) values[row * d + k] = (float)((k + 1) * (random.NextGaussian() + common * k / d));
        }
        ClusteringEntropyResult result = ClusteringEntropyStudy.Run(new MemoryRows(values, d), new() { SampleRows = 2_000, Components = 40, Draws = 8 });
        output.WriteLine($"{result.ClusteringEntropy}");
        Assert.True(result.ClusteringEntropy.Contains(0), result.ClusteringEntropy.ToString());
    }

    [Fact]
    public void Words_have_the_entropy_of_the_reference_and_the_gaussian_control_its_bias()
    {
        JsonElement reference = SharedData.Reference("clustering_entropy.json");
        double words = reference.GetProperty("wink_top30000").GetProperty("no_resampling").GetProperty("KL_standard").GetDouble();
        double gauss = reference.GetProperty("wink_top30000").GetProperty("no_resampling").GetProperty("H_gauss").GetDouble();
        double bias = reference.GetProperty("gaussian_with_wink_covariance").GetProperty("no_resampling").GetProperty("clustering_entropy_KL").GetDouble();
        ClusteringEntropyResult result = ClusteringEntropyStudy.Run(SharedData.Words(30_000), new() { Draws = 4 });
        output.WriteLine($"{result}");
        // The reference is one sub-sample of 5,000 rows by another generator: agreement within a few deviations of such a sub-sample.
        Assert.Equal(words, result.Estimated, 3.0);
        Assert.Equal(gauss, result.GaussianEntropy, 1.5);
        Assert.Equal(bias, result.GaussianEntropy - result.EstimatedOnControl, 2.0);
        Assert.InRange(result.ClusteringEntropy.Estimate, 20, 28); // METHODS: +23.8
    }

    [Fact]
    public void Clusters_are_seen_and_rows_that_coincide_are_counted()
    {
        SeededRandom random = new(2, "test");
        const int n = 1_000, d = 5;
        float[] values = new float[n * d];
        for (int row = 0; row < n; row++)
            for (int k = 0; k < d; k++) values[row * d + k] = (float)((row % 4 == k ? 10 : 0) + random.NextGaussian());
        ClusteringEntropyResult clustered = ClusteringEntropyStudy.Run(new MemoryRows(values, d), new() { Draws = 4 });
        Assert.True(clustered.ClusteringEntropy.Low > 1);
        values.AsSpan(0, d).CopyTo(values.AsSpan(d, d));
        Assert.Equal(8, ClusteringEntropyStudy.Run(new MemoryRows(values, d), new() { Draws = 4 }).ZeroDistances);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Intrinsic_dimension_of_a_flat_sheet_is_its_own(int sheet)
    {
        SeededRandom random = new(4, "test");
        const int n = 3_000, d = 12;
        float[] values = new float[n * d];
        double[][] axes = [.. Enumerable.Range(0, sheet).Select(_ => Enumerable.Range(0, d).Select(_ => random.NextGaussian()).ToArray())];
        for (int row = 0; row < n; row++)
        {
            double[] at = [.. axes.Select(_ => random.NextDouble())];
            for (int k = 0; k < d; k++) values[row * d + k] = (float)axes.Select((axis, i) => axis[k] * at[i]).Sum();
        }
        IntrinsicDimensionResult result = IntrinsicDimension.Estimate(new MemoryRows(values, d));
        output.WriteLine($"{result}");
        Assert.Equal(sheet, result.TwoNearest, 0.12 * sheet);
        Assert.Equal(sheet, result.MaximumLikelihood, 0.12 * sheet);
        Assert.False(result.IsApproximate);
    }
}
