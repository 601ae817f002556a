using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Storage;

/// <summary>What a finished segment is.</summary>
/// <param name="Rows">Rows, superseded ones included.</param>
/// <param name="FileLength">Length of the file in bytes.</param>
/// <param name="Superseded">
/// The rows whose key was appended again later; null if there are none. They must be published as deleted: the key finds the last row.
/// </param>
public sealed record WrittenSegment(int Rows, long FileLength, RowSet? Superseded);

/// <summary>
/// Writes a segment file row by row. Vectors go straight to the file; keys, norms, scales and fields are held until the end:
/// 8 bytes a row for the key and 4 each for norm and scale, the bytes of string keys, 8 bytes a row for a number, 4 for a string, each
/// distinct string of a field once. Ten million rows with integer keys take about 200 MB at the end, whatever the dimension.
/// Disposed without <see cref="Complete"/>, it deletes the file.
/// </summary>
public sealed class SegmentWriter : IDisposable
{
    private readonly SectionFileWriter _writer;
    private readonly KeySpool _keys;
    private readonly ChunkedList<float> _inverseNorms = new(), _scales = new();
    private readonly ColumnSpool[] _columns;
    private readonly byte[] _padding;
    private readonly Column?[] _sourceColumns; // of the segment that rows are copied from, for each field
    private (ISegment Segment, IReadOnlyList<Column> Columns)? _source;

    private SegmentWriter(SectionFileWriter writer, CollectionSchema schema)
    {
        _writer = writer;
        Schema = schema;
        _keys = new KeySpool(schema.KeyKind);
        _columns = [.. schema.Fields.Select(field => new ColumnSpool(field.Type))];
        _sourceColumns = new Column?[_columns.Length];
        _padding = new byte[RowLayout.StrideBytes(schema) - RowLayout.RowBytes(schema)];
    }

    /// <summary>What the segment holds.</summary>
    public CollectionSchema Schema { get; }

    /// <summary>Rows appended.</summary>
    public int Count => _keys.Count;

    /// <summary>The path of the file.</summary>
    public string Path => _writer.Path;

    /// <summary>Begins a segment file. The id is unique in the store and stands in the file.</summary>
    public static SegmentWriter Create(IStoreFiles files, string path, long id, CollectionSchema schema)
    {
        SectionFileWriter writer = SectionFileWriter.Create(files, path, FileKind.Segment, [], id);
        writer.BeginSection(SegmentSections.Vectors);
        return new SegmentWriter(writer, schema);
    }

    /// <summary>
    /// Appends a row: its encoded elements without padding, 1 / |row| over them (used for cosine only), the int8 scale (used for int8
    /// only), the key, and the values of the fields in the order of the schema; fields beyond the last value are absent.
    /// </summary>
    public void Append(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale, long key, ReadOnlySpan<FieldValue> fields)
    {
        RowLayout.CheckRow(Schema, encodedRow, KeyKind.Int64, fields);
        AppendRow(encodedRow, inverseNorm, scale, fields);
        _keys.Append(key);
    }

    /// <summary>The same with a string key.</summary>
    public void Append(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale, ReadOnlySpan<byte> utf8Key, ReadOnlySpan<FieldValue> fields)
    {
        RowLayout.CheckRow(Schema, encodedRow, KeyKind.String, fields);
        RowLayout.CheckKey(utf8Key);
        AppendRow(encodedRow, inverseNorm, scale, fields);
        _keys.Append(utf8Key);
    }

    /// <summary>Appends a row of another segment of the same collection; fields it has no column for are absent.</summary>
    public unsafe void AppendFrom(ISegment source, int row)
    {
        VectorRows vectors = source.FirstRows(row + 1);
        vectors.Ensure(row, 1);
        var encoded = new ReadOnlySpan<byte>(vectors.Base + (row * (long)vectors.StrideBytes), RowLayout.RowBytes(source.Schema));
        float inverseNorm = vectors.InverseNorms is null ? 0 : vectors.InverseNorms[row];
        float scale = vectors.Scales is null ? 0 : vectors.Scales[row];
        CheckSource(source);
        AppendVector(encoded, inverseNorm, scale);
        for (int i = 0; i < _columns.Length; i++) _columns[i].AppendFrom(_sourceColumns[i], row);
        if (Schema.KeyKind == KeyKind.Int64) _keys.Append(source.Int64Key(row));
        else _keys.Append(source.Utf8Key(row));
    }

    /// <summary>Writes the rest and flushes the file to the disk. Its name is durable after a flush of the folder, which is the caller's.</summary>
    public WrittenSegment Complete()
    {
        if (Schema.Metric == Metric.Cosine)
        {
            _writer.BeginSection(SegmentSections.InverseNorms);
            _inverseNorms.WriteTo(_writer);
        }
        if (Schema.ElementType == ElementType.Int8)
        {
            _writer.BeginSection(SegmentSections.Scales);
            _scales.WriteTo(_writer);
        }
        RowSet? superseded = _keys.WriteTo(_writer);
        WriteColumns();
        _writer.SetProperties(MemoryMarshal.AsBytes<SegmentProperties>([new()
        {
            Dimension = Schema.Dimension,
            Metric = (byte)Schema.Metric,
            ElementType = (byte)Schema.ElementType,
            KeyKind = (byte)Schema.KeyKind,
            RowCount = Count,
            StrideBytes = RowLayout.StrideBytes(Schema),
            FieldCount = _columns.Length,
            KeyTableSlots = SegmentSections.KeyTableSlots(Count),
        }]));
        _writer.Complete();
        return new WrittenSegment(Count, _writer.FileLength, superseded);
    }

    /// <summary>Closes the file, and deletes it unless it was completed.</summary>
    public void Dispose() => _writer.Dispose();

    private void AppendRow(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale, ReadOnlySpan<FieldValue> fields)
    {
        AppendVector(encodedRow, inverseNorm, scale);
        for (int i = 0; i < _columns.Length; i++) _columns[i].Append(i < fields.Length ? fields[i] : default);
    }

    private void AppendVector(ReadOnlySpan<byte> encodedRow, float inverseNorm, float scale)
    {
        if (Count == RowLayout.MaxRows) throw new InvalidOperationException($"a segment holds at most {RowLayout.MaxRows} rows");
        _writer.Write(encodedRow);
        _writer.Write(_padding);
        if (Schema.Metric == Metric.Cosine) _inverseNorms.Add(inverseNorm);
        if (Schema.ElementType == ElementType.Int8) _scales.Add(scale);
    }

    // Once for each run of rows of one segment.
    private void CheckSource(ISegment source)
    {
        IReadOnlyList<Column> columns = source.Columns;
        if (_source is var (segment, known) && ReferenceEquals(segment, source) && ReferenceEquals(known, columns)) return;
        CollectionSchema other = source.Schema;
        if ((other.Dimension, other.Metric, other.ElementType, other.KeyKind) != (Schema.Dimension, Schema.Metric, Schema.ElementType, Schema.KeyKind))
            throw new ArgumentException($"rows of {other} cannot be copied to a segment of {Schema}", nameof(source));
        for (int i = 0; i < _columns.Length; i++)
        {
            FieldSchema field = Schema.Fields[i];
            _sourceColumns[i] = source.TryGetColumn(field.Name, out Column? column) ? column : null;
            if (column is not null && column.Field.Type != field.Type)
                throw new ArgumentException($"the field '{field.Name}' holds {field.Type}, and {column.Field.Type} in the segment copied from", nameof(source));
        }
        _source = (source, columns);
    }

    private void WriteColumns()
    {
        if (_columns.Length == 0) return;
        var entries = new FieldEntry[_columns.Length];
        _writer.BeginSection(SegmentSections.Columns);
        for (int i = 0; i < _columns.Length; i++) _columns[i].WriteTo(_writer, ref entries[i]);

        byte[][] names = [.. Schema.Fields.Select(field => Encoding.UTF8.GetBytes(field.Name))];
        uint at = (uint)(entries.Length * FieldEntry.Size);
        for (int i = 0; i < names.Length; i++)
        {
            entries[i].NameOffset = at;
            entries[i].NameLength = (uint)names[i].Length;
            at += (uint)names[i].Length;
        }
        _writer.BeginSection(SegmentSections.Fields);
        _writer.Write<FieldEntry>(entries);
        foreach (byte[] name in names) _writer.Write(name);
    }
}
