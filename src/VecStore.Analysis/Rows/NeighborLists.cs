using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>For every row the other rows of highest cosine, found by comparing all pairs: exact up to the rounding of float products.</summary>
/// <param name="Count">Rows.</param>
/// <param name="Neighbors">k: neighbours of each row.</param>
/// <param name="Rows">Row i's neighbours are at i k .. (i + 1) k - 1, best first; equal cosines in the order of the rows.</param>
/// <param name="Cosines">Their cosines. A zero row has cosine 0 with everything.</param>
public sealed record NeighborLists(int Count, int Neighbors, int[] Rows, float[] Cosines)
{
    /// <summary>The neighbours of a row, best first.</summary>
    public ReadOnlySpan<int> Of(int row) => Rows.AsSpan(row * Neighbors, Neighbors);

    /// <summary>Finds them. n^2 d / 2 multiply-adds; memory 12 k bytes a row, and the rows once if that is at most 1 GiB.</summary>
    /// <param name="rows">The rows, of any length.</param>
    /// <param name="neighbors">k, less than the number of rows.</param>
    /// <param name="threads">Threads; the result is the same for any number. 0 means one per processor.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Ends it.</param>
    public static unsafe NeighborLists Of(IRowSource rows, int neighbors, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        int n = rows.Count;
        if (neighbors < 1 || neighbors >= n) throw new ArgumentOutOfRangeException(nameof(neighbors), neighbors, $"1 to {n - 1} neighbours among {n} rows");
        _ = checked(n * neighbors);
        BoundedBest[] best = new BoundedBest[n];
        for (int i = 0; i < n; i++) best[i] = new(neighbors);
        float[] thresholds = new float[n];
        Array.Fill(thresholds, float.NegativeInfinity);
        using RowPairs pairs = new(rows, UnitRow.NormalizeAll);
        pairs.Run((firstRow, tileRows, firstColumn, columns, products, stride) =>
        {
            for (int i = 0; i < tileRows; i++)
            {
                int row = firstRow + i, from = Math.Max(0, row + 1 - firstColumn);
                float* product = products + (nint)i * stride;
                for (int at = from & ~7; at < columns; at += 8)
                {
                    // Eight pairs at once: only where a product reaches the worst kept of its row or of its column is anything to do.
                    Vector256<float> eight = Vector256.Load(product + at);
                    if (at + 8 <= columns && at >= from)
                    {
                        uint hits = (Vector256.GreaterThanOrEqual(eight, Vector256.Create(thresholds[row]))
                            | Vector256.GreaterThanOrEqual(eight, Vector256.Create<float>(thresholds.AsSpan(firstColumn + at, 8)))).ExtractMostSignificantBits();
                        for (; hits != 0; hits &= hits - 1) Offer(best, thresholds, row, firstColumn, at + System.Numerics.BitOperations.TrailingZeroCount(hits), product);
                    }
                    else
                    {
                        for (int j = Math.Max(from, at); j < Math.Min(columns, at + 8); j++) Offer(best, thresholds, row, firstColumn, j, product);
                    }
                }
            }
        }, threads, progress, cancellation);

        int[] found = new int[n * neighbors];
        float[] cosines = new float[n * neighbors];
        for (int i = 0; i < n; i++)
        {
            (float Score, int Row)[] ordered = best[i].Ordered();
            for (int place = 0; place < neighbors; place++) (cosines[i * neighbors + place], found[i * neighbors + place]) = ordered[place];
        }
        return new(n, neighbors, found, cosines);
    }

    private static unsafe void Offer(BoundedBest[] best, float[] thresholds, int row, int firstColumn, int j, float* product)
    {
        int column = firstColumn + j;
        float cosine = product[j];
        if (cosine >= thresholds[row])
        {
            best[row].Offer(cosine, column);
            thresholds[row] = best[row].Threshold;
        }
        if (cosine >= thresholds[column])
        {
            best[column].Offer(cosine, row);
            thresholds[column] = best[column].Threshold;
        }
    }
}
