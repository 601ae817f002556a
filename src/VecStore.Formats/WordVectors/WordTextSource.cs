using VecStore.Formats.Bytes;
using VecStore.Formats.Keys;

namespace VecStore.Formats.WordVectors;

/// <summary>Reads word2vec text, fastText .vec (both with a header) and GloVe text (without): they differ in the first line only.</summary>
internal sealed class WordTextSource : VectorSource
{
    // A word, and 65,536 numbers of over a hundred digits each.
    private const int LongestLine = 8 << 20;

    private readonly ByteSource bytes;
    private readonly ByteWindow window;
    private readonly KeyText text;
    private readonly bool allowCropped;
    private long delivered;
    private long spacedWords;
    private bool ended;

    public WordTextSource(ByteSource bytes, VectorFileFormat format, SourceOptions options)
        : this(bytes, format, options, Opened(bytes), new Shape()) { }

    private WordTextSource(ByteSource bytes, VectorFileFormat format, SourceOptions options, ByteWindow window, Shape shape)
        : base(bytes.Name, format, shape.Read(window, format, options), options)
    {
        this.bytes = bytes;
        this.window = window;
        text = new(options.InvalidText);
        allowCropped = options.AllowCropped;
        StoredElement = StoredElement.Text;
        OwnKeys = true;
        RowCount = shape.Rows;
        // The shortest row is a word of no bytes and D times space and digit; the last needs no line end.
        if (RowCount is { } rows && (UInt128)rows * (2 * (uint)Dimension + 1) > (UInt128)(bytes.Length + 1))
        {
            if (!allowCropped)
                throw bytes.Error(0, $"the header claims {rows:N0} rows of {Dimension} values, more than {bytes.Length:N0} bytes can hold");
            RowCount = null;
        }
        if (allowCropped) RowCount = null;
        Announced = shape.Rows;
    }

    /// <summary>The rows that the header claims.</summary>
    private long? Announced { get; }

    public override double? FractionRead => bytes.Length == 0 ? 1 : (double)window.Position / bytes.Length;

    private protected override int Fill(VectorBlock block, int wanted)
    {
        int count = 0;
        while (count < wanted && TryLine(out ReadOnlySpan<byte> line))
        {
            if (WordLine.Parse(line, block.RowToFill(count), out int wordLength) is { } reason) throw window.LineError(reason);
            ReadOnlySpan<byte> word = line[..wordLength];
            if (word.Contains((byte)' ')) spacedWords++;
            block.SetKey(count, text.Decode(word) ?? throw window.LineError("the word is not valid UTF-8"));
            count++;
        }
        return count;
    }

    private protected override long Skip(long rows)
    {
        long skipped = 0;
        while (skipped < rows && TryLine(out _)) skipped++;
        return skipped;
    }

    private protected override void Close()
    {
        window.Dispose();
        bytes.Dispose();
    }

    private bool TryLine(out ReadOnlySpan<byte> line)
    {
        line = default;
        if (ended) return false;
        if (!window.TryTakeLine(LongestLine, out line) || line.Trim(" \t"u8).IsEmpty)
        {
            End(line);
            return false;
        }
        if (delivered == Announced) throw window.LineError($"the header claims {Announced:N0} rows, here is one more");
        delivered++;
        return true;
    }

    // A blank line is the end only if nothing but blank lines follows.
    private void End(ReadOnlySpan<byte> blank)
    {
        ended = true;
        VectorFileException atBlank = window.LineError("a blank line between rows");
        while (window.TryTakeLine(LongestLine, out blank))
            if (!blank.Trim(" \t"u8).IsEmpty) throw atBlank;
        if (Announced is { } rows && delivered < rows)
        {
            if (!allowCropped) throw bytes.Error(window.Position, $"the header claims {rows:N0} rows, the file ends after {delivered:N0}");
            Note($"the header claims {rows:N0} rows, the file holds {delivered:N0}");
        }
        if (spacedWords > 0) Note($"{spacedWords:N0} words hold spaces");
        if (text.InvalidKeys > 0) Note(text.Describe());
    }

    private static ByteWindow Opened(ByteSource bytes)
    {
        ByteWindow window = new(bytes);
        window.SkipByteOrderMark();
        return window;
    }

    private sealed class Shape
    {
        public long? Rows { get; private set; }

        // The dimension, from the header or from the first row, which is left unread.
        public int Read(ByteWindow window, VectorFileFormat format, SourceOptions options)
        {
            if (format == VectorFileFormat.GloVeText)
            {
                if (options.Dimension is { } stated) return CheckedDimension(window.Name, 0, (UInt128)Math.Max(0, stated));
                if (!window.TryPeekLine(LongestLine, out ReadOnlySpan<byte> first)) throw new VectorFileException(window.Name, 0, "the file is empty");
                return CheckedDimension(window.Name, 0, (UInt128)WordLine.CountValues(first));
            }
            if (!window.TryTakeLine(4096, out ReadOnlySpan<byte> line) || !Word2VecHeader.TryParse(line, out Word2VecHeader header))
                throw new VectorFileException(window.Name, 0, 1, "not the header of a word2vec file (rows and dimension)");
            Rows = header.Rows;
            return CheckedDimension(window.Name, 0, (UInt128)header.Dimension);
        }
    }
}
