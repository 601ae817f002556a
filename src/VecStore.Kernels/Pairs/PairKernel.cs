using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>Chooses the loop for the lane width. The width is an argument so that tests reach each of them.</summary>
internal static unsafe class PairKernel<TStep> where TStep : struct, IPairStep
{
    public static float Of<T>(LaneWidth width, ReadOnlySpan<float> x, ReadOnlySpan<T> y, float scale) where T : unmanaged
    {
        if (x.Length != y.Length) throw new ArgumentException($"the vectors have {x.Length} and {y.Length} elements", nameof(y));
        fixed (float* xs = x)
        fixed (T* ys = y)
        {
            return width switch
            {
                LaneWidth.Bits512 => PairLoops<Lanes512, Vector512<float>, TStep, T>.Of(xs, ys, x.Length, scale),
                LaneWidth.Bits256 => PairLoops<Lanes256, Vector256<float>, TStep, T>.Of(xs, ys, x.Length, scale),
                LaneWidth.Bits128 => PairLoops<Lanes128, Vector128<float>, TStep, T>.Of(xs, ys, x.Length, scale),
                _ => PairLoops<ScalarLanes, float, TStep, T>.Of(xs, ys, x.Length, scale),
            };
        }
    }

    public static void Rows<T>(LaneWidth width, float* query, in RowBlock<T> rows, float* scales, Span<float> results) where T : unmanaged
    {
        if (results.Length < rows.Count) throw TooShort(results.Length, rows.Count);
        fixed (float* into = results)
        {
            switch (width)
            {
                case LaneWidth.Bits512: PairLoops<Lanes512, Vector512<float>, TStep, T>.Rows(query, rows, scales, into); break;
                case LaneWidth.Bits256: PairLoops<Lanes256, Vector256<float>, TStep, T>.Rows(query, rows, scales, into); break;
                case LaneWidth.Bits128: PairLoops<Lanes128, Vector128<float>, TStep, T>.Rows(query, rows, scales, into); break;
                default: PairLoops<ScalarLanes, float, TStep, T>.Rows(query, rows, scales, into); break;
            }
        }
    }

    public static void Gather<T>(LaneWidth width, float* query, in RowBlock<T> rows, float* scales, ReadOnlySpan<int> picks, Span<float> results)
        where T : unmanaged
    {
        if (results.Length < picks.Length) throw TooShort(results.Length, picks.Length);
        fixed (int* picked = picks)
        fixed (float* into = results)
        {
            switch (width)
            {
                case LaneWidth.Bits512: PairLoops<Lanes512, Vector512<float>, TStep, T>.Gather(query, rows, scales, picked, picks.Length, into); break;
                case LaneWidth.Bits256: PairLoops<Lanes256, Vector256<float>, TStep, T>.Gather(query, rows, scales, picked, picks.Length, into); break;
                case LaneWidth.Bits128: PairLoops<Lanes128, Vector128<float>, TStep, T>.Gather(query, rows, scales, picked, picks.Length, into); break;
                default: PairLoops<ScalarLanes, float, TStep, T>.Gather(query, rows, scales, picked, picks.Length, into); break;
            }
        }
    }

    /// <summary>Queries x rows of floats; result (q, r) goes to results[q * resultStride + r].</summary>
    public static void Tile(LaneWidth width, in RowBlock<float> queries, in RowBlock<float> rows, float* results, nint resultStride)
    {
        switch (width)
        {
            case LaneWidth.Bits512: TileLoops<Lanes512, Vector512<float>, TStep>.Tile(queries, rows, results, resultStride); break;
            case LaneWidth.Bits256: TileLoops<Lanes256, Vector256<float>, TStep>.Tile(queries, rows, results, resultStride); break;
            case LaneWidth.Bits128: TileLoops<Lanes128, Vector128<float>, TStep>.Tile(queries, rows, results, resultStride); break;
            default: TileLoops<ScalarLanes, float, TStep>.Tile(queries, rows, results, resultStride); break;
        }
    }

    private static ArgumentException TooShort(int length, int count) => new($"room for {length} results, {count} rows");
}
