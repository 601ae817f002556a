using VecStore.Formats.Text;

namespace VecStore.Formats.Tabular;

/// <summary>A vector in one cell: numbers between spaces, commas or semicolons, with or without brackets around.</summary>
internal sealed class VectorCell
{
    private byte[] ascii = new byte[256];

    /// <summary>How many numbers the cell holds; -1 if it holds anything else.</summary>
    public int Count(string cell)
    {
        ReadOnlySpan<byte> text = Ascii(cell);
        int count = 0;
        for (int at = SkipSeparators(text, 0); at < text.Length; at = SkipSeparators(text, at), count++)
            if (!FloatText.TryParse(text, ref at, out _)) return -1;
        return count;
    }

    /// <summary>Null if the cell holds exactly the row; otherwise what is wrong with it.</summary>
    public string? Parse(string cell, Span<float> row)
    {
        ReadOnlySpan<byte> text = Ascii(cell);
        int at = SkipSeparators(text, 0);
        for (int i = 0; i < row.Length; i++)
        {
            if (at >= text.Length) return $"the vector has {i} numbers, the first one had {row.Length}";
            int start = at;
            if (!FloatText.TryParse(text, ref at, out row[i])) return $"number {i + 1} of the vector cannot be read: '{Shown(cell, start)}'";
            at = SkipSeparators(text, at);
        }
        return at == text.Length ? null : $"the vector has more than {row.Length} numbers";
    }

    public bool TryNumber(string cell, out float value)
    {
        ReadOnlySpan<byte> text = Ascii(cell.Trim());
        int at = 0;
        return FloatText.TryParse(text, ref at, out value) && at == text.Length;
    }

    // Brackets count as separators: "[[1, 2]]" and "(1 2)" are the same two numbers.
    private static int SkipSeparators(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)',' or (byte)';' or (byte)'[' or (byte)']' or (byte)'(' or (byte)')'
            or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    private ReadOnlySpan<byte> Ascii(string text)
    {
        if (ascii.Length < text.Length) ascii = new byte[Math.Max(text.Length, 2 * ascii.Length)];
        for (int i = 0; i < text.Length; i++) ascii[i] = text[i] < 128 ? (byte)text[i] : (byte)'?';
        return ascii.AsSpan(0, text.Length);
    }

    private static string Shown(string cell, int at) => cell.Length - at > 30 ? string.Concat(cell.AsSpan(at, 30), "...") : cell[at..];
}
