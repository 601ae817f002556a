namespace VecStore.Kernels.Tests;

/// <summary>Length and cosine against double precision, over the whole range of floats.</summary>
public sealed unsafe class NormTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<LaneWidth> Widths => [.. Elements.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Length_and_inverse_are_within_the_bound_at_any_magnitude(LaneWidth width)
    {
        foreach (int dimension in PairKernelTests.Dimensions)
        {
            foreach (int exponent in (int[])[-140, -126, -75, -63, -40, 0, 40, 63, 80, 120])
            {
                float[] vector = [.. Elements.Gaussian(new Random(dimension), dimension).Select(x => (float)Math.ScaleB(x, exponent))];
                double expected = Math.Sqrt(vector.Sum(x => (double)x * x));
                double k = (Math.Ceiling((double)dimension / Elements.LaneCount(width)) / 2) + 4;
                Assert.Equal(expected, Norm.Length<float>(width, vector), k * Unit * expected);
                float inverse = Norm.Inverse<float>(width, vector);
                if (expected == 0) Assert.Equal(0, inverse);
                else if (1 / expected > float.MaxValue) Assert.Equal(float.PositiveInfinity, inverse);
                else Assert.Equal(1 / expected, inverse, ((k + 1) * Unit / expected) + float.Epsilon);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Length_of_narrow_rows_is_that_of_their_elements(LaneWidth width)
    {
        foreach (int dimension in (int[])[1, 15, 16, 17, 100, 768])
        {
            Check<Half>(width, dimension, 10);
            Check<BFloat16>(width, dimension, 10);
            Check<sbyte>(width, dimension, 50);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Cosine_is_right_where_the_product_overflows_and_where_it_vanishes(LaneWidth width)
    {
        foreach (int dimension in (int[])[1, 2, 15, 33, 100, 768])
        {
            foreach ((int left, int right) in ((int, int)[])[(0, 0), (100, 100), (120, -120), (-70, -70), (-100, -30), (-20, -80)])
            {
                var random = new Random(dimension + left);
                float[] x = [.. Elements.Gaussian(random, dimension).Select(e => (float)Math.ScaleB(e, left))];
                float[] y = [.. Elements.Gaussian(random, dimension).Select(e => (float)Math.ScaleB(e, right))];
                double lengths = Math.Sqrt(x.Sum(e => (double)e * e)) * Math.Sqrt(y.Sum(e => (double)e * e));
                double expected = x.Zip(y).Sum(pair => (double)pair.First * pair.Second) / lengths;
                double k = Math.Ceiling((double)dimension / Elements.LaneCount(width)) * 2;
                Assert.Equal(expected, Cosine.Of<float>(width, x, y), (k + 12) * Unit);
            }
        }
    }

    [Fact]
    public void Cosines_of_rows_are_within_the_bound_and_agree_between_paths()
    {
        const int count = 13, dimension = 100;
        float[][] vectors = Elements.Gaussian(new Random(5), count, dimension, 3);
        using var rows = AlignedRows<float>.From(vectors);
        using var queries = new QueryBlock(count, dimension);
        float[] inverses = [.. vectors.Select(vector => Norm.Inverse<float>(vector))], all = new float[count], picked = new float[count], tile = new float[count * count];
        for (int i = 0; i < count; i++)
        {
            vectors[i].CopyTo(queries[i]);
            Norm.Normalize(queries[i]);
        }
        fixed (float* inverse = inverses)
        fixed (float* into = tile)
        {
            Cosine.Tile(queries.Rows, rows.Block, inverse, into, count);
            for (int q = 0; q < count; q++)
            {
                Cosine.Rows(queries.Query(q), rows.Block, inverse, all);
                Cosine.Gather(queries.Query(q), rows.Block, inverse, [.. Enumerable.Range(0, count)], picked);
                Assert.Equal(all, picked);
                Assert.Equal(all, tile.AsSpan(q * count, count).ToArray());
                Assert.All(all, cosine => Assert.InRange(cosine, -1, 1));
                double allowed = ((2 * Math.Ceiling((double)dimension / Elements.LaneCount(Lanes.Width))) + 16) * Unit;
                for (int r = 0; r < count; r++)
                {
                    double expected = vectors[q].Zip(vectors[r]).Sum(pair => (double)pair.First * pair.Second) / (Length(vectors[q]) * Length(vectors[r]));
                    Assert.Equal(expected, all[r], allowed);
                }
            }
        }
    }

    [Fact]
    public void Spans_are_never_read_past_their_end()
    {
        foreach (LaneWidth width in Elements.Widths)
        {
            for (int length = 0; length < 70; length++)
            {
                using var x = new GuardedMemory(length * sizeof(float));
                using var y = new GuardedMemory(length);
                x.Span<float>().Fill(2);
                y.Span<sbyte>().Fill(3);
                Assert.Equal(6 * length, PairKernel<Dot.Step>.Of<sbyte>(width, x.Span<float>(), y.Span<sbyte>(), 1));
                Assert.Equal(length, PairKernel<SquaredEuclidean.Step>.Of<sbyte>(width, x.Span<float>(), y.Span<sbyte>(), 1));
                Assert.Equal(Math.Sqrt(4 * length), Norm.Length<float>(width, x.Span<float>()), 1e-5);
                Assert.Equal(Math.Sqrt(9 * length), Norm.Length<sbyte>(width, y.Span<sbyte>()), 1e-5);
            }
        }
    }

    private static double Length(float[] vector) => Math.Sqrt(vector.Sum(x => (double)x * x));

    private static void Check<T>(LaneWidth width, int dimension, double deviation) where T : unmanaged
    {
        using var rows = AlignedRows<T>.From([Elements.Gaussian(new Random(dimension), dimension, deviation)]);
        double squares = 0;
        foreach (T element in rows[0]) squares += Elements.Widen(element) * Elements.Widen(element);
        Assert.Equal(Math.Sqrt(squares), Norm.Length<T>(width, rows[0]), ((dimension / 2.0) + 4) * Unit * Math.Sqrt(squares));
    }
}
