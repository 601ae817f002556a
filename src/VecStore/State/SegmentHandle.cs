using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore;

/// <summary>A segment, its graph and the files behind them, shared by every state that shows it and released with the last.</summary>
internal sealed class SegmentHandle(ISegment segment, HnswGraph? graph, SegmentFiles? files)
{
    private const int CachedFilters = 8;
    private readonly Lock _filterGate = new();
    private readonly LinkedList<(Filter Filter, RowSet Rows)> _filters = new();
    private int _references = 1;

    public ISegment Segment { get; } = segment;

    public HnswGraph? Graph { get; } = graph;

    /// <summary>Null for a memory segment.</summary>
    public SegmentFiles? Files { get; } = files;

    public bool IsMemory => Files is null;

    /// <summary>Bytes of the files.</summary>
    public long FileBytes => Segment is Segment file ? file.FileLength + (Graph?.File.Length ?? 0) : 0;

    /// <summary>Of a memory segment, the last log record that went into it. Set by the writer.</summary>
    public long LastSequence { get; set; }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0) return;
        Graph?.Dispose();
        (Segment as IDisposable)?.Dispose();
    }

    /// <summary>The rows that pass a filter. A sealed segment never changes, so the last few answers are kept.</summary>
    public RowSet Passing(Filter filter, int rows)
    {
        if (IsMemory) return FilterEvaluation.Evaluate(filter, Segment, rows);
        lock (_filterGate)
        {
            for (LinkedListNode<(Filter Filter, RowSet Rows)>? node = _filters.First; node is not null; node = node.Next)
            {
                if (!ReferenceEquals(node.Value.Filter, filter) && !node.Value.Filter.Equals(filter)) continue;
                if (node != _filters.First)
                {
                    _filters.Remove(node);
                    _filters.AddFirst(node);
                }

                return node.Value.Rows;
            }
        }

        RowSet passing = FilterEvaluation.Evaluate(filter, Segment, rows);
        lock (_filterGate)
        {
            _filters.AddFirst((filter, passing));
            if (_filters.Count > CachedFilters) _filters.RemoveLast();
        }

        return passing;
    }
}

/// <summary>The names of the files of a sealed segment, in the data folder.</summary>
/// <param name="Segment">Vectors, keys and fields.</param>
/// <param name="Graph">The HNSW graph; null when the segment is too small for one.</param>
internal sealed record SegmentFiles(string Segment, string? Graph);

/// <summary>One segment as one state of the collection shows it: its first rows, less the deleted ones.</summary>
/// <param name="Handle">The segment.</param>
/// <param name="Rows">Rows that are visible: fewer than the segment has when it is still growing.</param>
/// <param name="Deleted">Rows that are gone; null for none.</param>
internal readonly record struct SegmentView(SegmentHandle Handle, int Rows, RowSet? Deleted)
{
    public ISegment Segment => Handle.Segment;

    public int Live => Rows - (Deleted?.Count ?? 0);

    public VectorRows Vectors => Segment.FirstRows(Rows);

    public bool IsLive(int row) => Deleted is null || !Deleted.Contains(row);

    /// <summary>The live row of a key, or -1.</summary>
    public int Find(long key, ReadOnlySpan<byte> utf8Key)
    {
        if (Rows == 0) return -1;
        bool found = Segment.Schema.KeyKind == KeyKind.Int64
            ? Segment.TryFind(key, Rows, Deleted, out int row)
            : Segment.TryFind(utf8Key, Rows, Deleted, out row);
        return found ? row : -1;
    }

    public Key KeyOf(int row) => Segment.Schema.KeyKind == KeyKind.Int64 ? Segment.Int64Key(row) : System.Text.Encoding.UTF8.GetString(Segment.Utf8Key(row));
}
