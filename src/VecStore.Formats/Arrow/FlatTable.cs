using System.Buffers.Binary;
using System.Text;

namespace VecStore.Formats.Arrow;

/// <summary>A table of a FlatBuffers message, read by hand; every offset is checked against the message.</summary>
internal readonly struct FlatTable
{
    private readonly ReadOnlyMemory<byte> message;
    private readonly int place;
    private readonly int vtable;

    private FlatTable(ReadOnlyMemory<byte> message, int place)
    {
        (this.message, this.place) = (message, place);
        vtable = checked(place - Int32(place));
        if (UInt16(vtable) < 4) throw new FormatException("a FlatBuffers table without a sound vtable");
    }

    public static FlatTable Root(ReadOnlyMemory<byte> message) => new(message, Position(message, 0));

    public byte Byte(int field, byte otherwise = 0) => Find(field) is { } at ? Span(at, 1)[0] : otherwise;

    public bool Bool(int field) => Byte(field) != 0;

    public short Int16(int field, short otherwise = 0) => Find(field) is { } at ? BinaryPrimitives.ReadInt16LittleEndian(Span(at, 2)) : otherwise;

    public int Int32Field(int field, int otherwise = 0) => Find(field) is { } at ? Int32(at) : otherwise;

    public long Int64(int field) => Find(field) is { } at ? BinaryPrimitives.ReadInt64LittleEndian(Span(at, 8)) : 0;

    public string? Text(int field)
    {
        if (Find(field) is not { } at) return null;
        int start = Position(message, at);
        return Encoding.UTF8.GetString(Span(checked(start + 4), Int32(start)));
    }

    public FlatTable? Table(int field) => Find(field) is { } at ? new FlatTable(message, Position(message, at)) : null;

    public FlatTable[] Tables(int field)
    {
        if (Find(field) is not { } at) return [];
        int start = Position(message, at), count = Length(start, 4);
        var tables = new FlatTable[count];
        for (int i = 0; i < count; i++) tables[i] = new(message, Position(message, start + 4 + 4 * i));
        return tables;
    }

    /// <summary>A vector of structs of two 64-bit integers.</summary>
    public (long First, long Second)[] Pairs(int field)
    {
        if (Find(field) is not { } at) return [];
        int start = Position(message, at), count = Length(start, 16);
        var pairs = new (long, long)[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> pair = Span(start + 4 + 16 * i, 16);
            pairs[i] = (BinaryPrimitives.ReadInt64LittleEndian(pair), BinaryPrimitives.ReadInt64LittleEndian(pair[8..]));
        }
        return pairs;
    }

    private int Length(int start, int width)
    {
        int count = Int32(start);
        return count >= 0 && (long)count * width <= message.Length - start - 4 ? count : throw new FormatException($"a vector of {count} entries runs past the message");
    }

    private int? Find(int field)
    {
        int entry = 4 + 2 * field;
        if (entry + 2 > UInt16(vtable)) return null;
        int offset = UInt16(vtable + entry);
        return offset == 0 ? null : place + offset;
    }

    private static int Position(ReadOnlyMemory<byte> message, int at)
    {
        long target = at + (long)BinaryPrimitives.ReadUInt32LittleEndian(Slice(message, at, 4));
        return target <= message.Length - 4 ? (int)target : throw new FormatException("an offset runs past the message");
    }

    private int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(Span(at, 4));

    private int UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(Span(at, 2));

    private ReadOnlySpan<byte> Span(int at, int count) => Slice(message, at, count);

    private static ReadOnlySpan<byte> Slice(ReadOnlyMemory<byte> message, int at, int count) =>
        at >= 0 && count >= 0 && at <= message.Length - count ? message.Span.Slice(at, count) : throw new FormatException("an offset runs past the message");
}
