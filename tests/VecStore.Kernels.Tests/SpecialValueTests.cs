namespace VecStore.Kernels.Tests;

/// <summary>NaN, infinities, subnormal numbers and zero vectors, at every lane width and position.</summary>
public sealed unsafe class SpecialValueTests
{
    public static TheoryData<LaneWidth> Widths => [.. Elements.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void NaN_anywhere_gives_NaN(LaneWidth width)
    {
        for (int position = 0; position < 33; position++)
        {
            float[] x = Elements.Gaussian(new Random(position), 33), y = Elements.Gaussian(new Random(-position), 33);
            y[position] = float.NaN;
            Assert.All(Everywhere<float>(width, x, y), result => Assert.True(float.IsNaN(result)));
            Assert.All(Everywhere<Half>(width, x, y), result => Assert.True(float.IsNaN(result)));
            Assert.All(Everywhere<BFloat16>(width, x, y), result => Assert.True(float.IsNaN(result)));
            Assert.True(float.IsNaN(Norm.Of<float>(y)) && float.IsNaN(Norm.Inverse<float>(width, y)));
            Assert.True(float.IsNaN(Cosine.Of<float>(width, x, y)));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Infinity_follows_IEEE_754(LaneWidth width)
    {
        for (int position = 0; position < 33; position++)
        {
            float[] x = new float[33], y = new float[33];
            Array.Fill(x, 1f);
            (x[position], y[position]) = (-2, float.PositiveInfinity);
            Assert.All(Everywhere<float>(width, x, y), (result, path) => Assert.Equal(IsDot(path) ? float.NegativeInfinity : float.PositiveInfinity, result));
            Assert.All(Everywhere<Half>(width, x, y), (result, path) => Assert.Equal(IsDot(path) ? float.NegativeInfinity : float.PositiveInfinity, result));
            x[position] = 0;
            Assert.All(Everywhere<float>(width, x, y), (result, path) => Assert.True(IsDot(path) ? float.IsNaN(result) : float.IsPositiveInfinity(result)));
            Assert.Equal(float.PositiveInfinity, Norm.Of<float>(y));
            Assert.Equal(0, Norm.Inverse<float>(width, y));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Subnormal_elements_count(LaneWidth width)
    {
        float[] x = new float[40], y = new float[40];
        Array.Fill(x, 1f);
        Array.Fill(y, float.Epsilon);
        Assert.All(Everywhere<float>(width, x, y).Take(4), result => Assert.Equal(40 * float.Epsilon, result));
        // The smallest half is 2^-24, the smallest bfloat16 2^-133: all of them are kept.
        Array.Fill(y, (float)Half.Epsilon);
        Assert.All(Everywhere<Half>(width, x, y).Take(4), result => Assert.Equal(40 * (float)Half.Epsilon, result));
        Array.Fill(y, MathF.ScaleB(1, -133));
        Assert.All(Everywhere<BFloat16>(width, x, y).Take(4), result => Assert.Equal(40 * MathF.ScaleB(1, -133), result));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Zero_vectors_have_product_0_length_0_inverse_0_and_cosine_0(LaneWidth width)
    {
        foreach (int dimension in (int[])[1, 3, 16, 17, 100])
        {
            float[] zero = new float[dimension], x = Elements.Gaussian(new Random(dimension), dimension);
            Assert.All(Everywhere<float>(width, x, zero).Take(4), result => Assert.Equal(0, result));
            Assert.All(Everywhere<float>(width, zero, zero), result => Assert.Equal(0, result));
            Assert.Equal(0, Norm.Of<float>(zero));
            Assert.Equal(0, Norm.Inverse<float>(width, zero));
            Assert.Equal(0, Cosine.Of<float>(width, x, zero));
            Norm.Normalize(zero);
            Assert.All(zero, element => Assert.Equal(0, element));
        }
    }

    [Fact]
    public void Empty_vectors_and_no_rows_are_no_trouble()
    {
        Assert.Equal(0, Dot.Of<float>([], []));
        Assert.Equal(0, SquaredEuclidean.Of<sbyte>([], []));
        Assert.Equal(0, Norm.Of<Half>([]));
        using var query = new QueryBlock(1, 5);
        Dot.Rows(query.Query(0), new RowBlock<float>(null, 64, 0, 5), []);
        Dot.Gather(query.Query(0), new RowBlock<float>(null, 64, 0, 5), [], []);
        Dot.Tile(query.Rows, new RowBlock<Half>(null, 64, 0, 5), null, 0);
        Dot.Tile(new RowBlock<float>(null, 64, 0, 5), new RowBlock<Half>(null, 64, 0, 5), null, 0);
    }

    private static bool IsDot(int path) => path < 4;

    /// <summary>The pair on each path: Of, Rows, Gather, Tile of the product, then of the squared distance.</summary>
    private static float[] Everywhere<T>(LaneWidth width, float[] x, float[] y) where T : unmanaged =>
        [.. Paths<Dot.Step, T>(width, x, y), .. Paths<SquaredEuclidean.Step, T>(width, x, y)];

    private static float[] Paths<TStep, T>(LaneWidth width, float[] x, float[] y) where TStep : struct, IPairStep where T : unmanaged
    {
        using var query = new QueryBlock(1, x.Length);
        x.CopyTo(query[0]);
        using var rows = AlignedRows<T>.From([y]);
        float[] all = new float[1], picked = new float[1];
        float tile;
        PairKernel<TStep>.Rows(width, query.Query(0), rows.Block, null, all);
        PairKernel<TStep>.Gather(width, query.Query(0), rows.Block, null, [0], picked);
        TilePanel.Tile<TStep, T>(width, query.Rows, rows.Block, null, &tile, 1);
        return [PairKernel<TStep>.Of<T>(width, x, rows[0], 1), all[0], picked[0], tile];
    }
}
