using System.Buffers.Binary;

using VecStore.Formats.Bytes;

namespace VecStore.Formats.Arrow;

/// <summary>A record batch: its rows, and where its buffers lie in the file.</summary>
internal sealed record ArrowBatch(long Rows, (long Length, long Nulls)[] Nodes, (long Offset, long Length)[] Buffers);

/// <summary>
/// An Arrow IPC stream: schema, then record batches; or the file format, the same between magic and footer, of which some writers give the schema in the footer only.
/// No dictionaries, no compression.
/// </summary>
internal sealed class ArrowFile
{
    private const int LongestMessage = 16 << 20;
    private const int MostBatches = 1 << 20;
    private const int FooterTail = 10; // its length, ARROW1

    private readonly long end;

    public ArrowFile(ByteSource bytes)
    {
        Bytes = bytes;
        bool footed = bytes.Head(6).AsSpan().SequenceEqual("ARROW1"u8);
        long at = footed ? 8 : 0, origin = at;
        try
        {
            end = footed ? ReadFooter() : bytes.Length;
            while (Next(ref at, out FlatTable message, out long body))
            {
                long length = message.Int64(3);
                if (length < 0 || length > bytes.Length - body) throw bytes.Error(origin, $"a message claims a body of {length:N0} bytes; {bytes.Length - body:N0} are left of the file");
                FlatTable header = message.Table(2) ?? throw bytes.Error(origin, "a message without a header");
                switch (message.Byte(1))
                {
                    case 1 when Schema is null: Schema = ArrowSchema.Of(header); break;
                    case 1 when footed && Batches.Count == 0: break;
                    case 3 when Schema is not null: Batches.Add(Batch(header, origin, body, length)); break;
                    case var kind: throw bytes.Error(origin, kind == 2 ? "a dictionary, which is not read" : $"an unexpected message of kind {kind}");
                }
                if (Batches.Count > MostBatches) throw bytes.Error(origin, $"more than {MostBatches:N0} batches");
                at = body + length;
                origin = at;
            }
        }
        catch (Exception error) when (error is FormatException and not VectorFileException or OverflowException)
        {
            throw new VectorFileException(bytes.Name, origin, $"the Arrow message cannot be read: {error.Message}", error);
        }
        if (Schema is null) throw bytes.Error(0, "an Arrow stream without a schema");
    }

    public ByteSource Bytes { get; }

    public ArrowSchema Schema { get; private set; } = null!;

    public List<ArrowBatch> Batches { get; } = [];

    // Returns where the footer begins.
    private long ReadFooter()
    {
        if (Bytes.Length < 8 + FooterTail) throw Bytes.Error(0, "an Arrow file without a footer: it is cut off");
        byte[] tail = new byte[FooterTail];
        Bytes.ReadExactly(Bytes.Length - FooterTail, tail);
        int length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (!tail.AsSpan(4).SequenceEqual("ARROW1"u8) || length < 8 || length > LongestMessage || length > Bytes.Length - 8 - FooterTail)
            throw Bytes.Error(Bytes.Length - FooterTail, "an Arrow file without a footer: it is cut off or damaged");
        byte[] footer = new byte[length];
        Bytes.ReadExactly(Bytes.Length - FooterTail - length, footer);
        Schema = ArrowSchema.Of(FlatTable.Root(footer).Table(1) ?? throw Bytes.Error(Bytes.Length - FooterTail, "a footer without a schema"));
        return Bytes.Length - FooterTail - length;
    }

    // A length, since 0.15 behind four bytes of ones; 0 or the end of the file ends the stream.
    private bool Next(ref long at, out FlatTable message, out long body)
    {
        message = default;
        body = 0;
        Span<byte> prefix = stackalloc byte[4];
        if (at >= end) return false;
        Bytes.ReadExactly(at, prefix);
        at += 4;
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix) == uint.MaxValue)
        {
            Bytes.ReadExactly(at, prefix);
            at += 4;
        }
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length == 0) return false;
        if (length < 0 || length > LongestMessage || length > Bytes.Length - at) throw Bytes.Error(at - 4, $"a message claims {length:N0} bytes of metadata; {Bytes.Length - at:N0} are left of the file");
        byte[] metadata = new byte[length];
        Bytes.ReadExactly(at, metadata);
        message = FlatTable.Root(metadata);
        body = at + length;
        return true;
    }

    private ArrowBatch Batch(FlatTable header, long origin, long body, long length)
    {
        if (header.Table(3) is not null) throw Bytes.Error(origin, "a compressed record batch, which is not read; write it without compression");
        long rows = header.Int64(0);
        (long, long)[] nodes = header.Pairs(1);
        (long First, long Second)[] buffers = header.Pairs(2);
        if (rows < 0 || nodes.Length != Schema.Nodes || buffers.Length != Schema.Buffers)
            throw Bytes.Error(origin, $"a batch of {rows:N0} rows with {nodes.Length} nodes and {buffers.Length} buffers; the schema has {Schema.Nodes} and {Schema.Buffers}");
        for (int i = 0; i < buffers.Length; i++)
        {
            (long offset, long size) = buffers[i];
            if (offset < 0 || size < 0 || offset > length || size > length - offset) throw Bytes.Error(origin, $"buffer {i} of a batch does not lie within its body");
            buffers[i] = (body + offset, size);
        }
        return new(rows, nodes, buffers);
    }
}
