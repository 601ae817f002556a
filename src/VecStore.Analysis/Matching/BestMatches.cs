using System.Numerics;
using System.Runtime.Intrinsics;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// For every row of one set the row of another with the highest cosine, and back, from one pass over all pairs; of equal ones the lower row. Memory: 8 bytes a row, and on each thread the
/// products of 2,048 rows with 128.
/// </summary>
internal sealed unsafe class BestMatches
{
    private const int QueryRows = 2_048;
    private readonly float[] cosines;
    private readonly float[] cosinesBack;

    private BestMatches(int rows, int others)
    {
        (Rows, cosines) = (new int[rows], Lowest(rows));
        (RowsBack, cosinesBack) = (new int[others], Lowest(others));
    }

    /// <summary>For each row of the first set the row of the other.</summary>
    public int[] Rows { get; }

    /// <summary>Their cosines; a row of zeros has cosine 0 with everything.</summary>
    public ReadOnlySpan<float> Cosines => cosines;

    /// <summary>For each row of the other set the row of the first.</summary>
    public int[] RowsBack { get; }

    /// <summary>Their cosines.</summary>
    public ReadOnlySpan<float> CosinesBack => cosinesBack;

    /// <summary>Finds them. The result is the same for any number of threads.</summary>
    public static BestMatches Find(IRowSource rows, IRowSource others, int threads, Action<long>? progress, CancellationToken cancellation)
    {
        BestMatches best = new(rows.Count, others.Count);
        using NativeBlock<float> queries = new((long)Math.Min(QueryRows, rows.Count) * rows.Dimension);
        for (int first = 0; first < rows.Count; first += QueryRows)
        {
            int count = Math.Min(QueryRows, rows.Count - first);
            Span<float> units = queries.Span(0, count * rows.Dimension);
            rows.Read(first, units);
            UnitRow.NormalizeAll(units, rows.Dimension);
            int start = first;
            (float[] Cosines, int[] Found)[] parts = CandidateBlocks.Walk(
                others, others.Count, queries.Base, count, threads, () => (Lowest(count), new int[count]),
                (own, products, at, candidates) => best.Take(products, start, count, at, candidates, own.Item1, own.Item2), cancellation);
            foreach ((float[] cosines, int[] found) in parts) best.Merge(first, cosines, found);
            progress?.Invoke(first + count);
        }
        return best;
    }

    // The block's columns belong to this thread alone; the best of the rows are its own until they are merged.
    private void Take(float* products, int first, int count, int at, int candidates, float[] cosinesOfRows, int[] found)
    {
        fixed (float* back = &cosinesBack[at])
        {
            for (int q = 0; q < count; q++)
            {
                float* row = products + ((nint)q * CandidateBlocks.BlockRows);
                int c = 0;
                for (; c <= candidates - 16; c += 16)
                {
                    Vector512<float> these = Vector512.Load(row + c);
                    ulong better = (Vector512.GreaterThan(these, Vector512.Create(cosinesOfRows[q])) | Vector512.GreaterThan(these, Vector512.Load(back + c))).ExtractMostSignificantBits();
                    for (; better != 0; better &= better - 1) Offer(q, c + BitOperations.TrailingZeroCount(better));
                }
                for (; c < candidates; c++) Offer(q, c);
            }
        }

        void Offer(int q, int c)
        {
            float cosine = products[((nint)q * CandidateBlocks.BlockRows) + c];
            if (cosine > cosinesOfRows[q]) (cosinesOfRows[q], found[q]) = (cosine, at + c);
            if (cosine > cosinesBack[at + c]) (cosinesBack[at + c], RowsBack[at + c]) = (cosine, first + q);
        }
    }

    private void Merge(int first, float[] of, int[] found)
    {
        for (int q = 0; q < of.Length; q++)
        {
            if (of[q] > cosines[first + q] || (of[q] == cosines[first + q] && found[q] < Rows[first + q])) (cosines[first + q], Rows[first + q]) = (of[q], found[q]);
        }
    }

    private static float[] Lowest(int count)
    {
        float[] cosines = new float[count];
        Array.Fill(cosines, float.NegativeInfinity);
        return cosines;
    }
}
