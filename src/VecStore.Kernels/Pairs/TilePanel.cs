using System.Buffers;
using System.Diagnostics;

namespace VecStore.Kernels;

/// <summary>
/// The rows of a tile, panel by panel. Rows that are not float32 are widened once a panel, into rented memory, and not once a query.
/// </summary>
internal static unsafe class TilePanel
{
    /// <summary>Bytes of rows, as floats, that stay in the second-level cache beside the queries passing by.</summary>
    private const int PanelBytes = 128 << 10;

    /// <summary>Rows in a panel: a multiple of 4.</summary>
    public static int RowCount(int dimension) => Math.Max(4, PanelBytes / Math.Max(1, dimension * sizeof(float)) & -4);

    /// <summary>The tile of rows of any type; <paramref name="scales"/> multiply each row, null for none.</summary>
    public static void Tile<TStep, T>(LaneWidth width, in RowBlock<float> queries, in RowBlock<T> rows, float* scales, float* results, nint resultStride)
        where TStep : struct, IPairStep
        where T : unmanaged
    {
        Debug.Assert(!TStep.HasScale, "scales are applied while widening");
        if (queries.Dimension != rows.Dimension) throw new ArgumentException($"queries have dimension {queries.Dimension}, rows {rows.Dimension}", nameof(queries));
        if (typeof(T) == typeof(float))
        {
            PairKernel<TStep>.Tile(width, queries, new((float*)rows.First, rows.StrideBytes, rows.Count, rows.Dimension), results, resultStride);
            return;
        }
        int panelRows = Math.Min(RowCount(rows.Dimension), rows.Count), padded = QueryBlock.PaddedLength(rows.Dimension);
        float[] rented = ArrayPool<float>.Shared.Rent((panelRows * padded) + 16);
        fixed (float* start = rented)
        {
            float* panel = (float*)(((nint)start + 63) & -64);
            for (int first = 0; first < rows.Count; first += panelRows)
            {
                int count = Math.Min(panelRows, rows.Count - first);
                for (int row = 0; row < count; row++)
                    Widening.Row(width, rows.Row(first + row), rows.Lines, scales == null ? 1 : scales[first + row], panel + (row * padded));
                PairKernel<TStep>.Tile(width, queries, new(panel, (nint)padded * sizeof(float), count, rows.Dimension), results + first, resultStride);
            }
        }
        ArrayPool<float>.Shared.Return(rented);
    }
}
