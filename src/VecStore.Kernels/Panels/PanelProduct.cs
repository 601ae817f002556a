using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// Inner products of rows with many others, register-blocked: the others are packed into panels of 32 rows, element by element, so that one register holds the same
/// element of many rows and no sum across a register is needed. <see cref="Dot"/> needs no packing, where rows are padded and few queries meet them.
/// </summary>
/// <remarks>
/// Every product has the bits of the plain loop <c>for k: sum = fma(x[k], y[k], sum)</c> (<see cref="Pair"/>), on every machine and at every lane width:
/// |error| &lt;= g(n) * sum |x[k] * y[k]| (NUMERICS.md).
/// </remarks>
internal static unsafe class PanelProduct
{
    /// <summary>Rows in a panel.</summary>
    public const int Width = 32;

    /// <summary>Panels that so many rows take.</summary>
    public static int Panels(int rows) => (rows + Width - 1) / Width;

    /// <summary>Floats that the panels of so many rows take.</summary>
    public static long PackedLength(int rows, int dimension) => (long)Panels(rows) * Width * dimension;

    /// <summary>Element k of row i goes to element k * <see cref="Width"/> + i % Width of panel i / Width; rows missing from the last panel are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(in FloatRows rows, float* panels)
    {
        for (int first = 0; first < rows.Count; first += Width)
        {
            int count = Math.Min(Width, rows.Count - first);
            float* start = rows.First + first * rows.Stride;
            if (count < Width) new Span<float>(panels, rows.Dimension * Width).Clear();
            for (int k = 0; k < rows.Dimension; k++, start += rows.Step, panels += Width)
            {
                if (rows.Stride == 1)
                {
                    new Span<float>(start, count).CopyTo(new(panels, count));
                    continue;
                }
                float* source = start;
                for (int i = 0; i < count; i++, source += rows.Stride) panels[i] = *source;
            }
        }
    }

    /// <summary>
    /// The product of row i and row j of the panels goes to products[i * productStride + j], for whole panels: also for the rows of zeros that fill the last one.
    /// </summary>
    public static void Multiply(in FloatRows rows, float* panels, int panelCount, float* products, nint productStride) =>
        Multiply(Lanes.Width, rows, panels, panelCount, products, productStride);

    /// <summary>The same product of one pair, with the same bits.</summary>
    public static float Pair(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        float sum = 0;
        for (int k = 0; k < left.Length; k++) sum = MathF.FusedMultiplyAdd(left[k], right[k], sum);
        return sum;
    }

    internal static void Multiply(LaneWidth width, in FloatRows rows, float* panels, int panelCount, float* products, nint productStride)
    {
        for (int panel = 0; panel < panelCount; panel++, panels += (nint)Width * rows.Dimension, products += Width)
        {
            switch (width)
            {
                case LaneWidth.Bits512: PanelTiles<Lanes512, Vector512<float>>.Multiply(rows, panels, products, productStride); break;
                case LaneWidth.Bits256: PanelTiles<Lanes256, Vector256<float>>.Multiply(rows, panels, products, productStride); break;
                case LaneWidth.Bits128: PanelTiles<Lanes128, Vector128<float>>.Multiply(rows, panels, products, productStride); break;
                default: PanelTiles<ScalarLanes, float>.Multiply(rows, panels, products, productStride); break;
            }
        }
    }
}
