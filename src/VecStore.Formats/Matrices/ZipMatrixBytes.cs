using System.IO.Compression;

using VecStore.Formats.Bytes;

namespace VecStore.Formats.Matrices;

/// <summary>A matrix in a member of a ZIP archive. Read from its start to its end, the member's CRC is checked.</summary>
internal sealed class ZipMatrixBytes(ByteSource bytes, ZipMember member) : MatrixBytes
{
    private readonly long dataStart = ZipDirectory.DataStart(bytes, member);
    private DeflateStream? inflater;
    private Crc32 crc = new();
    private long position;
    private bool sequential = true;

    /// <summary>Where in the member the matrix begins.</summary>
    public long MatrixStart { get; set; }

    public override void Read(long offset, Span<byte> buffer) => ReadMember(MatrixStart + offset, buffer);

    public void ReadMember(long offset, Span<byte> buffer)
    {
        if (offset + buffer.Length > member.Length)
            throw bytes.Error(dataStart, $"ZIP member '{member.Name}' of {member.Length:N0} bytes ends too early");
        if (member.Deflated) Inflate(offset, buffer);
        else
        {
            if (offset != position && offset <= MatrixStart) Restart(offset);
            bytes.ReadExactly(dataStart + offset, buffer);
            sequential &= offset == position;
            if (sequential) crc.Add(buffer);
            position = offset + buffer.Length;
        }
        if (position == member.Length && sequential && crc.Value != member.Crc)
            throw bytes.Error(dataStart, $"ZIP member '{member.Name}' is damaged: CRC-32 {crc.Value:X8}, the directory says {member.Crc:X8}");
    }

    public override void Dispose()
    {
        inflater?.Dispose();
        bytes.Dispose();
    }

    private void Inflate(long offset, Span<byte> buffer)
    {
        if (inflater is null || offset < position)
        {
            inflater?.Dispose();
            inflater = new(new ByteSourceStream(bytes, dataStart, member.StoredLength), CompressionMode.Decompress);
            Restart();
        }
        Span<byte> passed = stackalloc byte[4096];
        while (position < offset) InflateNext(passed[..(int)Math.Min(passed.Length, offset - position)]);
        InflateNext(buffer);
    }

    private void InflateNext(Span<byte> buffer)
    {
        try
        {
            int read = inflater!.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (read < buffer.Length)
                throw bytes.Error(dataStart, $"ZIP member '{member.Name}' inflates to {position + read:N0} bytes, the directory says {member.Length:N0}");
        }
        catch (InvalidDataException error)
        {
            throw new VectorFileException(bytes.Name, dataStart, $"ZIP member '{member.Name}' cannot be inflated: {error.Message}", error);
        }
        crc.Add(buffer);
        position += buffer.Length;
    }

    private void Restart() => (crc, position, sequential) = (new(), 0, true);

    // Takes up what lies before the matrix, so that reading the matrix alone still checks the whole member.
    private void Restart(long offset)
    {
        Restart();
        byte[] before = new byte[(int)offset];
        bytes.ReadExactly(dataStart, before);
        crc.Add(before);
        position = offset;
    }
}

/// <summary>A deflated matrix that must be read out of order, inflated once into a temporary file that goes away with the process.</summary>
internal sealed class SpooledMatrixBytes : MatrixBytes
{
    private readonly FileStream file;

    public SpooledMatrixBytes(MatrixBytes inflated, long length)
    {
        using (inflated)
        {
            file = new(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 0, FileOptions.DeleteOnClose);
            try
            {
                byte[] buffer = new byte[(int)Math.Min(1 << 20, length)];
                for (long done = 0; done < length;)
                {
                    Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
                    inflated.Read(done, part);
                    file.Write(part);
                    done += part.Length;
                }
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
    }

    public override void Read(long offset, Span<byte> buffer)
    {
        file.Position = offset;
        file.ReadExactly(buffer);
    }

    public override void Dispose() => file.Dispose();
}
