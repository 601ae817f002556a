using VecStore.Storage;

namespace VecStore;

/// <summary>One segment as a snapshot shows it: the stored bytes, for scans that run on them. Valid as long as its snapshot.</summary>
public readonly struct SnapshotSegment
{
    private readonly SegmentView _view;

    internal SnapshotSegment(SegmentView view) => _view = view;

    /// <summary>The segment's number, unique in its store for ever.</summary>
    public uint Id => (uint)_view.Segment.Id;

    /// <summary>Rows, deleted ones included.</summary>
    public int Rows => _view.Rows;

    /// <summary>Live rows.</summary>
    public int Live => _view.Live;

    /// <summary>True when the segment is a file that will never change: partial results on it may be kept.</summary>
    public bool IsSealed => !_view.Handle.IsMemory;

    /// <summary>A name for the content of a sealed segment, the same in every store and for ever, made of the checksums of its file; null for rows in memory.</summary>
    public string? ContentName => _view.Segment is Segment file ? Convert.ToHexStringLower(file.ContentHash()) : null;

    /// <summary>Rows that are deleted; null when there are none.</summary>
    public RowSet? Deleted => _view.Deleted;

    /// <summary>The stored vectors. Call <see cref="VectorRows.Ensure"/> for a range before reading it.</summary>
    public VectorRows Vectors => _view.Vectors;

    /// <summary>The rows that pass a filter, deleted ones included.</summary>
    public RowSet Passing(Filter filter) => _view.Handle.Passing(filter, _view.Rows);

    /// <summary>The key of a row.</summary>
    public Key KeyOf(int row) => _view.KeyOf(row);

    /// <summary>Reads a row as float32.</summary>
    /// <param name="row">The row in the segment.</param>
    /// <param name="vector">Takes the vector; at least the dimension long.</param>
    public void ReadVector(int row, Span<float> vector) => ReadVectors(row, 1, vector);

    /// <summary>Reads consecutive rows as float32, one after another.</summary>
    /// <param name="first">The first row in the segment.</param>
    /// <param name="count">How many.</param>
    /// <param name="vectors">Takes count x dimension elements.</param>
    public unsafe void ReadVectors(int first, int count, Span<float> vectors)
    {
        VectorRows rows = _view.Vectors;
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, rows.Count, nameof(count));
        rows.Ensure(first, count);
        for (int i = 0; i < count; i++)
        {
            int row = first + i;
            var bytes = new ReadOnlySpan<byte>(rows.Base + (row * rows.StrideBytes), (int)rows.StrideBytes);
            RowEncoder.Decode(rows.ElementType, bytes, rows.Scales is null ? 0 : rows.Scales[row], vectors.Slice(i * rows.Dimension, rows.Dimension));
        }
    }

    /// <summary>One metadata value of a row, by the number of its field in the schema; absent when the segment is older than the field.</summary>
    public FieldValue ValueOf(int row, int field) => field < _view.Segment.Columns.Count ? _view.Segment.Columns[field][row] : default;

    /// <summary>All metadata of a row.</summary>
    public FieldValues FieldsOf(int row, CollectionSchema schema)
    {
        var values = new FieldValues();
        for (int field = 0; field < schema.Fields.Count; field++)
        {
            FieldValue value = ValueOf(row, field);
            if (!value.IsAbsent) values[schema.Fields[field].Name] = value;
        }

        return values;
    }
}
