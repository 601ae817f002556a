using System.Runtime.CompilerServices;

namespace VecStore.Kernels;

/// <summary>
/// Squared Euclidean distance: the sum of (x[i] - y[i])^2, from the differences themselves, so nothing cancels. Lower is nearer.
/// Float lanes; |error| &lt;= g(n/w + 7) * result with w lanes, g(k) = k * 2^-24 / (1 - k * 2^-24) (NUMERICS.md). Overflow gives infinity.
/// int8 rows have a scale each: y[i] is scale * integer. All methods give the same bits for the same pair.
/// </summary>
public static unsafe class SquaredEuclidean
{
    /// <summary>Two vectors of any length and alignment.</summary>
    public static float Of<T>(ReadOnlySpan<float> x, ReadOnlySpan<T> y) where T : unmanaged => PairKernel<Step>.Of(Lanes.Width, x, y, scale: 1);

    /// <summary>A vector and an int8 vector with its scale.</summary>
    public static float Of(ReadOnlySpan<float> x, ReadOnlySpan<sbyte> y, float scale) => PairKernel<ScaledStep>.Of(Lanes.Width, x, y, scale);

    /// <summary>One query (padded, see <see cref="QueryBlock"/>) x all rows, in order.</summary>
    public static void Rows<T>(float* query, in RowBlock<T> rows, Span<float> results) where T : unmanaged =>
        PairKernel<Step>.Rows(Lanes.Width, query, rows, null, results);

    /// <summary>The same for int8 rows; <paramref name="scales"/> has one for each row of the block.</summary>
    public static void Rows(float* query, in RowBlock<sbyte> rows, float* scales, Span<float> results) =>
        PairKernel<ScaledStep>.Rows(Lanes.Width, query, rows, scales, results);

    /// <summary>One query (padded) x the rows picked: results[i] is for row picks[i].</summary>
    public static void Gather<T>(float* query, in RowBlock<T> rows, ReadOnlySpan<int> picks, Span<float> results) where T : unmanaged =>
        PairKernel<Step>.Gather(Lanes.Width, query, rows, null, picks, results);

    /// <summary>The same for int8 rows; <paramref name="scales"/> has one for each row of the block.</summary>
    public static void Gather(float* query, in RowBlock<sbyte> rows, float* scales, ReadOnlySpan<int> picks, Span<float> results) =>
        PairKernel<ScaledStep>.Gather(Lanes.Width, query, rows, scales, picks, results);

    /// <summary>All queries (padded) x all rows: result (q, r) goes to results[q * resultStride + r]. See <see cref="Dot.Tile"/>.</summary>
    public static void Tile<T>(in RowBlock<float> queries, in RowBlock<T> rows, float* results, nint resultStride) where T : unmanaged =>
        TilePanel.Tile<Step, T>(Lanes.Width, queries, rows, null, results, resultStride);

    /// <summary>The same for int8 rows; <paramref name="scales"/> has one for each row of the block.</summary>
    public static void Tile(in RowBlock<float> queries, in RowBlock<sbyte> rows, float* scales, float* results, nint resultStride) =>
        TilePanel.Tile<Step, sbyte>(Lanes.Width, queries, rows, scales, results, resultStride);

    internal readonly struct Step : IPairStep
    {
        public static bool HasScale => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<L, V>(V sum, V x, V y, V scale) where L : struct, ILanes<V> where V : struct
        {
            V difference = L.Subtract(x, y);
            return L.MultiplyAdd(difference, difference, sum);
        }
    }

    internal readonly struct ScaledStep : IPairStep
    {
        public static bool HasScale => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static V Add<L, V>(V sum, V x, V y, V scale) where L : struct, ILanes<V> where V : struct =>
            Step.Add<L, V>(sum, x, L.Multiply(y, scale), default!);
    }
}
