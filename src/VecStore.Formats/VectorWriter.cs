using VecStore.Formats.Writing;

namespace VecStore.Formats;

/// <summary>What a writer needs to know before its first row.</summary>
/// <param name="Dimension">Elements of each vector.</param>
public sealed record WriterOptions(int Dimension)
{
    /// <summary>The element type to store: Float32; Float16 for .npy and safetensors; BFloat16 for safetensors.</summary>
    public StoredElement Element { get; init; } = StoredElement.Float32;

    /// <summary>How many rows there will be: word2vec files need it, others check it if it is stated.</summary>
    public long? RowCount { get; init; }

    /// <summary>For .npy, which holds no keys: the text file that gets them, one a line.</summary>
    public string? KeysPath { get; init; }

    /// <summary>Metadata fields (CSV, TSV and JSON Lines only), in the order of the values given with each row.</summary>
    public IReadOnlyList<SourceField> Fields { get; init; } = [];
}

/// <summary>Writes a file of vectors, row by row. The file appears whole under its name at <see cref="Complete"/>, or not at all.</summary>
/// <remarks>Not for several threads at once.</remarks>
public abstract class VectorWriter : IDisposable
{
    private readonly AtomicFile file;
    private bool completed;

    private protected VectorWriter(string path, WriterOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Dimension, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Dimension, VectorSource.MaxDimension, nameof(options));
        Options = options;
        file = new(path);
    }

    /// <summary>Rows written so far.</summary>
    public long RowCount { get; private set; }

    private protected WriterOptions Options { get; }

    private protected Stream Stream => file.Stream;

    /// <summary>Begins a file in one of the formats that can be written: Npy, Safetensors, Word2VecText, Word2VecBinary, GloVeText, Csv, Tsv, JsonLines.</summary>
    /// <exception cref="ArgumentException">The format cannot be written, or not with these options.</exception>
    public static VectorWriter Create(string path, VectorFileFormat format, WriterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Fields.Count > 0 && format is not (VectorFileFormat.Csv or VectorFileFormat.Tsv or VectorFileFormat.JsonLines))
            throw new ArgumentException($"{format} holds no metadata fields", nameof(options));
        if (options.KeysPath is not null && format != VectorFileFormat.Npy)
            throw new ArgumentException($"{format} holds its keys itself; no file of keys is written beside it", nameof(options));
        return format switch
        {
            VectorFileFormat.Npy => new NpyWriter(path, options),
            VectorFileFormat.Safetensors => new SafetensorsWriter(path, options),
            VectorFileFormat.Word2VecText or VectorFileFormat.GloVeText => new WordTextWriter(path, format, options),
            VectorFileFormat.Word2VecBinary => new Word2VecBinaryWriter(path, options),
            VectorFileFormat.Csv or VectorFileFormat.Tsv => new CsvWriter(path, format, options),
            VectorFileFormat.JsonLines => new JsonLinesWriter(path, options),
            _ => throw new ArgumentException($"{format} cannot be written", nameof(format)),
        };
    }

    /// <summary>Writes a row. Values are long, double, bool, string, a list of strings, or null where absent, one for each field.</summary>
    /// <exception cref="ArgumentException">The row has another dimension, or the format cannot hold this key.</exception>
    public void Write(ReadOnlySpan<float> row, string? key = null, ReadOnlySpan<object?> values = default)
    {
        ObjectDisposedException.ThrowIf(completed, this);
        if (row.Length != Options.Dimension) throw new ArgumentException($"dimension {row.Length}, the file has {Options.Dimension}", nameof(row));
        if (values.Length != Options.Fields.Count) throw new ArgumentException($"{values.Length} values for {Options.Fields.Count} fields", nameof(values));
        if (RowCount == Options.RowCount) throw new InvalidOperationException($"{RowCount} rows were announced, this is one more");
        WriteRow(row, key, values);
        RowCount++;
    }

    /// <summary>Finishes the file, flushes it to the disk and gives it its name.</summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(completed, this);
        if (Options.RowCount is { } announced && announced != RowCount)
            throw new InvalidOperationException($"{announced} rows were announced, {RowCount} written");
        Finish();
        completed = true;
        file.Complete();
    }

    /// <summary>Closes the writer; without <see cref="Complete"/> nothing is left behind.</summary>
    public void Dispose()
    {
        Close();
        file.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values);

    // Called once all rows are written, before the file gets its name.
    private protected abstract void Finish();

    private protected virtual void Close() { }

    private protected static string WordOf(string? key, VectorFileFormat format, ReadOnlySpan<char> forbidden)
    {
        if (key is null) throw new ArgumentException($"{format} needs a key for every row", nameof(key));
        if (key.Length == 0) throw new ArgumentException($"{format} cannot hold an empty key", nameof(key));
        return key.AsSpan().IndexOfAny(forbidden) < 0 ? key
            : throw new ArgumentException($"{format} cannot hold the key '{key}': a space or a line end would end it", nameof(key));
    }
}
