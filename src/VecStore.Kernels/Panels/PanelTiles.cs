using System.Runtime.CompilerServices;

namespace VecStore.Kernels;

/// <summary>
/// Rows against one panel, two registers of it at a time: eight rows together where the registers suffice, else four, the last ones singly. Written out, because only
/// locals stay in registers.
/// </summary>
internal static unsafe class PanelTiles<L, V>
    where L : struct, ILanes<V>
    where V : struct
{
    public static void Multiply(in FloatRows rows, float* panel, float* products, nint productStride)
    {
        for (int column = 0; column < PanelProduct.Width; column += 2 * L.Count)
        {
            int row = 0;
            if (L.HasManyRegisters)
            {
                for (; row + 8 <= rows.Count; row += 8) Eight(rows, row, panel + column, products + (row * productStride) + column, productStride);
            }
            for (; row + 4 <= rows.Count; row += 4) Four(rows, row, panel + column, products + (row * productStride) + column, productStride);
            for (; row < rows.Count; row++) One(rows, row, panel + column, products + (row * productStride) + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(in FloatRows rows, int row, float* panel, float* products, nint productStride)
    {
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        V c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        nint stride = rows.Stride, twice = 2 * stride, thrice = 3 * stride, step = rows.Step;
        float* low = rows.First + (row * stride);
        float* high = low + (4 * stride);
        for (int k = rows.Dimension; k > 0; k--, panel += PanelProduct.Width, low += step, high += step)
        {
            V b0 = L.Load(panel), b1 = L.Load(panel + L.Count);
            V a = L.Broadcast(*low);
            c00 = L.FusedMultiplyAdd(a, b0, c00);
            c01 = L.FusedMultiplyAdd(a, b1, c01);
            a = L.Broadcast(low[stride]);
            c10 = L.FusedMultiplyAdd(a, b0, c10);
            c11 = L.FusedMultiplyAdd(a, b1, c11);
            a = L.Broadcast(low[twice]);
            c20 = L.FusedMultiplyAdd(a, b0, c20);
            c21 = L.FusedMultiplyAdd(a, b1, c21);
            a = L.Broadcast(low[thrice]);
            c30 = L.FusedMultiplyAdd(a, b0, c30);
            c31 = L.FusedMultiplyAdd(a, b1, c31);
            a = L.Broadcast(*high);
            c40 = L.FusedMultiplyAdd(a, b0, c40);
            c41 = L.FusedMultiplyAdd(a, b1, c41);
            a = L.Broadcast(high[stride]);
            c50 = L.FusedMultiplyAdd(a, b0, c50);
            c51 = L.FusedMultiplyAdd(a, b1, c51);
            a = L.Broadcast(high[twice]);
            c60 = L.FusedMultiplyAdd(a, b0, c60);
            c61 = L.FusedMultiplyAdd(a, b1, c61);
            a = L.Broadcast(high[thrice]);
            c70 = L.FusedMultiplyAdd(a, b0, c70);
            c71 = L.FusedMultiplyAdd(a, b1, c71);
        }
        Store(c00, c01, products);
        Store(c10, c11, products + productStride);
        Store(c20, c21, products + (2 * productStride));
        Store(c30, c31, products + (3 * productStride));
        Store(c40, c41, products + (4 * productStride));
        Store(c50, c51, products + (5 * productStride));
        Store(c60, c61, products + (6 * productStride));
        Store(c70, c71, products + (7 * productStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(in FloatRows rows, int row, float* panel, float* products, nint productStride)
    {
        V c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        nint stride = rows.Stride, twice = 2 * stride, thrice = 3 * stride, step = rows.Step;
        float* x = rows.First + (row * stride);
        for (int k = rows.Dimension; k > 0; k--, panel += PanelProduct.Width, x += step)
        {
            V b0 = L.Load(panel), b1 = L.Load(panel + L.Count);
            V a = L.Broadcast(*x);
            c00 = L.FusedMultiplyAdd(a, b0, c00);
            c01 = L.FusedMultiplyAdd(a, b1, c01);
            a = L.Broadcast(x[stride]);
            c10 = L.FusedMultiplyAdd(a, b0, c10);
            c11 = L.FusedMultiplyAdd(a, b1, c11);
            a = L.Broadcast(x[twice]);
            c20 = L.FusedMultiplyAdd(a, b0, c20);
            c21 = L.FusedMultiplyAdd(a, b1, c21);
            a = L.Broadcast(x[thrice]);
            c30 = L.FusedMultiplyAdd(a, b0, c30);
            c31 = L.FusedMultiplyAdd(a, b1, c31);
        }
        Store(c00, c01, products);
        Store(c10, c11, products + productStride);
        Store(c20, c21, products + (2 * productStride));
        Store(c30, c31, products + (3 * productStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(in FloatRows rows, int row, float* panel, float* products)
    {
        V c0 = default, c1 = default;
        float* x = rows.First + (row * rows.Stride);
        for (int k = rows.Dimension; k > 0; k--, panel += PanelProduct.Width, x += rows.Step)
        {
            V a = L.Broadcast(*x);
            c0 = L.FusedMultiplyAdd(a, L.Load(panel), c0);
            c1 = L.FusedMultiplyAdd(a, L.Load(panel + L.Count), c1);
        }
        Store(c0, c1, products);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V first, V second, float* products)
    {
        L.Store(first, products);
        L.Store(second, products + L.Count);
    }
}
