using System.Runtime.CompilerServices;

namespace VecStore.Kernels;

/// <summary>
/// Queries x rows, float32. A register block of 6 x 4 or 3 x 4 pairs is kept in registers over the whole dimension, so that each element
/// loaded is used 3 to 6 times. Rows are taken in panels that stay in the second-level cache while all queries pass over them.
/// </summary>
internal static unsafe class TileLoops<L, V, TStep>
    where L : struct, ILanes<V>
    where V : struct
    where TStep : struct, IPairStep
{
    private const int BlockRows = 4;

    private static int BlockQueries => L.HasManyRegisters ? 6 : 3;

    public static void Tile(in RowBlock<float> queries, in RowBlock<float> rows, float* results, nint resultStride)
    {
        int panel = TilePanel.RowCount(rows.Dimension);
        for (int first = 0; first < rows.Count; first += panel)
            Panel(queries, rows.Slice(first, Math.Min(panel, rows.Count - first)), results + first, resultStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Panel(in RowBlock<float> queries, in RowBlock<float> rows, float* results, nint resultStride)
    {
        float* edge = stackalloc float[6 * BlockRows];
        int lastQuery = queries.Count - 1, lastRow = rows.Count - 1;
        nint elements = (nint)rows.Lines * (RowBlock<float>.LineBytes / sizeof(float));
        for (int query = 0; query < queries.Count; query += BlockQueries)
        {
            float* x0 = queries.Row(query), x1 = queries.Row(Math.Min(query + 1, lastQuery)), x2 = queries.Row(Math.Min(query + 2, lastQuery));
            float* x3 = queries.Row(Math.Min(query + 3, lastQuery)), x4 = queries.Row(Math.Min(query + 4, lastQuery)), x5 = queries.Row(Math.Min(query + 5, lastQuery));
            for (int row = 0; row < rows.Count; row += BlockRows)
            {
                float* y0 = rows.Row(row), y1 = rows.Row(Math.Min(row + 1, lastRow)), y2 = rows.Row(Math.Min(row + 2, lastRow)), y3 = rows.Row(Math.Min(row + 3, lastRow));
                bool whole = query + BlockQueries <= queries.Count && row + BlockRows <= rows.Count;
                float* into = whole ? results + (query * resultStride) + row : edge;
                nint stride = whole ? resultStride : BlockRows;
                if (L.HasManyRegisters) TileBlock<L, V, TStep>.SixByFour(x0, x1, x2, x3, x4, x5, y0, y1, y2, y3, elements, into, stride);
                else TileBlock<L, V, TStep>.ThreeByFour(x0, x1, x2, y0, y1, y2, y3, elements, into, stride);
                if (whole) continue;
                for (int q = query; q < Math.Min(query + BlockQueries, queries.Count); q++)
                {
                    for (int r = row; r < Math.Min(row + BlockRows, rows.Count); r++)
                        results[(q * resultStride) + r] = edge[((q - query) * BlockRows) + r - row];
                }
            }
        }
    }
}
