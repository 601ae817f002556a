namespace VecStore.Formats.Bytes;

/// <summary>Reads a stream forward through one buffer that grows only as far as a caller's stated limit.</summary>
internal sealed class ByteWindow(string name, Stream stream, long? length) : IDisposable
{
    private const int Size = 256 << 10;

    private byte[] buffer = new byte[(int)Math.Min(Size, Math.Max(16, (length ?? Size) + 1))];
    private int start;
    private int end;
    private long origin;
    private bool ended;

    public ByteWindow(ByteSource source) : this(source.Name, new ByteSourceStream(source, 0, source.Length), source.Length) { }

    public string Name => name;

    public long? Length => length;

    /// <summary>Offset in the stream of the first byte of <see cref="Available"/>.</summary>
    public long Position => origin + start;

    /// <summary>Lines taken so far.</summary>
    public long Line { get; private set; }

    /// <summary>Where the line last taken began.</summary>
    public long LineOffset { get; private set; }

    public ReadOnlySpan<byte> Available => buffer.AsSpan(start, end - start);

    /// <summary>Makes at least this many bytes available; false if the stream ends before.</summary>
    public bool Fill(int count)
    {
        if (end - start >= count) return true;
        if (ended) return false;
        if (buffer.Length - start < count) MakeRoom(count);
        while (end - start < count)
        {
            int read = stream.Read(buffer.AsSpan(end));
            if (read == 0)
            {
                ended = true;
                return false;
            }
            end += read;
        }
        return true;
    }

    public void Advance(int count) => start += count;

    /// <summary>Skips bytes, by seeking if the stream can; false if it ends before.</summary>
    public bool TrySkip(long count)
    {
        if (count <= end - start)
        {
            start += (int)count;
            return true;
        }
        if (stream.CanSeek && Position + count <= stream.Length)
        {
            origin = Position + count;
            stream.Position = origin;
            start = end = 0;
            ended = false;
            return true;
        }
        while (count > 0)
        {
            if (!Fill(1)) return false;
            int step = (int)Math.Min(count, end - start);
            start += step;
            count -= step;
        }
        return true;
    }

    /// <summary>Takes the next line without its end (LF or CRLF). The span is valid until the next call.</summary>
    public bool TryTakeLine(int longest, out ReadOnlySpan<byte> line)
    {
        if (!TryFindLine(longest, out int length, out int terminator))
        {
            line = default;
            return false;
        }
        LineOffset = Position;
        Line++;
        line = WithoutReturn(Available[..length]);
        start += length + terminator;
        return true;
    }

    /// <summary>The next line, left untaken.</summary>
    public bool TryPeekLine(int longest, out ReadOnlySpan<byte> line)
    {
        bool found = TryFindLine(longest, out int length, out _);
        line = found ? WithoutReturn(Available[..length]) : default;
        return found;
    }

    public void SkipByteOrderMark()
    {
        if (Fill(3) && Available.StartsWith("\uFEFF"u8)) Advance(3);
    }

    public VectorFileException LineError(string reason) => new(name, LineOffset, Line, reason);

    public void Dispose() => stream.Dispose();

    private bool TryFindLine(int longest, out int length, out int terminator)
    {
        int searched = 0;
        while (true)
        {
            int at = Available[searched..].IndexOf((byte)'\n');
            terminator = at >= 0 ? 1 : 0;
            length = at >= 0 ? searched + at : end - start;
            if (length > longest) throw new VectorFileException(name, Position, Line + 1, $"the line is longer than {longest:N0} bytes");
            if (at >= 0) return true;
            searched = length;
            if (!Fill(searched + 1)) return length > 0;
        }
    }

    private static ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) => line.EndsWith("\r"u8) ? line[..^1] : line;

    private void MakeRoom(int count)
    {
        byte[] target = count <= buffer.Length ? buffer : new byte[(int)Math.Max(count, Math.Min(2L * buffer.Length, Array.MaxLength))];
        buffer.AsSpan(start, end - start).CopyTo(target);
        origin += start;
        end -= start;
        start = 0;
        buffer = target;
    }
}
