using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// Cosine of the angle between two vectors, in [-1, 1]; 0 when one of them is zero. The row kernels take a query of length 1
/// (<see cref="Norm.Normalize"/>) and the inverse lengths of the rows (<see cref="Norm.Inverse{T}(ReadOnlySpan{T})"/>): |error| &lt;= (2n/w + 16) * 2^-24 with w lanes (NUMERICS.md).
/// int8 rows need no scale.
/// </summary>
public static unsafe class Cosine
{
    /// <summary>Two vectors of any length and alignment; right for any finite elements, also where the inner product overflows in float.</summary>
    public static float Of<T>(ReadOnlySpan<float> x, ReadOnlySpan<T> y) where T : unmanaged => Of(Lanes.Width, x, y);

    /// <summary>One query (padded, of length 1) x all rows, in order.</summary>
    public static void Rows<T>(float* query, in RowBlock<T> rows, float* inverseNorms, Span<float> results) where T : unmanaged
    {
        Dot.Rows(query, rows, results);
        Scale(results[..rows.Count], inverseNorms);
    }

    /// <summary>One query (padded, of length 1) x the rows picked; <paramref name="inverseNorms"/> has one for each row of the block.</summary>
    public static void Gather<T>(float* query, in RowBlock<T> rows, float* inverseNorms, ReadOnlySpan<int> picks, Span<float> results) where T : unmanaged
    {
        Dot.Gather(query, rows, picks, results);
        for (int i = 0; i < picks.Length; i++) results[i] = Math.Clamp(results[i] * inverseNorms[picks[i]], -1f, 1f);
    }

    /// <summary>All queries (padded, of length 1) x all rows. See <see cref="Dot.Tile"/>.</summary>
    public static void Tile<T>(in RowBlock<float> queries, in RowBlock<T> rows, float* inverseNorms, float* results, nint resultStride) where T : unmanaged
    {
        Dot.Tile(queries, rows, results, resultStride);
        for (int query = 0; query < queries.Count; query++) Scale(new Span<float>(results + (query * resultStride), rows.Count), inverseNorms);
    }

    /// <summary>Turns inner products with a query of length 1 into cosines, in place: multiplies by the inverse length of the row and clamps to [-1, 1].</summary>
    public static void Scale(Span<float> dots, float* inverseNorms)
    {
        int i = 0;
        fixed (float* values = dots)
        {
            for (; i <= dots.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            {
                Vector256<float> cosines = Vector256.Load(values + i) * Vector256.Load(inverseNorms + i);
                Vector256.Max(Vector256.Min(cosines, Vector256<float>.One), -Vector256<float>.One).Store(values + i);
            }
        }
        for (; i < dots.Length; i++) dots[i] = Math.Clamp(dots[i] * inverseNorms[i], -1f, 1f);
    }

    internal static float Of<T>(LaneWidth width, ReadOnlySpan<float> x, ReadOnlySpan<T> y) where T : unmanaged
    {
        double lengths = Norm.Length(width, x) * Norm.Length(width, y);
        if (lengths == 0) return 0;
        double dot = PairKernel<Dot.Step>.Of(width, x, y, scale: 1);
        // Products that left the normal floats: in double none does. What is lost elsewhere is below 2^-24 of the lengths.
        if (!double.IsFinite(dot) || lengths < 1e-24) dot = DotInDouble(x, y);
        return (float)Math.Clamp(dot / lengths, -1, 1);
    }

    private static double DotInDouble<T>(ReadOnlySpan<float> x, ReadOnlySpan<T> y) where T : unmanaged
    {
        double sum = 0;
        fixed (T* elements = y)
        {
            for (int i = 0; i < x.Length; i++) sum += (double)x[i] * ScalarLanes.Load(elements + i);
        }
        return sum;
    }
}
