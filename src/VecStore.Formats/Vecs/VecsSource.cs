using System.Buffers.Binary;

using VecStore.Formats.Bytes;
using VecStore.Formats.Elements;

namespace VecStore.Formats.Vecs;

/// <summary>Reads .fvecs, .ivecs and .bvecs: every vector, not only the first, begins with its dimension.</summary>
internal sealed class VecsSource : VectorSource
{
    private const int BufferBytes = 1 << 20;

    private readonly ByteSource bytes;
    private readonly int stride;
    private byte[] buffer = [];
    private long next;

    public VecsSource(ByteSource bytes, VectorFileFormat format, SourceOptions options)
        : base(bytes.Name, format, FirstDimension(bytes), options)
    {
        this.bytes = bytes;
        StoredElement = format switch
        {
            VectorFileFormat.Fvecs => StoredElement.Float32,
            VectorFileFormat.Ivecs => StoredElement.Int32,
            _ => StoredElement.UInt8,
        };
        if (ElementDecoder.Loss(StoredElement) is { } loss) Note(loss);
        stride = 4 + Dimension * ElementDecoder.Width(StoredElement);
        RowCount = bytes.Length / stride;
        long rest = bytes.Length % stride;
        if (rest == 0) return;
        string reason = $"{bytes.Length:N0} bytes are not a whole number of vectors of {Dimension} elements ({stride:N0} bytes each): {rest:N0} are left over";
        if (!options.AllowCropped) throw bytes.Error(bytes.Length - rest, reason);
        Note(reason);
    }

    private protected override int Fill(VectorBlock block, int wanted)
    {
        int count = (int)Math.Min(wanted, RowCount!.Value - next);
        int atOnce = Math.Max(1, BufferBytes / stride);
        if (buffer.Length == 0) buffer = new byte[(int)Math.Min(atOnce, Math.Max(1, RowCount.Value)) * stride];
        for (int done = 0; done < count;)
        {
            int step = Math.Min(Math.Min(atOnce, count - done), buffer.Length / stride);
            Span<byte> rows = buffer.AsSpan(0, step * stride);
            bytes.ReadExactly(next * stride, rows);
            for (int i = 0; i < step; i++, next++, done++)
            {
                Span<byte> row = rows.Slice(i * stride, stride);
                int dimension = BinaryPrimitives.ReadInt32LittleEndian(row);
                if (dimension != Dimension)
                    throw bytes.Error(next * stride, $"vector {next:N0} has dimension {dimension}, the first has {Dimension}");
                ElementDecoder.Decode(StoredElement, bigEndian: false, row[4..], block.RowToFill(done));
            }
        }
        return count;
    }

    private protected override long Skip(long rows)
    {
        next += rows;
        return rows;
    }

    private protected override void Close() => bytes.Dispose();

    private static int FirstDimension(ByteSource bytes)
    {
        Span<byte> header = stackalloc byte[4];
        bytes.ReadExactly(0, header);
        int dimension = BinaryPrimitives.ReadInt32LittleEndian(header);
        return dimension > 0 ? CheckedDimension(bytes.Name, 0, (uint)dimension)
            : throw bytes.Error(0, $"the first vector has dimension {dimension}");
    }
}
