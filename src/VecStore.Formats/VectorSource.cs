using System.Numerics;
using System.Runtime.InteropServices;

using VecStore.Formats.Activations;
using VecStore.Formats.Bytes;
using VecStore.Formats.Detection;
using VecStore.Formats.Keys;

namespace VecStore.Formats;

/// <summary>A file of vectors as a stream of float32 row blocks with keys and metadata, in the file's order, in bounded memory.</summary>
/// <remarks>Hostile or damaged files give a <see cref="VectorFileException"/>. Values are delivered as they are, NaN and infinities
/// included; duplicate keys too. Not for several threads at once.</remarks>
public abstract class VectorSource : IDisposable
{
    /// <summary>The longest vector that is read, in elements.</summary>
    public const int MaxDimension = 65_536;

    private readonly List<string> notes = [];
    private KeyLines? keyLines;

    private protected VectorSource(string path, VectorFileFormat format, int dimension, SourceOptions options)
    {
        Path = path;
        Format = format;
        Dimension = dimension;
        if (options.Dimension is { } stated && stated != dimension)
            throw new VectorFileException(path, 0, $"dimension {stated} was stated, the file has {dimension}");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its format.</summary>
    public VectorFileFormat Format { get; }

    /// <summary>Elements per vector, 1 to 65,536.</summary>
    public int Dimension { get; }

    /// <summary>How many rows the file says or shows it has; null where only reading to the end tells.</summary>
    public long? RowCount { get; private protected init; }

    /// <summary>The element type as stored.</summary>
    public StoredElement StoredElement { get; private protected init; }

    /// <summary>Whether rows come with keys, from the file itself or from a file of keys.</summary>
    public bool HasKeys => keyLines is not null || OwnKeys;

    /// <summary>The metadata fields, in the order of <see cref="VectorBlock.Columns"/>.</summary>
    public IReadOnlyList<SourceField> Fields { get; private protected init; } = [];

    /// <summary>What a user should know about how this file was understood. May grow while reading.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Rows delivered or skipped so far: the number of the next row.</summary>
    public long Position { get; private set; }

    /// <summary>About how much of the file has been read, 0 to 1; null if unknown.</summary>
    public virtual double? FractionRead => RowCount is { } rows ? rows == 0 ? 1 : (double)Position / rows : null;

    /// <summary>Rows delivered so far that hold a NaN or an infinity.</summary>
    public long NonFiniteRows { get; private set; }

    private protected bool OwnKeys { get; init; }

    /// <summary>Opens a file; its format is found from its content unless the options name it.</summary>
    /// <exception cref="VectorFileException">The file is not what it claims to be, or an option is needed to read it.</exception>
    /// <remarks>A folder is one source: a Hugging Face data set of Arrow files, or chunks of one format in the order of their numbers.</remarks>
    public static VectorSource Open(string path, SourceOptions? options = null) => Directory.Exists(path)
        ? FolderSource.Of(path, options ?? new())
        : Open(new FileBytes(path), options ?? new());

    /// <summary>The format of a file, from its content and, where that cannot decide, its name.</summary>
    /// <exception cref="VectorFileException">Neither can tell; the message lists the choices.</exception>
    public static VectorFileFormat Detect(string path)
    {
        using FileBytes bytes = new(path);
        return FormatDetector.Detect(bytes, new());
    }

    /// <summary>The rows of a file: what it says, or, where only reading tells (GloVe, CSV, JSON Lines), counted by going through it.</summary>
    /// <exception cref="VectorFileException">The file is not what it claims to be.</exception>
    public static long CountRows(string path, SourceOptions? options = null)
    {
        using VectorSource source = Open(path, options);
        return source.RowCount ?? source.Skip(long.MaxValue);
    }

    // Takes ownership of the bytes, also when it throws.
    internal static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        VectorSource? source = null;
        try
        {
            source = FormatReaders.Open(bytes, options);
            if (options.KeysPath is { } keys) source.UseKeys(new FileBytes(keys), options);
            return source;
        }
        catch
        {
            source?.Dispose();
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Fills the block with the next rows, at most <paramref name="maxRows"/>; false at the end, with an empty block.</summary>
    public bool Read(VectorBlock block, long maxRows = long.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        int wanted = block.Prepare(Dimension, Fields, maxRows);
        block.FirstRow = Position;
        int count = Fill(block, wanted);
        keyLines?.Read(block, count, atEnd: count == 0);
        block.Count = count;
        Position += count;
        for (int row = 0; row < count; row++)
            if (!IsFinite(block.RowToFill(row))) NonFiniteRows++;
        return count > 0;
    }

    /// <summary>Goes forward to a row, without delivering those between.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row lies behind <see cref="Position"/> or after the end.</exception>
    /// <exception cref="VectorFileException">The file ends before that row, or cannot be read up to it.</exception>
    public void SkipTo(long row)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row, Position);
        if (RowCount is { } rows) ArgumentOutOfRangeException.ThrowIfGreaterThan(row, rows);
        long skipped = Skip(row - Position);
        if (skipped < row - Position) throw new VectorFileException(Path, 0, $"the file ends after {Position + skipped:N0} rows, before row {row:N0}");
        keyLines?.Skip(row - Position);
        Position = row;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        keyLines?.Dispose();
        Close();
        GC.SuppressFinalize(this);
    }

    // Fills a block that another source prepared.
    internal int FillNext(VectorBlock block, int wanted)
    {
        int count = Fill(block, wanted);
        Position += count;
        return count;
    }

    // Documents that its rows belong to; 0 where nothing says so.
    internal virtual long DocumentCount => 0;

    // Reads at most `wanted` rows into the block, in order; 0 only at the end.
    private protected abstract int Fill(VectorBlock block, int wanted);

    // Returns how many rows were skipped: fewer only at the end.
    private protected abstract long Skip(long rows);

    private protected abstract void Close();

    private protected void Note(string note) => notes.Add(note);

    private protected static int CheckedDimension(string path, long offset, UInt128 dimension) => dimension >= 1 && dimension <= MaxDimension
        ? (int)dimension
        : throw new VectorFileException(path, offset, $"vectors of {dimension} elements; 1 to {MaxDimension:N0} can be read");

    private void UseKeys(ByteSource bytes, SourceOptions options)
    {
        keyLines = new(bytes, options.InvalidText, Note);
        if (RowCount is { } rows && keyLines.CountLines() is var lines && lines != rows)
            throw new VectorFileException(keyLines.Path, 0, $"{lines:N0} keys for {rows:N0} rows of {Path}");
    }

    // The exponent of NaN and infinity is all ones, and of nothing else.
    private static bool IsFinite(ReadOnlySpan<float> row)
    {
        const uint Exponent = 0x7F80_0000;
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(row);
        int i = 0;
        Vector<uint> found = Vector<uint>.Zero;
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
            found |= Vector.Equals(new Vector<uint>(bits[i..]) & new Vector<uint>(Exponent), new Vector<uint>(Exponent));
        if (found != Vector<uint>.Zero) return false;
        for (; i < bits.Length; i++)
            if ((bits[i] & Exponent) == Exponent) return false;
        return true;
    }
}
