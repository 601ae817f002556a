namespace VecStore.Formats;

/// <summary>A file of vectors is not what it claims to be, or cannot be read as asked: says which file, where and why.</summary>
public sealed class VectorFileException : FormatException
{
    /// <summary>An error at a byte of the file.</summary>
    public VectorFileException(string file, long offset, string reason, Exception? inner = null)
        : base($"{file}, byte {offset}: {OneLine(reason)}", inner) => (File, Offset, Reason) = (file, offset, OneLine(reason));

    /// <summary>An error in a line of a text file; lines count from 1, the offset is that of the line's first byte, null where only lines are counted.</summary>
    public VectorFileException(string file, long? offset, long line, string reason, Exception? inner = null)
        : base($"{file}, line {line}{(offset is null ? "" : $" (byte {offset})")}: {OneLine(reason)}", inner) =>
        (File, Offset, Line, Reason) = (file, offset, line, OneLine(reason));

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>Where in the file, in bytes from its start; null where only the line is known.</summary>
    public long? Offset { get; }

    /// <summary>The line, counted from 1, in a text file.</summary>
    public long? Line { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    // A reason may quote the file, which may hold anything.
    private static string OneLine(string reason)
    {
        const int Longest = 2000;
        string cut = reason.Length > Longest ? string.Concat(reason.AsSpan(0, Longest), "...") : reason;
        return string.Create(cut.Length, cut, static (line, text) =>
        {
            for (int i = 0; i < line.Length; i++) line[i] = char.IsControl(text[i]) ? ' ' : text[i];
        });
    }
}
