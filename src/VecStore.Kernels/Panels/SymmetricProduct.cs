using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// What covariances run on: adds the products y_i y_j of the columns of some rows to an upper triangle of doubles. The triangle lies in panels of 32 columns: panel p
/// holds rows 0 .. 32 (p + 1) - 1 of columns 32 p .. 32 p + 31.
/// </summary>
/// <remarks>
/// Float lanes inside one call, double between calls: for n rows |error| &lt;= g(n) * sum |y_i y_j|, and the bits of <see cref="PanelProduct"/>, the same on every
/// machine (NUMERICS.md).
/// </remarks>
internal static unsafe class SymmetricProduct
{
    /// <summary>Doubles of the triangle.</summary>
    public static long TriangleLength(int dimension) => PanelStart(PanelProduct.Panels(dimension));

    /// <summary>Where element (i, j) lies, i &lt;= j.</summary>
    public static long Index(int i, int j) => PanelStart(j / PanelProduct.Width) + ((long)i * PanelProduct.Width) + (j % PanelProduct.Width);

    /// <summary>Where a panel begins.</summary>
    public static long PanelStart(int panel) => (long)PanelProduct.Width * PanelProduct.Width * panel * (panel + 1) / 2;

    /// <summary>
    /// Packs rows - shift with the columns as the rows of panels, zeros beyond the dimension, and adds them up in sums, in double. They take
    /// <see cref="PanelProduct.PackedLength"/>(dimension, rows) floats.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(ReadOnlySpan<float> rows, int dimension, ReadOnlySpan<float> shift, float* packed, Span<double> sums)
    {
        const int width = PanelProduct.Width;
        int count = rows.Length / dimension;
        fixed (float* first = rows, subtract = shift)
        fixed (double* sum = sums)
        {
            for (int column = 0; column < dimension; column += width)
            {
                float* source = first + column;
                if (column + width <= dimension)
                {
                    Vector256<float> m0 = Vector256.Load(subtract + column), m1 = Vector256.Load(subtract + column + 8);
                    Vector256<float> m2 = Vector256.Load(subtract + column + 16), m3 = Vector256.Load(subtract + column + 24);
                    for (int row = 0; row < count; row++, source += dimension, packed += width)
                    {
                        Put(Vector256.Load(source) - m0, packed, sum + column);
                        Put(Vector256.Load(source + 8) - m1, packed + 8, sum + column + 8);
                        Put(Vector256.Load(source + 16) - m2, packed + 16, sum + column + 16);
                        Put(Vector256.Load(source + 24) - m3, packed + 24, sum + column + 24);
                    }
                }
                else
                {
                    for (int row = 0; row < count; row++, source += dimension, packed += width)
                    {
                        new Span<float>(packed, width).Clear();
                        for (int k = 0; column + k < dimension; k++)
                        {
                            packed[k] = source[k] - subtract[column + k];
                            sum[column + k] += packed[k];
                        }
                    }
                }
            }
        }
    }

    /// <summary>triangle += packed^T packed, for so many packed rows.</summary>
    public static void Add(float* packed, int count, int dimension, double* triangle) => Add(Lanes.Width, packed, count, dimension, triangle);

    [SkipLocalsInit]
    internal static void Add(LaneWidth width, float* packed, int count, int dimension, double* triangle)
    {
        const int square = PanelProduct.Width * PanelProduct.Width;
        float* products = stackalloc float[square];
        nint panelLength = (nint)PanelProduct.Width * count;
        for (int p = 0; p < PanelProduct.Panels(dimension); p++)
        {
            for (int q = 0; q <= p; q++, triangle += square)
            {
                FloatRows columns = new(packed + (q * panelLength), 1, PanelProduct.Width, count, step: PanelProduct.Width);
                PanelProduct.Multiply(width, columns, packed + (p * panelLength), 1, products, PanelProduct.Width);
                for (int i = 0; i < square; i += 8) AddInDouble(Vector256.Load(products + i), triangle + i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<float> value, float* target, double* sum)
    {
        value.Store(target);
        AddInDouble(value, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddInDouble(Vector256<float> value, double* sum)
    {
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(value);
        (Vector256.Load(sum) + low).Store(sum);
        (Vector256.Load(sum + 4) + high).Store(sum + 4);
    }
}
