namespace VecStore.Kernels.Tests;

/// <summary>Inner product and squared distance against double precision, on every path, element type and lane width.</summary>
public sealed unsafe class PairKernelTests
{
    private const double Unit = 1.0 / (1 << 24);

    /// <summary>1 to 257, then the dimensions of real embeddings.</summary>
    public static readonly int[] Dimensions = [.. Enumerable.Range(1, 257), 768, 1536, 2304, 4096];

    public static TheoryData<LaneWidth> Widths => [.. Elements.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_path_agrees_with_the_oracle_within_the_bound_and_with_the_others_to_the_bit(LaneWidth width)
    {
        foreach (int dimension in Dimensions)
        {
            Check<float>(width, dimension, 1);
            Check<Half>(width, dimension, 1);
            Check<BFloat16>(width, dimension, 1);
            Check<sbyte>(width, dimension, 40);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Scaled_int8_distance_agrees_with_the_oracle_and_between_paths(LaneWidth width)
    {
        foreach (int dimension in (int[])[1, 7, 31, 64, 65, 100, 200, 768])
        {
            var random = new Random(dimension);
            float[][] vectors = Elements.Gaussian(random, 9, dimension, 40);
            using var rows = AlignedRows<sbyte>.From(vectors);
            using var queries = Queries(Elements.Gaussian(random, 5, dimension, 1));
            float[] scales = Elements.Gaussian(random, 9, 0.02);
            var single = new float[9];
            var tile = new float[5 * 9];
            fixed (float* scale = scales)
            fixed (float* into = tile)
            {
                TilePanel.Tile<SquaredEuclidean.Step, sbyte>(width, queries.Rows, rows.Block, scale, into, 9);
                for (int q = 0; q < 5; q++)
                {
                    PairKernel<SquaredEuclidean.ScaledStep>.Rows(width, queries.Query(q), rows.Block, scale, single);
                    for (int r = 0; r < 9; r++)
                    {
                        double expected = 0;
                        for (int i = 0; i < dimension; i++) expected += Math.Pow(queries[q][i] - (scales[r] * (double)rows[r][i]), 2);
                        Assert.Equal(expected, single[r], 1e-5 * (expected + 1));
                        Assert.Equal(single[r], tile[(q * 9) + r]);
                        Assert.Equal(single[r], PairKernel<SquaredEuclidean.ScaledStep>.Of<sbyte>(width, queries[q], rows[r], scales[r]));
                    }
                }
            }
        }
    }

    private static QueryBlock Queries(float[][] vectors)
    {
        var block = new QueryBlock(vectors.Length, vectors[0].Length);
        for (int i = 0; i < vectors.Length; i++) vectors[i].CopyTo(block[i]);
        return block;
    }

    private static void Check<T>(LaneWidth width, int dimension, double deviation) where T : unmanaged
    {
        const int queryCount = 7, rowCount = 11;
        var random = new Random(dimension);
        using var queries = Queries(Elements.Gaussian(random, queryCount, dimension, deviation));
        using var rows = AlignedRows<T>.From(Elements.Gaussian(random, rowCount, dimension, deviation));
        Check<Dot.Step, T>(width, queries, rows, (x, y) => x * y, g: 5);
        Check<SquaredEuclidean.Step, T>(width, queries, rows, (x, y) => (x - y) * (x - y), g: 7);
    }

    private static void Check<TStep, T>(LaneWidth width, QueryBlock queries, AlignedRows<T> rows, Func<double, double, double> term, int g)
        where TStep : struct, IPairStep
        where T : unmanaged
    {
        int dimension = rows.Block.Dimension, rowCount = rows.Block.Count;
        string at = $"{typeof(TStep).DeclaringType!.Name} of {typeof(T).Name}, dimension {dimension}, {width}";
        var all = new float[rowCount];
        var tile = new float[queries.Count * rowCount];
        int[] picks = [rowCount - 1, 0, 3, 3, 5];
        var gathered = new float[picks.Length];
        fixed (float* into = tile) TilePanel.Tile<TStep, T>(width, queries.Rows, rows.Block, null, into, rowCount);
        for (int q = 0; q < queries.Count; q++)
        {
            PairKernel<TStep>.Rows(width, queries.Query(q), rows.Block, null, all);
            PairKernel<TStep>.Gather(width, queries.Query(q), rows.Block, null, picks, gathered);
            for (int r = 0; r < rowCount; r++)
            {
                double expected = 0, magnitude = 0;
                for (int i = 0; i < dimension; i++)
                {
                    double summand = term(queries[q][i], Elements.Widen(rows[r][i]));
                    expected += summand;
                    magnitude += Math.Abs(summand);
                }
                double k = Math.Ceiling((double)dimension / Elements.LaneCount(width)) + g;
                double bound = k * Unit / (1 - (k * Unit)) * magnitude;
                Assert.True(Math.Abs(expected - all[r]) <= bound, $"{at}: {all[r]} for {expected}, allowed error {bound}");
                Same(all[r], PairKernel<TStep>.Of<T>(width, queries[q], rows[r], 1), at);
                Same(all[r], tile[(q * rowCount) + r], at);
            }
            for (int i = 0; i < picks.Length; i++) Same(all[picks[i]], gathered[i], at);
        }
    }

    private static void Same(float expected, float actual, string at) =>
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual), $"{at}: paths differ, {expected} and {actual}");
}
