using System.Buffers.Text;

namespace VecStore.Formats.WordVectors;

/// <summary>The first line of word2vec files: "rows dimension".</summary>
internal readonly record struct Word2VecHeader(long Rows, long Dimension)
{
    /// <summary>Two unsigned integers below 2^63 with one space or more between and around, and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out Word2VecHeader header)
    {
        header = default;
        line = line.Trim((byte)' ');
        if (!TryInteger(line, out long rows, out int used)) return false;
        ReadOnlySpan<byte> rest = line[used..];
        if (rest.IsEmpty || !WordLine.IsSeparator(rest[0])) return false;
        rest = rest.Trim(" \t"u8);
        if (!TryInteger(rest, out long dimension, out used) || used != rest.Length) return false;
        header = new(rows, dimension);
        return true;
    }

    private static bool TryInteger(ReadOnlySpan<byte> text, out long value, out int used)
    {
        (value, used) = (0, 0);
        return text.Length > 0 && char.IsAsciiDigit((char)text[0]) && Utf8Parser.TryParse(text, out value, out used);
    }
}
