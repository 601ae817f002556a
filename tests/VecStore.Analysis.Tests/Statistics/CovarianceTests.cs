namespace VecStore.Analysis.Tests.Statistics;

public sealed class CovarianceTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(255, 7)]
    [InlineData(256, 32)]
    [InlineData(257, 33)]
    [InlineData(1000, 65)]
    [InlineData(40_000, 40)]
    public void Equals_the_plain_sums_within_the_stated_bound(int count, int dimension)
    {
        MemoryRows rows = Rows(count, dimension, offset: 3);
        CovarianceResult result = Scan.Run(rows, new Covariance(dimension));
        (double[] mean, double[,] scatter, double[,] absolute) = Oracle(rows);
        Assert.Equal(count, result.RowsSeen);
        for (int i = 0; i < dimension; i++)
        {
            Assert.Equal(mean[i], result.Mean[i], 1e-6);
            for (int j = 0; j < dimension; j++)
            {
                double bound = 256 * Math.Pow(2, -24) * absolute[i, j] + 1e-9;
                Assert.InRange(result.Scatter[i, j], scatter[i, j] - bound, scatter[i, j] + bound);
                Assert.Equal(result.Scatter[i, j], result.Scatter[j, i]);
            }
        }
    }

    [Fact]
    public void A_large_mean_does_not_swallow_a_small_variance()
    {
        // Mean 4096, deviation 1/64: a sum of squares in float would leave nothing.
        SeededRandom random = new(5, "test");
        float[] values = new float[50_000];
        for (int i = 0; i < values.Length; i++) values[i] = 4096 + MathF.Round((float)random.NextGaussian() * 16) / 1024;
        double mean = values.Average(x => (double)x), variance = values.Sum(x => (x - mean) * (x - mean)) / (values.Length - 1);
        CovarianceResult result = Scan.Run(new MemoryRows(values, 1), new Covariance(1));
        Assert.Equal(variance, result.Sample[0, 0], 1e-7 * variance);
    }

    [Fact]
    public void The_bits_do_not_depend_on_threads_or_on_who_computed_which_part()
    {
        MemoryRows rows = Rows(8 * Scan.ChunkRows + 5000, 9, offset: -1);
        CovarianceResult one = Scan.Run(rows, new Covariance(9), new() { Threads = 1 });
        foreach (int threads in new[] { 2, 7 }) AssertSame(one, Scan.Run(rows, new Covariance(9), new() { Threads = threads }));
        foreach (int parts in new[] { 2, 3, 5 })
        {
            PartialScan<Covariance, CovarianceResult>? total = null;
            foreach (int part in Enumerable.Range(0, parts).Reverse()) // in any order
            {
                using MemoryStream file = new();
                Scan.Partial(rows, new Covariance(9), new() { Part = part, Parts = parts }).Write(file);
                file.Position = 0;
                PartialScan<Covariance, CovarianceResult> read = PartialScan<Covariance, CovarianceResult>.Read(file);
                if (total is null) total = read;
                else total.Combine(read);
            }
            Assert.True(total!.IsComplete);
            AssertSame(one, total.Finish());
        }
    }

    [Fact]
    public void A_part_of_another_scan_or_the_same_part_twice_is_refused()
    {
        MemoryRows rows = Rows(3 * Scan.ChunkRows, 4, offset: 0);
        PartialScan<Covariance, CovarianceResult> Part(IRowSource source, int part) => Scan.Partial(source, new Covariance(4), new() { Part = part, Parts = 2 });
        Assert.Throws<ArgumentException>(() => Part(rows, 0).Combine(Part(rows, 0)));
        Assert.Throws<ArgumentException>(() => Part(rows, 0).Combine(Part(Rows(3 * Scan.ChunkRows + 1, 4, 0), 1)));
    }

    [Fact]
    public void A_damaged_or_foreign_file_of_partials_is_refused_at_every_byte()
    {
        using MemoryStream file = new();
        Scan.Partial(Rows(100, 2, 0), new Covariance(2)).Write(file);
        byte[] bytes = file.ToArray();
        for (int at = 0; at < bytes.Length; at++)
        {
            byte[] damaged = (byte[])bytes.Clone();
            damaged[at] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => PartialScan<Covariance, CovarianceResult>.Read(new MemoryStream(damaged)));
            Assert.Throws<InvalidDataException>(() => PartialScan<Covariance, CovarianceResult>.Read(new MemoryStream(bytes[..at])));
        }
        using MemoryStream moments = new();
        Scan.Partial(Rows(100, 2, 0), new Moments(2)).Write(moments);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => PartialScan<Covariance, CovarianceResult>.Read(new MemoryStream(moments.ToArray())));
        Assert.Contains("moments", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_statistics_share_one_pass_and_agree()
    {
        MemoryRows rows = Rows(20_000, 6, offset: 2);
        (CovarianceResult covariance, MomentsResult moments) = Scan.Run(rows, new Covariance(6), new Moments(6));
        for (int k = 0; k < 6; k++)
        {
            Assert.Equal(covariance.Mean[k], moments.Mean[k], 1e-6);
            Assert.Equal(covariance.Sample[k, k], moments.Variance[k], 1e-5);
        }
    }

    [Fact]
    public void No_rows_have_no_covariance()
    {
        CovarianceResult result = Scan.Run(new MemoryRows(Array.Empty<float>(), 3), new Covariance(3));
        Assert.Equal(0, result.RowsSeen);
        Assert.Throws<InvalidOperationException>(() => result.Sample);
    }

    internal static MemoryRows Rows(int count, int dimension, double offset)
    {
        SeededRandom random = new(11, "rows", count * 1000L + dimension);
        float[] values = new float[count * dimension];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextGaussian() * (1 + i % dimension) + offset);
        return new(values, dimension);
    }

    private static void AssertSame(CovarianceResult expected, CovarianceResult actual)
    {
        Assert.Equal(expected.RowsSeen, actual.RowsSeen);
        Assert.Equal(expected.Mean, actual.Mean);
        Assert.Equal(expected.Scatter.Values, actual.Scatter.Values);
    }

    private static (double[], double[,], double[,]) Oracle(MemoryRows rows)
    {
        int d = rows.Dimension;
        float[] values = new float[rows.Count * d];
        rows.Read(0, values);
        double[] mean = new double[d];
        for (int i = 0; i < values.Length; i++) mean[i % d] += values[i];
        for (int k = 0; k < d; k++) mean[k] /= rows.Count;
        double[,] scatter = new double[d, d], absolute = new double[d, d];
        for (int row = 0; row < rows.Count; row++)
        {
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j < d; j++)
                {
                    double product = (values[row * d + i] - mean[i]) * (values[row * d + j] - mean[j]);
                    scatter[i, j] += product;
                    absolute[i, j] += Math.Abs(product) + 1e-3; // the shift of a chunk is not quite the mean
                }
            }
        }
        return (mean, scatter, absolute);
    }
}
