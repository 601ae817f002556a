using VecStore.Formats.Text;

namespace VecStore.Formats.WordVectors;

/// <summary>One line "word v1 .. vD". The word may itself hold spaces: the last D fields are the values.</summary>
internal static class WordLine
{
    /// <summary>Null if the line was read; otherwise what is wrong with it.</summary>
    public static string? Parse(ReadOnlySpan<byte> line, Span<float> row, out int wordLength)
    {
        wordLength = line.IndexOfAny((byte)' ', (byte)'\t');
        if (wordLength >= 0 && TryValues(line, wordLength, row)) return null;
        return ParseFromRight(line, row, out wordLength);
    }

    /// <summary>How many fields at the end of the line are numbers, the first field (a word in any case) left out.</summary>
    public static int CountValues(ReadOnlySpan<byte> line)
    {
        int end = line.Length;
        for (int count = 0; ; count++)
        {
            while (end > 0 && IsSeparator(line[end - 1])) end--;
            int start = end;
            while (start > 0 && !IsSeparator(line[start - 1])) start--;
            int at = start;
            if (start == 0 || !FloatText.TryParse(line, ref at, out _) || at != end) return count;
            end = start;
        }
    }

    public static bool IsSeparator(byte value) => value is (byte)' ' or (byte)'\t';

    private static bool TryValues(ReadOnlySpan<byte> line, int at, Span<float> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int before = at;
            while ((uint)at < (uint)line.Length && IsSeparator(line[at])) at++;
            if (at == before || !FloatText.TryParse(line, ref at, out row[i])) return false;
        }
        while ((uint)at < (uint)line.Length && IsSeparator(line[at])) at++;
        return at == line.Length;
    }

    private static string? ParseFromRight(ReadOnlySpan<byte> line, Span<float> row, out int wordLength)
    {
        wordLength = 0;
        int end = line.Length;
        while (end > 0 && IsSeparator(line[end - 1])) end--;
        for (int i = row.Length - 1; i >= 0; i--)
        {
            int start = end;
            while (start > 0 && !IsSeparator(line[start - 1])) start--;
            // Without a separator before it, this field is the word.
            if (start == 0) return $"{row.Length - 1 - i} values after the word, not {row.Length}";
            int at = start;
            if (!FloatText.TryParse(line, ref at, out row[i]) || at != end)
                return $"value {i + 1} of {row.Length}, counted from the right, is '{Shown(line[start..end])}', not a number";
            end = start;
            while (end > 0 && IsSeparator(line[end - 1])) end--;
            wordLength = start - 1;
        }
        wordLength = Math.Min(wordLength, Math.Max(end, 0));
        return null;
    }

    private static string Shown(ReadOnlySpan<byte> token)
    {
        string text = System.Text.Encoding.UTF8.GetString(token[..Math.Min(token.Length, 40)]);
        return token.Length > 40 ? text + "..." : text;
    }
}
