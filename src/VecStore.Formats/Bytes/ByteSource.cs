using Microsoft.Win32.SafeHandles;

namespace VecStore.Formats.Bytes;

/// <summary>The bytes of one file, read at any place. Its name goes into every error.</summary>
internal abstract class ByteSource(string name) : IDisposable
{
    public string Name { get; } = name;

    public abstract long Length { get; }

    /// <summary>Reads up to the length of the buffer; fewer only at the end of the file.</summary>
    public abstract int Read(long offset, Span<byte> buffer);

    public void ReadExactly(long offset, Span<byte> buffer)
    {
        int read = Read(offset, buffer);
        if (read < buffer.Length)
            throw Error(offset + read, $"the file ends here, {buffer.Length - read} bytes before it should");
    }

    /// <summary>The first bytes of the file, at most this many.</summary>
    public byte[] Head(int most)
    {
        byte[] head = new byte[(int)Math.Min(most, Length)];
        ReadExactly(0, head);
        return head;
    }

    public VectorFileException Error(long offset, string reason) => new(Name, offset, reason);

    public abstract void Dispose();
}

internal sealed class FileBytes : ByteSource
{
    private readonly SafeFileHandle handle;

    public FileBytes(string path, FileOptions options = FileOptions.None) : base(path)
    {
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, options);
        try
        {
            Length = RandomAccess.GetLength(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public override long Length { get; }

    public override int Read(long offset, Span<byte> buffer)
    {
        int total = 0;
        while (total < buffer.Length)
        {
            int read = RandomAccess.Read(handle, buffer[total..], offset + total);
            if (read == 0) break;
            total += read;
        }
        return total;
    }

    public override void Dispose() => handle.Dispose();
}

internal sealed class MemoryBytes(string name, ReadOnlyMemory<byte> bytes) : ByteSource(name)
{
    public override long Length => bytes.Length;

    public override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length) return 0;
        ReadOnlySpan<byte> rest = bytes.Span[(int)offset..];
        int count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        return count;
    }

    public override void Dispose() { }
}
