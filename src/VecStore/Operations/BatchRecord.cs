using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using VecStore.Storage;

namespace VecStore;

/// <summary>
/// The log record of one batch, written by <see cref="WriteBatch"/> and read by commit and recovery alike, so that what is replayed is what was applied.
/// <code>
/// u8 version = 1 | i32 collection | i32 upserts | i32 operations, then each:
/// u8 kind (1 upsert, 2 delete) | key | upsert only: f32 scale, row bytes, u16 fields, each: u16 column, u8 kind, value
/// key: i64, or i32 length and UTF-8 | value: i64, f64, u8, string (i32 length, UTF-8), list (i32 count, strings)
/// </code>
/// All little-endian.
/// </summary>
internal sealed class BatchRecord
{
    public const byte Version = 1;
    public const int HeaderBytes = 13;
    public const byte UpsertKind = 1;
    public const byte DeleteKind = 2;
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public int Upserts { get; private set; }

    public int Operations { get; private set; }

    /// <summary>The finished record.</summary>
    public ReadOnlySpan<byte> Finish(int collection)
    {
        Span<byte> header = MemoryMarshal.AsMemory(_bytes.WrittenMemory).Span;
        header[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], collection);
        BinaryPrimitives.WriteInt32LittleEndian(header[5..], Upserts);
        BinaryPrimitives.WriteInt32LittleEndian(header[9..], Operations);
        return _bytes.WrittenSpan;
    }

    public void Clear()
    {
        _bytes.ResetWrittenCount();
        Upserts = 0;
        Operations = 0;
    }

    public void Upsert(CollectionSchema schema, Key key, ReadOnlySpan<float> vector, FieldValues? fields)
    {
        int before = Begin(UpsertKind, schema, key);
        try
        {
            int rowBytes = RowLayout.RowBytes(schema);
            Span<byte> target = _bytes.GetSpan(4 + rowBytes)[..(4 + rowBytes)];
            float scale = RowEncoder.Encode(schema, vector, target[4..]);
            BinaryPrimitives.WriteSingleLittleEndian(target, scale);
            _bytes.Advance(target.Length);
            WriteFields(schema, fields);
        }
        catch
        {
            Rewind(before);
            throw;
        }

        Upserts++;
        Operations++;
    }

    public void Delete(CollectionSchema schema, Key key)
    {
        Begin(DeleteKind, schema, key);
        Operations++;
    }

    private int Begin(byte kind, CollectionSchema schema, Key key)
    {
        Fields.RequireKey(schema, key);
        if (_bytes.WrittenCount == 0)
        {
            _bytes.GetSpan(HeaderBytes);
            _bytes.Advance(HeaderBytes);
        }

        int before = _bytes.WrittenCount;
        WriteByte(kind);
        if (key.Kind == KeyKind.Int64) WriteInt64(key.Int64);
        else WriteText(key.Text);
        return before;
    }

    private void Rewind(int length)
    {
        byte[] kept = _bytes.WrittenSpan[..length].ToArray();
        _bytes.ResetWrittenCount();
        _bytes.Write(kept);
    }

    private void WriteFields(CollectionSchema schema, FieldValues? fields)
    {
        int count = 0;
        if (fields is not null)
        {
            foreach ((string name, FieldValue value) in fields)
            {
                Fields.Require(schema, name, value);
                if (!value.IsAbsent) count++;
            }
        }

        WriteUInt16((ushort)count);
        if (count == 0) return;
        foreach ((string name, FieldValue value) in fields!)
        {
            if (value.IsAbsent) continue;
            int column = Fields.Column(schema, name);
            FieldType type = schema.Fields[column].Type;
            WriteUInt16((ushort)column);
            WriteByte((byte)type);
            switch (type)
            {
                case FieldType.Int64: WriteInt64(value.AsInt64()); break;
                case FieldType.Double: WriteInt64(BitConverter.DoubleToInt64Bits(value.AsDouble())); break;
                case FieldType.Bool: WriteByte(value.AsBool() ? (byte)1 : (byte)0); break;
                case FieldType.String: WriteText(value.AsString()); break;
                default:
                    IReadOnlyList<string> list = value.AsStringList();
                    WriteInt32(list.Count);
                    foreach (string item in list) WriteText(item);
                    break;
            }
        }
    }

    private void WriteByte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    private void WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
    }

    private void WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    private void WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
    }

    private void WriteText(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        WriteInt32(length);
        _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length)));
    }
}

/// <summary>Reads a <see cref="BatchRecord"/>. The log's checksum has already vouched for the bytes; a length that does not fit is still refused.</summary>
internal ref struct BatchRecordReader
{
    private readonly CollectionSchema? _schema;
    private ReadOnlySpan<byte> _rest;

    private BatchRecordReader(ReadOnlySpan<byte> record, CollectionSchema? schema)
    {
        _schema = schema;
        Collection = BinaryPrimitives.ReadInt32LittleEndian(record[1..]);
        Upserts = BinaryPrimitives.ReadInt32LittleEndian(record[5..]);
        Operations = BinaryPrimitives.ReadInt32LittleEndian(record[9..]);
        _rest = record[BatchRecord.HeaderBytes..];
    }

    public int Collection { get; }

    public int Upserts { get; }

    public int Operations { get; }

    public bool IsUpsert { get; private set; }

    public long Int64Key { get; private set; }

    public ReadOnlySpan<byte> Utf8Key { get; private set; }

    public float Scale { get; private set; }

    public ReadOnlySpan<byte> Row { get; private set; }

    public static BatchRecordReader Open(ReadOnlySpan<byte> record, CollectionSchema? schema = null)
    {
        if (record.Length < BatchRecord.HeaderBytes) throw new VecStoreException($"A log record of {record.Length} bytes is too short for a batch.");
        if (record[0] != BatchRecord.Version) throw new FormatVersionException("log record", record[0], BatchRecord.Version);
        return new BatchRecordReader(record, schema);
    }

    /// <summary>The next operation; its fields go into <paramref name="fields"/>, one value a column.</summary>
    public bool Next(Span<FieldValue> fields)
    {
        if (_rest.IsEmpty) return false;
        IsUpsert = Take(1)[0] == BatchRecord.UpsertKind;
        if (_schema!.KeyKind == KeyKind.Int64) Int64Key = TakeInt64();
        else Utf8Key = Take(TakeInt32());
        if (!IsUpsert) return true;
        Scale = BinaryPrimitives.ReadSingleLittleEndian(Take(4));
        Row = Take(RowLayout.RowBytes(_schema));
        fields.Clear();
        int count = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        for (int i = 0; i < count; i++)
        {
            int column = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
            fields[column] = (FieldType)Take(1)[0] switch
            {
                FieldType.Int64 => TakeInt64(),
                FieldType.Double => BitConverter.Int64BitsToDouble(TakeInt64()),
                FieldType.Bool => Take(1)[0] != 0,
                FieldType.String => TakeText(),
                _ => TakeList(),
            };
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private int TakeInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private long TakeInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    private string TakeText() => Encoding.UTF8.GetString(Take(TakeInt32()));

    private string[] TakeList()
    {
        string[] list = new string[TakeInt32()];
        for (int i = 0; i < list.Length; i++) list[i] = TakeText();
        return list;
    }
}
