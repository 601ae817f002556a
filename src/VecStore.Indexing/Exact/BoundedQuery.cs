using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// Exact search for one query that reads the codes of all rows and the stored elements of few: those whose bound (<see cref="CodeBound"/>) reaches the k-th best score so far.
/// A fraction of the bytes, and the answer, score for score, of the scan of all rows.
/// </summary>
internal readonly unsafe struct BoundedQuery : IDisposable
{
    private const int BlockNodes = 512, Picks = 16;

    private readonly HnswGraph _graph;
    private readonly sbyte* _elements;
    private readonly Int8Query _codes;
    private readonly CodeBound _bound;

    /// <summary>Codes a prepared query. To be disposed when no thread uses it any more.</summary>
    public BoundedQuery(HnswGraph graph, float* query)
    {
        _graph = graph;
        int dimension = graph.Dimension, padded = (dimension + 63) & ~63;
        _elements = (sbyte*)NativeMemory.AlignedAlloc((nuint)padded, 64);
        float[] rented = ArrayPool<float>.Shared.Rent(dimension);
        _bound = CodeBound.Of(graph, new(query, dimension), sbyte.MaxValue, rented.AsSpan(0, dimension), new(_elements, padded));
        _codes = new Int8Query(_elements, dimension);
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>False when there can be no bounds.</summary>
    public bool IsUsable => _bound.IsUsable;

    /// <summary>Whether reading the codes first is worth it: they are smaller than the rows, and most rows are left out by their bounds.</summary>
    public static bool Pays(HnswGraph? graph, in VectorRows rows, int eligible, int k) => graph != null && graph.Count == rows.Count
        && graph.RecordBytes * 4L <= rows.StrideBytes * 3L && eligible >= rows.Count / 4 && k * 32L <= eligible;

    /// <summary>True when so many rows have been scored after all that scanning the rows themselves is faster.</summary>
    public static bool IsVain(long seen, long scored, int queries) => scored > (seen / 8) + (512L * queries);

    public void Dispose() => NativeMemory.AlignedFree(_elements);

    /// <summary>
    /// Goes through a range of nodes, on with the rows kept before, which are not in order yet. Returns how many are kept now, or -1 when bounds leave too few rows out
    /// (<see cref="IsVain"/>); <paramref name="scored"/> rises by the rows scored.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Continue<T>(RowScorer<T> scorer, float* query, RowFilter filter, int first, int end, Span<ScoredRow> nearest, int kept, ref long scored) where T : unmanaged
    {
        var best = new NearestRows(nearest, kept);
        int stride = _graph.RecordBytes, waiting = 0;
        MappedSection section = _graph.CodeSection;
        int* dots = stackalloc int[BlockNodes];
        float* scales = stackalloc float[2 * BlockNodes], offsets = scales + BlockNodes;
        int* picks = stackalloc int[Picks];
        float limit = best.IsFull ? _bound.Limit(best.Threshold) : float.NegativeInfinity;
        long before = scored;
        for (int node = first; node < end; node += BlockNodes)
        {
            int count = Math.Min(BlockNodes, end - node);
            section.Ensure(node * (long)stride, count * (long)stride);
            byte* records = section.Base + (node * (nint)stride), tail = records + stride - 8;
            Int8Code.Rows(_codes, new RowBlock<byte>(records, stride, count, _graph.Dimension), new Span<int>(dots, count));
            for (int i = 0; i < count; i++, tail += stride) (scales[i], offsets[i]) = (((float*)tail)[0], ((float*)tail)[1]);
            for (int i = 0; i < count; i += Vector256<int>.Count)
            {
                uint reaching = _bound.MayReach(limit, Vector256.Load(dots + i), Vector256.Load(scales + i), Vector256.Load(offsets + i));
                for (; reaching != 0; reaching &= reaching - 1)
                {
                    int at = i + BitOperations.TrailingZeroCount(reaching);
                    if (at >= count) break;
                    int row = _graph.RowOf((uint)(node + at));
                    if (!filter.Passes(row)) continue;
                    picks[waiting++] = row;
                    if (waiting < Picks) continue;
                    limit = Score(scorer, query, picks, waiting, ref best);
                    scored += waiting;
                    waiting = 0;
                }
            }
            if (IsVain(node + count - first, scored - before, 1)) return -1;
        }
        Score(scorer, query, picks, waiting, ref best);
        scored += waiting;
        return best.Count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private float Score<T>(RowScorer<T> scorer, float* query, int* picks, int count, ref NearestRows best) where T : unmanaged
    {
        float* scores = stackalloc float[Picks];
        if (count > 0) scorer.Gather(query, picks, count, scores);
        for (int i = 0; i < count; i++) best.Offer(picks[i], scores[i]);
        return best.IsFull ? _bound.Limit(best.Threshold) : float.NegativeInfinity;
    }
}
