namespace VecStore.Kernels.Tests;

/// <summary>The triangle of products of columns against double precision and, to the bit, against the plain loop.</summary>
public sealed unsafe class SymmetricProductTests
{
    private const double Unit = 1.0 / (1 << 24);

    public static TheoryData<LaneWidth> Widths => [.. Elements.Widths];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Two_calls_add_up_what_the_plain_loop_gives(LaneWidth width)
    {
        foreach (int dimension in (int[])[1, 2, 7, 31, 32, 33, 64, 65, 100, 200])
        {
            foreach (int count in (int[])[1, 3, 97, 256])
            {
                var random = new Random(dimension);
                float[][] parts = [Elements.Gaussian(random, count * dimension), Elements.Gaussian(random, count * dimension)];
                float[] shift = Elements.Gaussian(random, dimension, 0.1);
                double[] triangle = new double[SymmetricProduct.TriangleLength(dimension)], sums = new double[dimension];
                foreach (float[] rows in parts) Add(width, rows, dimension, shift, triangle, sums);
                for (int i = 0; i < dimension; i++)
                {
                    Assert.Equal(parts.Sum(rows => Column(rows, dimension, shift, i).Sum(x => (double)x)), sums[i], 1e-9);
                    for (int j = i; j < dimension; j++)
                    {
                        double plain = 0, exact = 0, magnitude = 0;
                        foreach (float[] rows in parts)
                        {
                            float[] x = Column(rows, dimension, shift, i), y = Column(rows, dimension, shift, j);
                            plain += PanelProduct.Pair(x, y);
                            for (int k = 0; k < count; k++)
                            {
                                exact += (double)x[k] * y[k];
                                magnitude += Math.Abs((double)x[k] * y[k]);
                            }
                        }
                        double sum = triangle[SymmetricProduct.Index(i, j)], bound = count * Unit / (1 - (count * Unit)) * magnitude;
                        Assert.Equal(plain, sum);
                        Assert.InRange(sum, exact - bound, exact + bound);
                    }
                }
            }
        }
    }

    private static void Add(LaneWidth width, float[] rows, int dimension, float[] shift, double[] triangle, double[] sums)
    {
        int count = rows.Length / dimension;
        using GuardedMemory packed = new((int)PanelProduct.PackedLength(dimension, count) * sizeof(float));
        SymmetricProduct.Pack(rows, dimension, shift, (float*)packed.Start, sums);
        fixed (double* target = triangle) SymmetricProduct.Add(width, (float*)packed.Start, count, dimension, target);
    }

    private static float[] Column(float[] rows, int dimension, float[] shift, int column) =>
        [.. Enumerable.Range(0, rows.Length / dimension).Select(row => rows[(row * dimension) + column] - shift[column])];
}
