using VecStore.Formats.Bytes;

namespace VecStore.Formats.Keys;

/// <summary>A text file of keys, one a line, read beside a file of vectors.</summary>
internal sealed class KeyLines(ByteSource bytes, InvalidTextPolicy policy, Action<string> note) : IDisposable
{
    private const int LongestKey = 1 << 20;

    private readonly ByteWindow window = Opened(bytes);
    private readonly KeyText text = new(policy);

    public string Path => bytes.Name;

    /// <summary>Counts the lines of the whole file, apart from reading them.</summary>
    public long CountLines()
    {
        byte[] buffer = new byte[(int)Math.Min(256 << 10, bytes.Length)];
        long lines = 0;
        byte last = (byte)'\n';
        for (long offset = 0; offset < bytes.Length;)
        {
            int read = bytes.Read(offset, buffer);
            if (read == 0) break;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
            offset += read;
        }
        return last == '\n' ? lines : lines + 1;
    }

    public void Read(VectorBlock block, int count, bool atEnd)
    {
        for (int row = 0; row < count; row++)
            block.SetKey(row, text.Decode(Next()) ?? throw window.LineError("the key is not valid UTF-8"));
        if (!atEnd) return;
        if (window.TryTakeLine(LongestKey, out _)) throw window.LineError($"there are more keys than rows ({window.Line - 1:N0})");
        if (text.InvalidKeys > 0) note(text.Describe());
    }

    public void Skip(long rows)
    {
        for (; rows > 0; rows--) Next();
    }

    public void Dispose()
    {
        window.Dispose();
        bytes.Dispose();
    }

    private static ByteWindow Opened(ByteSource bytes)
    {
        ByteWindow window = new(bytes);
        window.SkipByteOrderMark();
        return window;
    }

    private ReadOnlySpan<byte> Next() => window.TryTakeLine(LongestKey, out ReadOnlySpan<byte> line)
        ? line
        : throw new VectorFileException(bytes.Name, window.Position, $"the keys end after {window.Line:N0} lines, before the rows do");
}
