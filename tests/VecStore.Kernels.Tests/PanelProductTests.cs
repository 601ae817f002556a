namespace VecStore.Kernels.Tests;

/// <summary>Products over panels against double precision and, to the bit, against the plain loop.</summary>
public sealed unsafe class PanelProductTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<LaneWidth> Widths => [.. Elements.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_width_has_the_bits_of_the_plain_loop_and_keeps_the_bound(LaneWidth width)
    {
        foreach (int dimension in PairKernelTests.Dimensions)
        {
            int count = 1 + (dimension % 17), others = 1 + (dimension * 7 % 70);
            var random = new Random(dimension);
            using GuardedMemory left = Floats(random, count * dimension), right = Floats(random, others * dimension);
            float[] products = Multiply(width, new((float*)left.Start, count, dimension), new((float*)right.Start, others, dimension));
            int stride = products.Length / count;
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> x = left.Span<float>().Slice(i * dimension, dimension);
                for (int j = 0; j < stride; j++)
                {
                    if (j >= others)
                    {
                        Assert.Equal(0, products[(i * stride) + j]);
                        continue;
                    }
                    ReadOnlySpan<float> y = right.Span<float>().Slice(j * dimension, dimension);
                    double exact = 0, magnitude = 0;
                    for (int k = 0; k < dimension; k++)
                    {
                        exact += (double)x[k] * y[k];
                        magnitude += Math.Abs((double)x[k] * y[k]);
                    }
                    float product = products[(i * stride) + j];
                    Assert.InRange(product, exact - (dimension * Unit / (1 - (dimension * Unit)) * magnitude), exact + (dimension * Unit / (1 - (dimension * Unit)) * magnitude));
                    Same(PanelProduct.Pair(x, y), product, $"{i} {j}, dimension {dimension}, {width}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Columns_are_rows_with_a_step(LaneWidth width)
    {
        foreach ((int rows, int columns) in (ReadOnlySpan<(int, int)>)[(1, 1), (5, 33), (64, 31), (33, 96), (256, 40)])
        {
            using GuardedMemory matrix = Floats(new Random(rows), rows * columns);
            float* first = (float*)matrix.Start;
            float[] turned = new float[rows * columns];
            for (int i = 0; i < rows; i++)
                for (int j = 0; j < columns; j++) turned[(j * rows) + i] = first[(i * columns) + j];
            FloatRows stepped = new(first, 1, columns, rows, step: columns);
            fixed (float* plain = turned) Assert.Equal(Multiply(width, new(plain, columns, rows), new(plain, columns, rows)), Multiply(width, stepped, stepped));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Not_a_number_and_infinity_go_where_the_plain_loop_has_them(LaneWidth width)
    {
        float[] x = [1, float.NaN, 2, float.PositiveInfinity, 3, float.Epsilon], y = [1, 1, 0, 1, float.MaxValue, float.Epsilon];
        fixed (float* left = x, right = y)
        {
            float[] products = Multiply(width, new(left, 3, 2), new(right, 3, 2));
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++) Assert.Equal(PanelProduct.Pair(x.AsSpan(2 * i, 2), y.AsSpan(2 * j, 2)), products[(i * PanelProduct.Width) + j]);
        }
    }

    private static float[] Multiply(LaneWidth width, FloatRows rows, FloatRows others)
    {
        int panels = PanelProduct.Panels(others.Count), stride = panels * PanelProduct.Width;
        using GuardedMemory packed = new((int)PanelProduct.PackedLength(others.Count, others.Dimension) * sizeof(float)), products = new(rows.Count * stride * sizeof(float));
        PanelProduct.Pack(others, (float*)packed.Start);
        PanelProduct.Multiply(width, rows, (float*)packed.Start, panels, (float*)products.Start, stride);
        return products.Span<float>().ToArray();
    }

    private static GuardedMemory Floats(Random random, int count)
    {
        var memory = new GuardedMemory(count * sizeof(float));
        Elements.Gaussian(random, count).CopyTo(memory.Span<float>());
        return memory;
    }

    private static void Same(float expected, float actual, string at) =>
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual), $"{at}: {actual} for {expected}");
}
