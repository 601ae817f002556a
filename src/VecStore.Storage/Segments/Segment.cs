using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>
/// An immutable segment, mapped. Opening it reads the header and the list of fields, whatever the number of rows; the rest is verified
/// block by block as it is read. Any number of threads may read.
/// </summary>
public sealed unsafe class Segment : ISegment, IDisposable
{
    private readonly SectionFile _file;
    private readonly Column[] _columns;
    private readonly MappedSection _vectors, _keys, _keyTable;
    private readonly MappedSection? _keyOffsets, _inverseNorms, _scales;
    private readonly int _strideBytes;
    private readonly long _slots;

    private Segment(SectionFile file)
    {
        _file = file;
        if (file.Properties.Length < SegmentProperties.Size)
            throw file.Corrupt(36, $"{SegmentProperties.Size} bytes of properties", $"{file.Properties.Length}");
        SegmentProperties properties = MemoryMarshal.Read<SegmentProperties>(file.Properties);
        Count = properties.RowCount;
        _strideBytes = properties.StrideBytes;
        _slots = properties.KeyTableSlots;
        var schema = new CollectionSchema(properties.Dimension)
        {
            Metric = (Metric)properties.Metric,
            ElementType = (ElementType)properties.ElementType,
            KeyKind = (KeyKind)properties.KeyKind,
        };
        if (Count < 0 || schema.Dimension is < 1 or > 65_536 || schema.Metric is < Metric.Cosine or > Metric.Euclidean
            || schema.ElementType is < ElementType.Float32 or > ElementType.Int8 || schema.KeyKind is < KeyKind.Int64 or > KeyKind.String
            || _strideBytes != RowLayout.StrideBytes(schema) || _slots != SegmentSections.KeyTableSlots(Count))
        {
            throw file.Corrupt(FileHeader.PropertiesOffset, "the properties of a segment", $"{Count} rows of stride {_strideBytes}, {schema}");
        }

        _vectors = Sized(SegmentSections.Vectors, Count * (long)_strideBytes);
        _inverseNorms = schema.Metric == Metric.Cosine ? Sized(SegmentSections.InverseNorms, Count * (long)sizeof(float)) : null;
        _scales = schema.ElementType == ElementType.Int8 ? Sized(SegmentSections.Scales, Count * (long)sizeof(float)) : null;
        _keyTable = Sized(SegmentSections.KeyTable, _slots * sizeof(uint));
        if (schema.KeyKind == KeyKind.Int64)
        {
            _keys = Sized(SegmentSections.Keys, Count * (long)sizeof(long));
        }
        else
        {
            _keys = file[SegmentSections.Keys];
            _keyOffsets = Sized(SegmentSections.KeyOffsets, (Count + 1L) * sizeof(long));
        }
        _columns = MappedColumns.Open(file, properties.FieldCount, Count);
        Schema = schema with { Fields = Array.ConvertAll(_columns, column => column.Field) };
    }

    /// <inheritdoc/>
    public long Id => _file.Identity;

    /// <summary>The path of its file.</summary>
    public string Path => _file.Path;

    /// <summary>SHA-256 over the checksums of its file: what is the same here has the same rows.</summary>
    public byte[] ContentHash() => _file.ContentHash();

    /// <summary>The length of its file in bytes.</summary>
    public long FileLength => _file.Length;

    /// <inheritdoc/>
    public CollectionSchema Schema { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Column> Columns => _columns;

    /// <inheritdoc/>
    public VectorRows Vectors => FirstRows(Count);

    /// <summary>Opens a segment file. <see cref="StoreCorruptException"/> or <see cref="FormatVersionException"/> when it cannot be read.</summary>
    public static Segment Open(IStoreFiles files, string path)
    {
        SectionFile file = SectionFile.Open(files, path, FileKind.Segment);
        try
        {
            return new Segment(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The vectors of the first rows. The first call verifies the norms and scales, 4 bytes a row each.</summary>
    public VectorRows FirstRows(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Count, nameof(count));
        _inverseNorms?.EnsureAll();
        _scales?.EnsureAll();
        return new VectorRows
        {
            Base = _vectors.Base,
            StrideBytes = _strideBytes,
            Count = count,
            Dimension = Schema.Dimension,
            ElementType = Schema.ElementType,
            InverseNorms = _inverseNorms is null ? null : (float*)_inverseNorms.Base,
            Scales = _scales is null ? null : (float*)_scales.Base,
            Section = _vectors,
        };
    }

    /// <inheritdoc/>
    public long Int64Key(int row)
    {
        if (_keyOffsets is not null) throw new InvalidOperationException("the segment has string keys");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        _keys.Ensure(row * (long)sizeof(long), sizeof(long));
        return ((long*)_keys.Base)[row];
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Utf8Key(int row)
    {
        if (_keyOffsets is null) throw new InvalidOperationException("the segment has integer keys");
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        _keyOffsets.Ensure(row * (long)sizeof(long), 2 * sizeof(long));
        long start = ((long*)_keyOffsets.Base)[row], end = ((long*)_keyOffsets.Base)[row + 1];
        if (end < start || end - start > int.MaxValue)
            throw _keyOffsets.Corrupt(row * (long)sizeof(long), "keys that end after they start", $"a key from {start} to {end}");
        return _keys.Read(start, (int)(end - start));
    }

    /// <inheritdoc/>
    public bool TryFind(long key, int visibleRows, RowSet? deleted, out int row)
    {
        if (_keyOffsets is not null) throw new InvalidOperationException("the segment has string keys");
        long slot = KeyHash.FirstSlot(KeyHash.Of(key), _slots);
        for (long probes = 0; TryNext(ref slot, out row); probes++)
        {
            if (Int64Key(row) == key) return row < visibleRows && deleted?.Contains(row) != true;
            if (probes == _slots) ThrowNoEmptySlot();
        }
        return false;
    }

    /// <inheritdoc/>
    public bool TryFind(ReadOnlySpan<byte> utf8Key, int visibleRows, RowSet? deleted, out int row)
    {
        if (_keyOffsets is null) throw new InvalidOperationException("the segment has integer keys");
        long slot = KeyHash.FirstSlot(KeyHash.Of(utf8Key), _slots);
        for (long probes = 0; TryNext(ref slot, out row); probes++)
        {
            if (Utf8Key(row).SequenceEqual(utf8Key)) return row < visibleRows && deleted?.Contains(row) != true;
            if (probes == _slots) ThrowNoEmptySlot();
        }
        return false;
    }

    /// <inheritdoc/>
    public bool TryGetColumn(string name, [NotNullWhen(true)] out Column? column) =>
        (column = Column.Named(_columns, name)) is not null;

    /// <summary>Reads and verifies every byte of the file; throws at the first damage.</summary>
    public void Verify(CancellationToken cancel = default) => _file.Verify(cancel);

    /// <summary>Unmaps the file. Nobody may read the segment any more.</summary>
    public void Dispose() => _file.Dispose();

    // The row in a slot of the key table, and the slot after it; false at an empty slot, where the search ends.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryNext(ref long slot, out int row)
    {
        _keyTable.Ensure(slot * sizeof(uint), sizeof(uint));
        uint stored = ((uint*)_keyTable.Base)[slot];
        row = (int)(stored - 1);
        if (stored == 0) return false;
        if (stored > (uint)Count) throw _keyTable.Corrupt(slot * sizeof(uint), $"a row below {Count}", $"{row}");
        if (++slot == _slots) slot = 0;
        return true;
    }

    private void ThrowNoEmptySlot() => throw _keyTable.Corrupt(0, "a key table with empty slots", "none");

    private MappedSection Sized(string tag, long length)
    {
        MappedSection section = _file[tag];
        return section.Length == length ? section : throw section.Corrupt(0, $"{length} bytes in section {tag}", $"{section.Length}");
    }
}
