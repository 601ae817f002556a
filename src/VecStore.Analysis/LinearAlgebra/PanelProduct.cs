using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>
/// Inner products of a few rows with many, register-blocked: the many are packed into panels of <see cref="PanelWidth"/> rows, element by element,
/// so that one register holds the same element of 8 or 16 rows and no sum across a register is ever needed.
/// </summary>
/// <remarks>
/// Numeric contract: float lanes, one fused multiply-add per element in order of the elements, so every product has the bits of the plain loop
/// <c>for k: sum = fma(x[k], y[k], sum)</c> whatever the width of the machine, and |error| &lt;= d * 2^-24 * sum |x y|.
/// </remarks>
internal static unsafe class PanelProduct
{
    public static bool Wide => Vector512.IsHardwareAccelerated;

    /// <summary>Rows in a panel.</summary>
    public static int PanelWidth => Wide ? 2 * FloatLanes512.Count : 2 * FloatLanes256.Count;

    /// <summary>Packs up to <see cref="PanelWidth"/> rows into one panel of dimension x width floats; missing rows are zeros.</summary>
    public static void PackPanel(float* rows, nint stride, int count, int dimension, float* panel)
    {
        int width = PanelWidth;
        if (count < width) new Span<float>(panel, dimension * width).Clear();
        for (int row = 0; row < count; row++)
        {
            float* source = rows + row * stride;
            float* target = panel + row;
            for (int k = 0; k < dimension; k++, target += width) *target = source[k];
        }
    }

    /// <summary>products[i * productStride + j] = rows[i] . panel[j] for all rows and the whole width of one panel.</summary>
    public static void RowsByPanel(float* rows, nint stride, int count, float* panel, int dimension, float* products, nint productStride)
    {
        if (Wide) RowsByPanel<FloatLanes512, Vector512<float>>(rows, stride, count, panel, dimension, products, productStride);
        else RowsByPanel<FloatLanes256, Vector256<float>>(rows, stride, count, panel, dimension, products, productStride);
    }

    /// <summary>The same product of one pair, with the same bits.</summary>
    public static float Pair(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        float sum = 0;
        for (int k = 0; k < left.Length; k++) sum = MathF.FusedMultiplyAdd(left[k], right[k], sum);
        return sum;
    }

    private static void RowsByPanel<TLanes, TVector>(float* rows, nint stride, int count, float* panel, int dimension, float* products, nint productStride)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        int row = 0;
        if (TLanes.Count == 16)
        {
            for (; row + 8 <= count; row += 8)
                Tile8<TLanes, TVector>(rows + row * stride, stride, panel, dimension, products + row * productStride, productStride);
        }
        for (; row + 4 <= count; row += 4)
            Tile4<TLanes, TVector>(rows + row * stride, stride, panel, dimension, products + row * productStride, productStride);
        for (; row < count; row++)
            Tile1<TLanes, TVector>(rows + row * stride, panel, dimension, products + row * productStride);
    }

    private static void Tile8<TLanes, TVector>(float* rows, nint stride, float* panel, int dimension, float* products, nint productStride)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        int lanes = TLanes.Count;
        TVector c00 = TLanes.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        TVector c40 = c00, c41 = c00, c50 = c00, c51 = c00, c60 = c00, c61 = c00, c70 = c00, c71 = c00;
        float* low = rows;
        float* high = rows + 4 * stride;
        for (int k = 0; k < dimension; k++, panel += 2 * lanes, low++, high++)
        {
            TVector b0 = TLanes.Load(panel), b1 = TLanes.Load(panel + lanes);
            TVector a = TLanes.Create(*low);
            c00 = TLanes.MultiplyAdd(a, b0, c00); c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Create(low[stride]);
            c10 = TLanes.MultiplyAdd(a, b0, c10); c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Create(low[2 * stride]);
            c20 = TLanes.MultiplyAdd(a, b0, c20); c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Create(low[3 * stride]);
            c30 = TLanes.MultiplyAdd(a, b0, c30); c31 = TLanes.MultiplyAdd(a, b1, c31);
            a = TLanes.Create(*high);
            c40 = TLanes.MultiplyAdd(a, b0, c40); c41 = TLanes.MultiplyAdd(a, b1, c41);
            a = TLanes.Create(high[stride]);
            c50 = TLanes.MultiplyAdd(a, b0, c50); c51 = TLanes.MultiplyAdd(a, b1, c51);
            a = TLanes.Create(high[2 * stride]);
            c60 = TLanes.MultiplyAdd(a, b0, c60); c61 = TLanes.MultiplyAdd(a, b1, c61);
            a = TLanes.Create(high[3 * stride]);
            c70 = TLanes.MultiplyAdd(a, b0, c70); c71 = TLanes.MultiplyAdd(a, b1, c71);
        }
        Write<TLanes, TVector>(c00, c01, products); Write<TLanes, TVector>(c10, c11, products + productStride);
        Write<TLanes, TVector>(c20, c21, products + 2 * productStride); Write<TLanes, TVector>(c30, c31, products + 3 * productStride);
        Write<TLanes, TVector>(c40, c41, products + 4 * productStride); Write<TLanes, TVector>(c50, c51, products + 5 * productStride);
        Write<TLanes, TVector>(c60, c61, products + 6 * productStride); Write<TLanes, TVector>(c70, c71, products + 7 * productStride);
    }

    private static void Tile4<TLanes, TVector>(float* rows, nint stride, float* panel, int dimension, float* products, nint productStride)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        int lanes = TLanes.Count;
        TVector c00 = TLanes.Zero, c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
        for (int k = 0; k < dimension; k++, panel += 2 * lanes, rows++)
        {
            TVector b0 = TLanes.Load(panel), b1 = TLanes.Load(panel + lanes);
            TVector a = TLanes.Create(*rows);
            c00 = TLanes.MultiplyAdd(a, b0, c00); c01 = TLanes.MultiplyAdd(a, b1, c01);
            a = TLanes.Create(rows[stride]);
            c10 = TLanes.MultiplyAdd(a, b0, c10); c11 = TLanes.MultiplyAdd(a, b1, c11);
            a = TLanes.Create(rows[2 * stride]);
            c20 = TLanes.MultiplyAdd(a, b0, c20); c21 = TLanes.MultiplyAdd(a, b1, c21);
            a = TLanes.Create(rows[3 * stride]);
            c30 = TLanes.MultiplyAdd(a, b0, c30); c31 = TLanes.MultiplyAdd(a, b1, c31);
        }
        Write<TLanes, TVector>(c00, c01, products); Write<TLanes, TVector>(c10, c11, products + productStride);
        Write<TLanes, TVector>(c20, c21, products + 2 * productStride); Write<TLanes, TVector>(c30, c31, products + 3 * productStride);
    }

    private static void Tile1<TLanes, TVector>(float* row, float* panel, int dimension, float* products)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        int lanes = TLanes.Count;
        TVector c0 = TLanes.Zero, c1 = c0;
        for (int k = 0; k < dimension; k++, panel += 2 * lanes)
        {
            TVector a = TLanes.Create(row[k]);
            c0 = TLanes.MultiplyAdd(a, TLanes.Load(panel), c0);
            c1 = TLanes.MultiplyAdd(a, TLanes.Load(panel + lanes), c1);
        }
        Write<TLanes, TVector>(c0, c1, products);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TLanes, TVector>(TVector first, TVector second, float* products) where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        TLanes.Store(first, products);
        TLanes.Store(second, products + TLanes.Count);
    }
}
