using System.Runtime.CompilerServices;

namespace VecStore.Kernels;

/// <summary>
/// Inner product: the sum of x[i] * y[i]. Float lanes; |error| &lt;= g(n/w + 5) * sum |x[i] * y[i]| with w lanes, g(k) = k * 2^-24 / (1 - k * 2^-24) (NUMERICS.md).
/// int8 rows are taken as the integers they are; the caller multiplies by their scale. Overflow gives infinity, NaN in gives NaN out.
/// All methods give the same bits for the same pair.
/// </summary>
public static unsafe class Dot
{
    /// <summary>Two vectors of any length and alignment.</summary>
    public static float Of<T>(ReadOnlySpan<float> x, ReadOnlySpan<T> y) where T : unmanaged => PairKernel<Step>.Of(Lanes.Width, x, y, scale: 1);

    /// <summary>One query (padded, see <see cref="QueryBlock"/>) x all rows, in order.</summary>
    public static void Rows<T>(float* query, in RowBlock<T> rows, Span<float> results) where T : unmanaged =>
        PairKernel<Step>.Rows(Lanes.Width, query, rows, null, results);

    /// <summary>One query (padded) x the rows picked: results[i] is for row picks[i].</summary>
    public static void Gather<T>(float* query, in RowBlock<T> rows, ReadOnlySpan<int> picks, Span<float> results) where T : unmanaged =>
        PairKernel<Step>.Gather(Lanes.Width, query, rows, null, picks, results);

    /// <summary>
    /// All queries (padded) x all rows: result (q, r) goes to results[q * resultStride + r]. For exact search call it for blocks whose results
    /// stay in the cache (say 64 queries x 256 rows) and hand each line of results to <see cref="TopK.Offer(ReadOnlySpan{float}, int)"/>.
    /// </summary>
    public static void Tile<T>(in RowBlock<float> queries, in RowBlock<T> rows, float* results, nint resultStride) where T : unmanaged =>
        TilePanel.Tile<Step, T>(Lanes.Width, queries, rows, null, results, resultStride);

    internal readonly struct Step : IPairStep
    {
        public static bool HasScale => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<L, V>(V sum, V x, V y, V scale) where L : struct, ILanes<V> where V : struct => L.MultiplyAdd(x, y, sum);
    }
}
