using System.Buffers.Binary;
using System.Runtime.InteropServices;

using VecStore.Formats.Elements;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Firings;

/// <summary>An array of numbers read front to back. Disposing it closes the bytes.</summary>
internal sealed class ElementStream(MatrixBytes bytes, StoredElement element, bool bigEndian, long count) : IDisposable
{
    private const int BufferBytes = 1 << 18;

    private readonly int width = ElementDecoder.Width(element);
    private byte[] buffer = [];
    private long position;

    public long Count => count;

    public StoredElement Element => element;

    public bool IsInteger => element is StoredElement.Int8 or StoredElement.UInt8 or StoredElement.Int16 or StoredElement.UInt16
        or StoredElement.Int32 or StoredElement.UInt32 or StoredElement.Int64 or StoredElement.UInt64;

    public long Position
    {
        get => position;
        set => position = value;
    }

    public void Read(Span<float> values)
    {
        for (int done = 0; done < values.Length;)
        {
            Span<byte> part = Next(Math.Min(values.Length - done, BufferBytes / width));
            ElementDecoder.Decode(element, bigEndian, part, values.Slice(done, part.Length / width));
            done += part.Length / width;
        }
    }

    /// <summary>Reads integers; unsigned ones of 64 bits beyond 2^63 come out negative.</summary>
    public void Read(Span<long> values)
    {
        for (int done = 0; done < values.Length;)
        {
            Span<byte> part = Next(Math.Min(values.Length - done, BufferBytes / width));
            for (int at = 0; at < part.Length; at += width) values[done++] = Integer(part[at..]);
        }
    }

    public void Dispose() => bytes.Dispose();

    private Span<byte> Next(int elements)
    {
        if (buffer.Length == 0) buffer = new byte[BufferBytes];
        Span<byte> part = buffer.AsSpan(0, elements * width);
        bytes.Read(position * width, part);
        position += elements;
        return part;
    }

    private long Integer(ReadOnlySpan<byte> at) => element switch
    {
        StoredElement.Int8 => (sbyte)at[0],
        StoredElement.UInt8 => at[0],
        StoredElement.Int16 => bigEndian ? BinaryPrimitives.ReadInt16BigEndian(at) : MemoryMarshal.Read<short>(at),
        StoredElement.UInt16 => bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : MemoryMarshal.Read<ushort>(at),
        StoredElement.Int32 => bigEndian ? BinaryPrimitives.ReadInt32BigEndian(at) : MemoryMarshal.Read<int>(at),
        StoredElement.UInt32 => bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : MemoryMarshal.Read<uint>(at),
        StoredElement.Int64 or StoredElement.UInt64 => bigEndian ? BinaryPrimitives.ReadInt64BigEndian(at) : MemoryMarshal.Read<long>(at),
        _ => throw new InvalidOperationException($"{element} is no integer"),
    };
}
