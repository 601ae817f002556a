using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>
/// The blocked kernel of covariances: adds the products y_i y_j of up to 256 rows to an upper triangle of doubles.
/// </summary>
/// <remarks>
/// The triangle is kept in panels of 32 columns: panel p holds rows 0 .. 32 (p + 1) - 1 of columns 32 p .. 32 p + 31, so element (i, j), i &lt;= j, is at
/// <see cref="Index"/>. Numeric contract: float lanes inside one call, double between calls; for n &lt;= 256 rows
/// |error| &lt;= n * 2^-24 * sum |y_i y_j|; the bits do not depend on the width of the machine's registers.
/// </remarks>
internal static unsafe class SymmetricProduct
{
    public const int PanelColumns = 32;

    /// <summary>Panels of a dimension.</summary>
    public static int Panels(int dimension) => (dimension + PanelColumns - 1) / PanelColumns;

    /// <summary>Doubles of the triangle.</summary>
    public static long TriangleLength(int dimension) => PanelStart(Panels(dimension));

    /// <summary>Floats of the packed rows.</summary>
    public static long PackedLength(int dimension) => (long)Panels(dimension) * PanelColumns * Scan.BatchRows;

    /// <summary>Where element (i, j) lies, i &lt;= j.</summary>
    public static long Index(int i, int j)
    {
        int panel = j / PanelColumns;
        return PanelStart(panel) + (long)i * PanelColumns + j % PanelColumns;
    }

    public static long PanelStart(int panel) => (long)PanelColumns * PanelColumns * panel * (panel + 1) / 2;

    /// <summary>packed[panel][row][column] = rows - shift, zeros beyond the dimension; adds the rows up in sums (rows - shift, double).</summary>
    public static void Pack(ReadOnlySpan<float> rows, int dimension, ReadOnlySpan<float> shift, float* packed, Span<double> sums)
    {
        int count = rows.Length / dimension;
        fixed (float* first = rows, subtract = shift)
        fixed (double* sum = sums)
        {
            for (int panel = 0; panel < Panels(dimension); panel++)
            {
                int column = panel * PanelColumns, width = Math.Min(PanelColumns, dimension - column);
                float* target = packed + (nint)panel * PanelColumns * Scan.BatchRows;
                float* source = first + column;
                if (width == PanelColumns)
                {
                    Vector256<float> m0 = Vector256.Load(subtract + column), m1 = Vector256.Load(subtract + column + 8);
                    Vector256<float> m2 = Vector256.Load(subtract + column + 16), m3 = Vector256.Load(subtract + column + 24);
                    for (int row = 0; row < count; row++, source += dimension, target += PanelColumns)
                    {
                        Put(Vector256.Load(source) - m0, target, sum + column);
                        Put(Vector256.Load(source + 8) - m1, target + 8, sum + column + 8);
                        Put(Vector256.Load(source + 16) - m2, target + 16, sum + column + 16);
                        Put(Vector256.Load(source + 24) - m3, target + 24, sum + column + 24);
                    }
                }
                else
                {
                    for (int row = 0; row < count; row++, source += dimension, target += PanelColumns)
                    {
                        new Span<float>(target, PanelColumns).Clear();
                        for (int k = 0; k < width; k++)
                        {
                            target[k] = source[k] - subtract[column + k];
                            sum[column + k] += target[k];
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<float> value, float* target, double* sum)
    {
        value.Store(target);
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(value);
        (Vector256.Load(sum) + low).Store(sum);
        (Vector256.Load(sum + 4) + high).Store(sum + 4);
    }

    /// <summary>triangle += packed^T packed.</summary>
    public static void Add(float* packed, int count, int dimension, double* triangle)
    {
        int panels = Panels(dimension);
        nint panelLength = PanelColumns * Scan.BatchRows;
        for (int p = 0; p < panels; p++)
        {
            double* target = triangle + PanelStart(p);
            float* right = packed + p * panelLength;
            for (int q = 0; q <= p; q++)
            {
                float* left = packed + q * panelLength;
                for (int i = 0; i < PanelColumns; i += 8, target += 8 * PanelColumns)
                {
                    if (Vector512.IsHardwareAccelerated)
                    {
                        Tile8<FloatLanes512, Vector512<float>>(left + i, right, count, target);
                    }
                    else
                    {
                        Tile4<FloatLanes256, Vector256<float>>(left + i, right, count, target);
                        Tile4<FloatLanes256, Vector256<float>>(left + i, right + 16, count, target + 16);
                        Tile4<FloatLanes256, Vector256<float>>(left + i + 4, right, count, target + 4 * PanelColumns);
                        Tile4<FloatLanes256, Vector256<float>>(left + i + 4, right + 16, count, target + 4 * PanelColumns + 16);
                    }
                }
            }
        }
    }

    private static void Tile8<TLanes, TVector>(float* left, float* right, int count, double* target) where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        int lanes = TLanes.Count;
        TVector c00 = TLanes.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        TVector c40 = c00, c41 = c00, c50 = c00, c51 = c00, c60 = c00, c61 = c00, c70 = c00, c71 = c00;
        for (int row = 0; row < count; row++, left += PanelColumns, right += PanelColumns)
        {
            TVector b0 = TLanes.Load(right), b1 = TLanes.Load(right + lanes);
            TVector a = TLanes.Create(left[0]);
            c00 = TLanes.MultiplyAdd(a, b0, c00); c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Create(left[1]);
            c10 = TLanes.MultiplyAdd(a, b0, c10); c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Create(left[2]);
            c20 = TLanes.MultiplyAdd(a, b0, c20); c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Create(left[3]);
            c30 = TLanes.MultiplyAdd(a, b0, c30); c31 = TLanes.MultiplyAdd(a, b1, c31);
            a = TLanes.Create(left[4]);
            c40 = TLanes.MultiplyAdd(a, b0, c40); c41 = TLanes.MultiplyAdd(a, b1, c41);
            a = TLanes.Create(left[5]);
            c50 = TLanes.MultiplyAdd(a, b0, c50); c51 = TLanes.MultiplyAdd(a, b1, c51);
            a = TLanes.Create(left[6]);
            c60 = TLanes.MultiplyAdd(a, b0, c60); c61 = TLanes.MultiplyAdd(a, b1, c61);
            a = TLanes.Create(left[7]);
            c70 = TLanes.MultiplyAdd(a, b0, c70); c71 = TLanes.MultiplyAdd(a, b1, c71);
        }
        TLanes.AddAsDoubles(c00, target); TLanes.AddAsDoubles(c01, target + lanes);
        TLanes.AddAsDoubles(c10, target + 32); TLanes.AddAsDoubles(c11, target + 32 + lanes);
        TLanes.AddAsDoubles(c20, target + 64); TLanes.AddAsDoubles(c21, target + 64 + lanes);
        TLanes.AddAsDoubles(c30, target + 96); TLanes.AddAsDoubles(c31, target + 96 + lanes);
        TLanes.AddAsDoubles(c40, target + 128); TLanes.AddAsDoubles(c41, target + 128 + lanes);
        TLanes.AddAsDoubles(c50, target + 160); TLanes.AddAsDoubles(c51, target + 160 + lanes);
        TLanes.AddAsDoubles(c60, target + 192); TLanes.AddAsDoubles(c61, target + 192 + lanes);
        TLanes.AddAsDoubles(c70, target + 224); TLanes.AddAsDoubles(c71, target + 224 + lanes);
    }

    private static void Tile4<TLanes, TVector>(float* left, float* right, int count, double* target) where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        int lanes = TLanes.Count;
        TVector c00 = TLanes.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        for (int row = 0; row < count; row++, left += PanelColumns, right += PanelColumns)
        {
            TVector b0 = TLanes.Load(right), b1 = TLanes.Load(right + lanes);
            TVector a = TLanes.Create(left[0]);
            c00 = TLanes.MultiplyAdd(a, b0, c00); c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Create(left[1]);
            c10 = TLanes.MultiplyAdd(a, b0, c10); c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Create(left[2]);
            c20 = TLanes.MultiplyAdd(a, b0, c20); c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Create(left[3]);
            c30 = TLanes.MultiplyAdd(a, b0, c30); c31 = TLanes.MultiplyAdd(a, b1, c31);
        }
        TLanes.AddAsDoubles(c00, target); TLanes.AddAsDoubles(c01, target + lanes);
        TLanes.AddAsDoubles(c10, target + 32); TLanes.AddAsDoubles(c11, target + 32 + lanes);
        TLanes.AddAsDoubles(c20, target + 64); TLanes.AddAsDoubles(c21, target + 64 + lanes);
        TLanes.AddAsDoubles(c30, target + 96); TLanes.AddAsDoubles(c31, target + 96 + lanes);
    }
}
