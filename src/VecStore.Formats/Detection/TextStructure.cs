using VecStore.Formats.WordVectors;

namespace VecStore.Formats.Detection;

/// <summary>Recognises the text formats, and word2vec's binary one, by their first lines.</summary>
internal static class TextStructure
{
    public static VectorFileFormat? Detect(ReadOnlySpan<byte> head, long length, string extension)
    {
        bool wholeFile = head.Length == length;
        if (head.StartsWith("\uFEFF"u8)) head = head[3..];
        ReadOnlySpan<byte> first = Line(head, out ReadOnlySpan<byte> rest, out bool firstWhole);
        if (Word2VecHeader.TryParse(first, out Word2VecHeader header) && firstWhole)
        {
            ReadOnlySpan<byte> second = Line(rest, out _, out bool secondWhole);
            if (header.Rows == 0 && rest.IsEmpty) return VectorFileFormat.Word2VecText;
            if (header.Dimension is >= 1 and <= VectorSource.MaxDimension)
            {
                bool text = (secondWhole || wholeFile) && !second.Contains((byte)0)
                    && WordLine.Parse(second, new float[(int)header.Dimension], out _) is null;
                if (text) return extension == ".VEC" ? VectorFileFormat.FastTextVec : VectorFileFormat.Word2VecText;
                // A damaged text row is still text: the text reader then says what is wrong with it.
                if (IsText(second) && extension is ".TXT" or ".VEC")
                    return extension == ".VEC" ? VectorFileFormat.FastTextVec : VectorFileFormat.Word2VecText;
                return VectorFileFormat.Word2VecBinary;
            }
            return IsText(second) ? VectorFileFormat.Word2VecText : VectorFileFormat.Word2VecBinary;
        }
        if (first.IsEmpty || !IsText(first)) return null;
        if (first.TrimStart((byte)' ') is [(byte)'{', ..])
            return IsShardIndex(head, extension) ? VectorFileFormat.Safetensors : VectorFileFormat.JsonLines;
        if (extension is ".CSV") return VectorFileFormat.Csv;
        if (extension is ".TSV") return VectorFileFormat.Tsv;
        if (WordLine.CountValues(first) is var values and >= 2 && (!first.Contains((byte)',') || first.StartsWith(", "u8))
            && WordLine.Parse(first, new float[Math.Min(values, VectorSource.MaxDimension)], out _) is null
            && !(first.Contains((byte)'\t') && !first.Contains((byte)' ')))
            return VectorFileFormat.GloVeText;
        if (extension is ".GLOVE" or ".TXT" && !first.Contains((byte)'\t') && WordLine.CountValues(first) >= 2) return VectorFileFormat.GloVeText;
        if (first.Contains((byte)'\t')) return VectorFileFormat.Tsv;
        if (first.Contains((byte)',')) return VectorFileFormat.Csv;
        return null;
    }

    private static bool IsShardIndex(ReadOnlySpan<byte> head, string extension) =>
        extension is ".JSON" && head.IndexOf("\"weight_map\""u8) >= 0;

    private static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> rest, out bool whole)
    {
        int end = text.IndexOf((byte)'\n');
        whole = end >= 0;
        rest = whole ? text[(end + 1)..] : default;
        return (whole ? text[..end] : text).TrimEnd((byte)'\r');
    }

    private static bool IsText(ReadOnlySpan<byte> line)
    {
        foreach (byte value in line)
            if (value < 0x20 && value is not (byte)'\t' and not (byte)'\r') return false;
        return true;
    }
}
