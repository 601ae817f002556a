using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>All the memory that one walk needs; rented for a search and used again by the next.</summary>
internal sealed unsafe class SearchScratch : IDisposable
{
    public const int MaxDegree = 512;
    private readonly NativeBlock<byte> _block;
    private NativeBlock<byte>? _candidates;
    private NativeBlock<ulong>? _nodeBits;
    private NativeBlock<uint>? _rows;
    private readonly int _nodes;
    private int _room, _rowRoom;

    public SearchScratch(int nodes, int queryBytes, int dimension)
    {
        Vector = new float[dimension];
        int rowQueryBytes = PreparedQuery.PaddedLength(dimension) * sizeof(float);
        Visited = new VisitedSet(nodes);
        _block = new NativeBlock<byte>((2L * queryBytes) + rowQueryBytes + (4L * (MaxDegree + 16) * sizeof(float)) + SignQuery.BytesOf(dimension));
        Query = _block.Base;
        OtherQuery = Query + queryBytes;
        RowQuery = (float*)(OtherQuery + queryBytes);
        Picks = (uint*)((byte*)RowQuery + rowQueryBytes);
        Scores = (float*)(Picks + MaxDegree + 16);
        Kept = (uint*)(Scores + MaxDegree + 16);
        KeptScores = (float*)(Kept + MaxDegree + 16);
        SignPlanes = (ulong*)(KeptScores + MaxDegree + 16);
        _nodes = nodes;
    }

    public CandidatePool Pool { get; } = new();

    public VisitedSet Visited { get; }

    public byte* Query { get; }

    public byte* OtherQuery { get; }

    /// <summary>The query as the row kernels read it.</summary>
    public float* RowQuery { get; }

    /// <summary>Room for one vector.</summary>
    public float[] Vector { get; }

    public uint* Picks { get; }

    public float* Scores { get; }

    public uint* Kept { get; }

    public float* KeptScores { get; }

    /// <summary>Room for the bits of a <see cref="SignQuery"/>.</summary>
    public ulong* SignPlanes { get; }

    /// <summary>Rows that a scan of signs looks at.</summary>
    public uint* Listed { get; private set; }

    /// <summary>What each of them may score at most.</summary>
    public float* Bounds { get; private set; }

    /// <summary>Makes room for that many rows to be listed.</summary>
    public void ReserveRows(int rows)
    {
        if (rows <= _rowRoom) return;
        _rows?.Dispose();
        _rowRoom = (rows + 63) & ~63;
        _rows = new NativeBlock<uint>(2L * _rowRoom);
        Listed = _rows.Base;
        Bounds = (float*)(Listed + _rowRoom);
    }

    /// <summary>Room for one bit a node, cleared.</summary>
    public ulong* ClearedNodeBits()
    {
        long words = (_nodes + 63L) / 64;
        _nodeBits ??= new NativeBlock<ulong>(words);
        _nodeBits.Span(0, (int)words).Clear();
        return _nodeBits.Base;
    }

    public uint* Candidates { get; private set; }

    public float* CandidateScores { get; private set; }

    /// <summary>The node of each candidate.</summary>
    public uint* CandidateNodes { get; private set; }

    /// <summary>Makes room for that many candidates.</summary>
    public void Reserve(int candidates)
    {
        if (candidates <= _room) return;
        _candidates?.Dispose();
        _room = Math.Max(candidates, 512);
        _candidates = new NativeBlock<byte>(_room * 12L);
        Candidates = (uint*)_candidates.Base;
        CandidateScores = (float*)(Candidates + _room);
        CandidateNodes = (uint*)(CandidateScores + _room);
    }

    public long Scored;

    public long Expanded;

    public void Dispose()
    {
        Pool.Dispose();
        Visited.Dispose();
        _block.Dispose();
        _candidates?.Dispose();
        _nodeBits?.Dispose();
        _rows?.Dispose();
    }
}
