using System.Diagnostics.CodeAnalysis;

namespace VecStore.Storage;

/// <summary>
/// A growing segment in memory. One writer appends; any number of threads read, without locks, the rows up to a <see cref="Count"/> they
/// took before. Memory for all rows is reserved at the start and given by the system as it is touched, so rows never move.
/// A key may be appended many times: each row knows the row of its key before it.
/// </summary>
public sealed unsafe class MemorySegment : ISegment, IDisposable
{
    private readonly int _strideBytes, _rowBytes;
    private readonly long _slots;
    private readonly ReservedMemory _vectors, _inverseNorms, _scales, _keys, _earlier, _table;
    private readonly ByteArena _keyBytes = new();
    private volatile ColumnList _columns;
    private volatile int _count;

    /// <summary>Reserves a segment for so many rows.</summary>
    public MemorySegment(long id, CollectionSchema schema, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, RowLayout.MaxRows);
        Id = id;
        Capacity = capacity;
        _rowBytes = RowLayout.RowBytes(schema);
        _strideBytes = RowLayout.StrideBytes(schema);
        _slots = capacity * 2L;
        _vectors = new ReservedMemory(capacity * (long)_strideBytes);
        _inverseNorms = new ReservedMemory(schema.Metric == Metric.Cosine ? capacity * (long)sizeof(float) : 0);
        _scales = new ReservedMemory(schema.ElementType == ElementType.Int8 ? capacity * (long)sizeof(float) : 0);
        _keys = new ReservedMemory(capacity * (long)sizeof(long));
        _earlier = new ReservedMemory(capacity * (long)sizeof(int));
        _table = new ReservedMemory(_slots * sizeof(int));
        _columns = new ColumnList(schema, [.. schema.Fields.Select(field => new MemoryColumn(field, capacity))]);
    }

    /// <inheritdoc/>
    public long Id { get; }

    /// <summary>Rows it can have.</summary>
    public int Capacity { get; }

    /// <summary>True when no row can be appended.</summary>
    public bool IsFull => _count == Capacity;

    /// <inheritdoc/>
    public CollectionSchema Schema => _columns.Schema;

    /// <summary>Rows that can be read. It only grows; what is below a count once read never changes.</summary>
    public int Count => _count;

    /// <inheritdoc/>
    public VectorRows Vectors => FirstRows(_count);

    /// <inheritdoc/>
    public IReadOnlyList<Column> Columns => _columns.Readers;

    /// <summary>Bytes of the rows appended so far: vectors, keys and key table, without fields.</summary>
    public long BytesUsed => (_count * (long)(_strideBytes + sizeof(long) + (2 * sizeof(int)))) + _keyBytes.Bytes;

    /// <summary>
    /// Appends a row and returns its number. The arguments are those of <see cref="SegmentWriter.Append(ReadOnlySpan{byte}, float, float, long, ReadOnlySpan{FieldValue})"/>.
    /// One thread at a time.
    /// </summary>
    public int Append(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale, long key, ReadOnlySpan<FieldValue> fields)
    {
        RowLayout.CheckRow(Schema, encodedRow, KeyKind.Int64, fields);
        int row = SetRow(encodedRow, inverseNorm, scale, fields);
        ((long*)_keys.Start)[row] = key;
        ref int slot = ref FindSlot(key);
        Publish(row, ref slot);
        return row;
    }

    /// <summary>The same with a string key.</summary>
    public int Append(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale, ReadOnlySpan<byte> utf8Key, ReadOnlySpan<FieldValue> fields)
    {
        RowLayout.CheckRow(Schema, encodedRow, KeyKind.String, fields);
        RowLayout.CheckKey(utf8Key);
        int row = SetRow(encodedRow, inverseNorm, scale, fields);
        ((ulong*)_keys.Start)[row] = _keyBytes.Add(utf8Key);
        ref int slot = ref FindSlot(utf8Key);
        Publish(row, ref slot);
        return row;
    }

    /// <summary>Adds a field; it is absent from the rows so far. By the writer.</summary>
    public void AddField(FieldSchema field)
    {
        ColumnList columns = _columns;
        if (columns.Schema.Fields.Any(other => other.Name == field.Name)) throw new ArgumentException($"there is a field '{field.Name}' already", nameof(field));
        _columns = new ColumnList(columns.Schema with { Fields = [.. columns.Schema.Fields, field] }, [.. columns.Writers, new MemoryColumn(field, Capacity)]);
    }

    /// <inheritdoc/>
    public VectorRows FirstRows(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_count, nameof(count));
        CollectionSchema schema = Schema;
        return new VectorRows
        {
            Base = _vectors.Start,
            StrideBytes = _strideBytes,
            Count = count,
            Dimension = schema.Dimension,
            ElementType = schema.ElementType,
            InverseNorms = schema.Metric == Metric.Cosine ? (float*)_inverseNorms.Start : null,
            Scales = schema.ElementType == ElementType.Int8 ? (float*)_scales.Start : null,
        };
    }

    /// <inheritdoc/>
    public long Int64Key(int row)
    {
        CheckKeyed(KeyKind.Int64, row);
        return ((long*)_keys.Start)[row];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Utf8Key(int row)
    {
        CheckKeyed(KeyKind.String, row);
        return KeyAt(row);
    }

    /// <inheritdoc/>
    public bool TryFind(long key, int visibleRows, RowSet? deleted, out int row)
    {
        CheckKeyed(KeyKind.Int64, 0);
        return TryLive(FindSlot(key), visibleRows, deleted, out row);
    }

    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> utf8Key, int visibleRows, RowSet? deleted, out int row)
    {
        CheckKeyed(KeyKind.String, 0);
        return TryLive(FindSlot(utf8Key), visibleRows, deleted, out row);
    }

    /// <inheritdoc/>
    public bool TryGetColumn(string name, [NotNullWhen(true)] out Column? column) =>
        (column = Column.Named(_columns.Readers, name)) is not null;

    /// <summary>Gives the memory back. Nobody may read the segment any more.</summary>
    public void Dispose()
    {
        foreach (ReservedMemory memory in (ReadOnlySpan<ReservedMemory>)[_vectors, _inverseNorms, _scales, _keys, _earlier, _table]) memory.Dispose();
        foreach (MemoryColumn column in _columns.Writers) column.Dispose();
    }

    private int SetRow(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale, ReadOnlySpan<FieldValue> fields)
    {
        int row = _count;
        if (row == Capacity) throw new InvalidOperationException($"the memory segment is full: {Capacity} rows");
        encodedRow.CopyTo(new Span<byte>(_vectors.Start + (row * (long)_strideBytes), _rowBytes)); // the padding is zero from the start
        if (Schema.Metric == Metric.Cosine) ((float*)_inverseNorms.Start)[row] = inverseNorm;
        if (Schema.ElementType == ElementType.Int8) ((float*)_scales.Start)[row] = scale;
        MemoryColumn[] columns = _columns.Writers;
        for (int i = 0; i < columns.Length; i++) columns[i].Set(row, i < fields.Length ? fields[i] : default);
        return row;
    }

    // The row, then the way to it, then the count: a reader that sees one of them sees all before it.
    private void Publish(int row, ref int slot)
    {
        ((int*)_earlier.Start)[row] = slot;
        Volatile.Write(ref slot, row + 1);
        _count = row + 1;
    }

    // The newest row of the key that the reader's snapshot has decides: those before it were superseded by it.
    private bool TryLive(int newest, int visibleRows, RowSet? deleted, out int row)
    {
        row = newest - 1;
        while (row >= visibleRows) row = ((int*)_earlier.Start)[row] - 1;
        return row >= 0 && deleted?.Contains(row) != true;
    }

    private ref int FindSlot(long key)
    {
        int* table = (int*)_table.Start;
        long slot = KeyHash.FirstSlot(KeyHash.Of(key), _slots);
        while (Volatile.Read(ref table[slot]) is int stored and not 0 && ((long*)_keys.Start)[stored - 1] != key) slot = slot + 1 == _slots ? 0 : slot + 1;
        return ref table[slot];
    }

    private ref int FindSlot(ReadOnlySpan<byte> utf8Key)
    {
        int* table = (int*)_table.Start;
        long slot = KeyHash.FirstSlot(KeyHash.Of(utf8Key), _slots);
        while (Volatile.Read(ref table[slot]) is int stored and not 0 && !KeyAt(stored - 1).SequenceEqual(utf8Key)) slot = slot + 1 == _slots ? 0 : slot + 1;
        return ref table[slot];
    }

    private ReadOnlySpan<byte> KeyAt(int row) => _keyBytes[((ulong*)_keys.Start)[row]];

    private void CheckKeyed(KeyKind kind, int row)
    {
        if (Schema.KeyKind != kind) throw new InvalidOperationException($"the segment has keys of kind {Schema.KeyKind}");
        if ((uint)row >= (uint)Math.Max(1, _count)) throw new ArgumentOutOfRangeException(nameof(row), row, $"the segment has {_count} rows");
    }

    private sealed class ColumnList(CollectionSchema schema, MemoryColumn[] writers)
    {
        public readonly CollectionSchema Schema = schema;
        public readonly MemoryColumn[] Writers = writers;
        public readonly Column[] Readers = [.. writers.Select(writer => writer.Column)];
    }
}
