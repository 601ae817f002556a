using System.Runtime.InteropServices;

using VecStore.Formats.Bytes;
using VecStore.Formats.Keys;

namespace VecStore.Formats.WordVectors;

/// <summary>Reads word2vec binary files: the C tool ends each vector with a line feed, gensim does not.</summary>
internal sealed class Word2VecBinarySource : VectorSource
{
    private const int LongestHeader = 256;
    private const int LongestWord = 64 << 10;

    private readonly ByteSource bytes;
    private readonly ByteWindow window;
    private readonly KeyText text;
    private readonly bool allowCropped;
    private readonly long announced;
    private long delivered;
    private bool ended;

    public Word2VecBinarySource(ByteSource bytes, SourceOptions options) : this(bytes, options, new ByteWindow(bytes), new HeaderLine()) { }

    private Word2VecBinarySource(ByteSource bytes, SourceOptions options, ByteWindow window, HeaderLine line)
        : base(bytes.Name, VectorFileFormat.Word2VecBinary, line.ReadDimension(window), options)
    {
        this.bytes = bytes;
        this.window = window;
        text = new(options.InvalidText);
        allowCropped = options.AllowCropped;
        announced = line.Rows;
        StoredElement = StoredElement.Float32;
        OwnKeys = true;
        RowCount = allowCropped ? null : announced;
        long rest = bytes.Length - window.Position;
        // The shortest row is an empty word, a space and the vector.
        if (!allowCropped && (UInt128)announced * (uint)(4 * Dimension + 1) > (UInt128)rest)
            throw bytes.Error(0, $"the header claims {announced:N0} rows of {Dimension} float32, more than the {rest:N0} bytes after it can hold");
    }

    public override double? FractionRead => bytes.Length == 0 ? 1 : (double)window.Position / bytes.Length;

    private protected override int Fill(VectorBlock block, int wanted)
    {
        int count = 0;
        while (count < wanted && TryWord(out int length))
        {
            string? word = text.Decode(window.Available[..length]);
            block.SetKey(count, word ?? throw bytes.Error(window.Position, $"the word of row {delivered:N0} is not valid UTF-8"));
            window.Advance(length + 1);
            MemoryMarshal.Cast<byte, float>(window.Available[..(4 * Dimension)]).CopyTo(block.RowToFill(count));
            window.Advance(4 * Dimension);
            delivered++;
            count++;
        }
        return count;
    }

    private protected override long Skip(long rows)
    {
        long skipped = 0;
        for (; skipped < rows && TryWord(out int length); skipped++)
        {
            window.Advance(length + 1 + 4 * Dimension);
            delivered++;
        }
        return skipped;
    }

    private protected override void Close()
    {
        window.Dispose();
        bytes.Dispose();
    }

    // Makes the whole next row available: its word begins at the window and is followed by a space and the vector.
    private bool TryWord(out int length)
    {
        length = 0;
        if (ended) return false;
        if (delivered == announced) return End(cropped: false);
        while (window.Fill(1) && window.Available[0] == '\n') window.Advance(1);
        if (!window.Fill(1)) return End(cropped: true);
        int searched = 0;
        while (true)
        {
            int at = window.Available[searched..].IndexOf((byte)' ');
            length = searched + at;
            if (at >= 0) break;
            searched = window.Available.Length;
            if (searched > LongestWord) throw bytes.Error(window.Position, $"the word of row {delivered:N0} has no end within {LongestWord:N0} bytes");
            if (!window.Fill(searched + 1)) return End(cropped: true);
        }
        if (length > LongestWord) throw bytes.Error(window.Position, $"the word of row {delivered:N0} has no end within {LongestWord:N0} bytes");
        return window.Fill(length + 1 + 4 * Dimension) || End(cropped: true);
    }

    private bool End(bool cropped)
    {
        ended = true;
        if (cropped)
        {
            string reason = $"the header claims {announced:N0} rows, the file ends within or before row {delivered:N0} (counted from 0)";
            if (!allowCropped) throw bytes.Error(window.Position, reason);
            Note($"the header claims {announced:N0} rows, the file holds {delivered:N0} whole ones");
        }
        else
        {
            while (window.Fill(1) && window.Available[0] is (byte)'\n' or (byte)'\r') window.Advance(1);
            if (window.Fill(1)) throw bytes.Error(window.Position, $"more bytes after the {announced:N0} rows that the header claims");
        }
        if (text.InvalidKeys > 0) Note(text.Describe());
        return false;
    }

    private sealed class HeaderLine
    {
        public long Rows { get; private set; }

        public int ReadDimension(ByteWindow window)
        {
            window.Fill(LongestHeader);
            ReadOnlySpan<byte> head = window.Available[..Math.Min(LongestHeader, window.Available.Length)];
            int end = head.IndexOf((byte)'\n');
            if (end < 0 || !Word2VecHeader.TryParse(head[..end].TrimEnd((byte)'\r'), out Word2VecHeader header))
                throw new VectorFileException(window.Name, 0, "not the header of a word2vec file (rows and dimension)");
            window.Advance(end + 1);
            Rows = header.Rows;
            return CheckedDimension(window.Name, 0, (UInt128)header.Dimension);
        }
    }
}
