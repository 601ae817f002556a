using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// Exact search for a group of queries by tiles of codes: as <see cref="BoundedQuery"/>, with the queries in panels. All memory is the caller's group's; see <see cref="Search"/>.
/// </summary>
internal unsafe ref struct BoundedGroup<T> where T : unmanaged
{
    private const int BlockNodes = 96, PairQueries = 2 * Int8Panel.Queries, Picks = 16;

    private readonly HnswGraph _graph;
    private readonly RowScorer<T> _scorer;
    private readonly RowFilter _filter;
    private readonly RowBlock<float> _queries;
    private readonly ScoredRow* _nearest;
    private readonly int _k;
    private readonly Span<int> _kept;

    // For each query: the panel's elements and what they have too much, its bound and the parts of it that the loops read, rows waiting to be scored.
    private readonly sbyte* _panels, _elements;
    private readonly int* _excess, _picks, _waiting, _dots;
    private readonly float* _scale, _slope, _norm, _limit, _rowScale, _rowNorm, _rowOffset, _centred;
    private readonly CodeBound* _bounds;
    private long _scored;

    private BoundedGroup(HnswGraph graph, RowScorer<T> scorer, RowFilter filter, in RowBlock<float> queries, ScoredRow* nearest, int k, Span<int> kept, byte* memory)
    {
        _graph = graph;
        _scorer = scorer;
        _filter = filter;
        _queries = queries;
        _nearest = nearest;
        _k = k;
        _kept = kept;
        int padded = Padded(queries.Count);
        _panels = (sbyte*)memory;
        _excess = (int*)(_panels + (padded / Int8Panel.Queries * (nint)Int8Panel.Bytes(graph.Dimension)));
        _scale = (float*)(_excess + padded);
        _slope = _scale + padded;
        _norm = _slope + padded;
        _limit = _norm + padded;
        _rowScale = _limit + padded;
        _rowNorm = _rowScale + BlockNodes;
        _rowOffset = _rowNorm + BlockNodes;
        _dots = (int*)(_rowOffset + BlockNodes);
        _waiting = _dots + (BlockNodes * PairQueries);
        _picks = _waiting + padded;
        _bounds = (CodeBound*)(_picks + (padded * Picks));
        _centred = (float*)(_bounds + padded);
        _elements = (sbyte*)(_centred + graph.Dimension);
    }

    /// <summary>
    /// Leaves the <paramref name="k"/> nearest rows of each query, not in order yet, in <paramref name="nearest"/> and their numbers in <paramref name="kept"/>; adds the rows scored to
    /// <paramref name="scored"/>. False when bounds are of no use with these rows and queries; what it left then is to be thrown away.
    /// </summary>
    public static bool Search(HnswGraph graph, RowScorer<T> scorer, RowFilter filter, in RowBlock<float> queries, ScoredRow* nearest, int k, Span<int> kept, ref long scored)
    {
        int padded = Padded(queries.Count);
        nint bytes = (padded / Int8Panel.Queries * (nint)Int8Panel.Bytes(graph.Dimension)) + (padded * (((6 + Picks) * (nint)sizeof(int)) + sizeof(CodeBound)))
            + (BlockNodes * (3 + PairQueries) * (nint)sizeof(float)) + (graph.Dimension * (nint)(sizeof(float) + sizeof(sbyte)));
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        try
        {
            NativeMemory.Clear(memory, (nuint)bytes);
            var group = new BoundedGroup<T>(graph, scorer, filter, queries, nearest, k, kept, memory);
            if (!group.Encode() || !group.Scan()) return false;
            scored += group._scored;
            return true;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static int Padded(int queries) => (queries + PairQueries - 1) / PairQueries * PairQueries;

    private readonly bool Encode()
    {
        int dimension = _graph.Dimension, panelBytes = Int8Panel.Bytes(dimension);
        var centred = new Span<float>(_centred, dimension);
        var elements = new Span<sbyte>(_elements, dimension);
        for (int q = 0; q < _queries.Count; q++)
        {
            CodeBound bound = CodeBound.Of(_graph, new(_queries.Row(q), dimension), Int8Panel.Limit, centred, elements);
            _excess[q] = Int8Panel.Pack(elements, q % Int8Panel.Queries, _panels + (q / Int8Panel.Queries * (nint)panelBytes));
            if (!bound.IsUsable) return false;
            _bounds[q] = bound;
            (_scale[q], _slope[q], _norm[q], _limit[q]) = (bound.Scale, bound.Slope, bound.Norm, float.NegativeInfinity);
        }
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Scan()
    {
        int stride = _graph.RecordBytes, pairs = Padded(_queries.Count) / PairQueries;
        nint pairBytes = 2 * (nint)Int8Panel.Bytes(_graph.Dimension);
        float offsetShare = _bounds[0].OffsetShare;
        MappedSection section = _graph.CodeSection;
        for (int node = 0; node < _graph.Count; node += BlockNodes)
        {
            int count = Math.Min(BlockNodes, _graph.Count - node);
            section.Ensure(node * (long)stride, count * (long)stride);
            byte* records = section.Base + (node * (nint)stride);
            for (int i = 0; i < count; i++)
            {
                byte* record = records + (i * (nint)stride), tail = record + stride - 8;
                (_rowScale[i], _rowOffset[i]) = (((float*)tail)[0], ((float*)tail)[1]);
                if (_graph.Metric == Metric.Dot) _rowNorm[i] = CodeBound.CodeNorm(Int8Code.Squares(record, _graph.Dimension), _graph.Dimension);
            }
            for (int i = 0; i < BlockNodes; i += Vector256<float>.Count)
            {
                Vector256<float> offsets = Vector256.Load(_rowOffset + i);
                CodeBound.RowNorms(_graph.Metric, Vector256.Load(_rowScale + i), offsets, Vector256.Load(_rowNorm + i)).Store(_rowNorm + i);
                (offsets * Vector256.Create(offsetShare)).Store(_rowOffset + i);
            }
            var codes = new RowBlock<byte>(records, stride, count, _graph.Dimension);
            for (int pair = 0; pair < pairs; pair++)
            {
                Int8Panel.Tile(_panels + (pair * pairBytes), _excess + (pair * PairQueries), codes, _dots);
                Choose(pair * PairQueries, node, count);
            }
            if (BoundedQuery.IsVain((node + count) * (long)_queries.Count, _scored, _queries.Count)) return false;
        }
        for (int q = 0; q < _queries.Count; q++) Score(q);
        return true;
    }

    /// <summary>Of the tile in work, the pairs whose bound reaches the limit of their query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Choose(int query, int node, int count)
    {
        int queries = Math.Min(PairQueries, _queries.Count - query);
        uint valid = queries == PairQueries ? uint.MaxValue : (1u << queries) - 1;
        float* scale = _scale + query, slope = _slope + query, norm = _norm + query, limit = _limit + query;
        float* rowScale = _rowScale, rowNorm = _rowNorm, rowOffset = _rowOffset;
        int* dots = _dots;
        for (int i = 0; i < count; i++, dots += PairQueries)
        {
            uint below = Vector512.IsHardwareAccelerated
                ? Below512(dots, scale, slope, norm, limit, rowScale[i], rowNorm[i], rowOffset[i]) | (Below512(dots + 16, scale + 16, slope + 16, norm + 16, limit + 16, rowScale[i], rowNorm[i], rowOffset[i]) << 16)
                : Below256(dots, scale, slope, norm, limit, rowScale[i], rowNorm[i], rowOffset[i]) | (Below256(dots + 8, scale + 8, slope + 8, norm + 8, limit + 8, rowScale[i], rowNorm[i], rowOffset[i]) << 8)
                    | (Below256(dots + 16, scale + 16, slope + 16, norm + 16, limit + 16, rowScale[i], rowNorm[i], rowOffset[i]) << 16)
                    | (Below256(dots + 24, scale + 24, slope + 24, norm + 24, limit + 24, rowScale[i], rowNorm[i], rowOffset[i]) << 24);
            uint reaching = ~below & valid;
            if (reaching != 0) Take(reaching, query, node + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below512(int* dots, float* scale, float* slope, float* norm, float* limit, float rowScale, float rowNorm, float rowOffset)
    {
        Vector512<float> product = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(Vector512.Load(dots)), Vector512.Load(scale), Vector512.Load(slope));
        Vector512<float> bound = Vector512.FusedMultiplyAdd(product, Vector512.Create(rowScale), Vector512.FusedMultiplyAdd(Vector512.Create(rowNorm), Vector512.Load(norm), Vector512.Create(rowOffset)));
        return (uint)Vector512.LessThan(bound, Vector512.Load(limit)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Below256(int* dots, float* scale, float* slope, float* norm, float* limit, float rowScale, float rowNorm, float rowOffset)
    {
        Vector256<float> product = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(Vector256.Load(dots)), Vector256.Load(scale), Vector256.Load(slope));
        Vector256<float> bound = Vector256.FusedMultiplyAdd(product, Vector256.Create(rowScale), Vector256.FusedMultiplyAdd(Vector256.Create(rowNorm), Vector256.Load(norm), Vector256.Create(rowOffset)));
        return Vector256.LessThan(bound, Vector256.Load(limit)).ExtractMostSignificantBits();
    }

    /// <summary>A row for the queries of the bits set.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Take(uint reaching, int query, int node)
    {
        int row = _graph.RowOf((uint)node);
        if (!_filter.Passes(row)) return;
        for (; reaching != 0; reaching &= reaching - 1)
        {
            int q = query + BitOperations.TrailingZeroCount(reaching);
            _picks[(q * Picks) + _waiting[q]] = row;
            if (++_waiting[q] == Picks) Score(q);
        }
    }

    private void Score(int q)
    {
        int count = _waiting[q];
        if (count == 0) return;
        float* scores = stackalloc float[Picks];
        int* picks = _picks + (q * Picks);
        _scorer.Gather(_queries.Row(q), picks, count, scores);
        var best = new NearestRows(new Span<ScoredRow>(_nearest + ((long)q * _k), _k), _kept[q]);
        for (int i = 0; i < count; i++) best.Offer(picks[i], scores[i]);
        _kept[q] = best.Count;
        if (best.IsFull) _limit[q] = _bounds[q].Limit(best.Threshold);
        _scored += count;
        _waiting[q] = 0;
    }
}
