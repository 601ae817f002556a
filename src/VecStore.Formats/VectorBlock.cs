namespace VecStore.Formats;

/// <summary>A reusable buffer of rows that <see cref="VectorSource.Read"/> fills: vectors, keys and metadata.</summary>
public sealed class VectorBlock
{
    /// <summary>A block holds at most this many elements (16 MiB of float32), whatever its rows.</summary>
    public const int ElementLimit = 4 << 20;

    private readonly int maxRows;
    private string?[] keys = [];
    private SourceColumn[] columns = [];

    /// <summary>An empty block for up to <paramref name="maxRows"/> rows at a time, fewer if they are long.</summary>
    public VectorBlock(int maxRows = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        this.maxRows = maxRows;
    }

    /// <summary>Rows in the block.</summary>
    public int Count { get; internal set; }

    /// <summary>Elements per row.</summary>
    public int Dimension { get; private set; }

    /// <summary>The source's row number of the block's first row.</summary>
    public long FirstRow { get; internal set; }

    /// <summary>The rows one after the other: row i is at [i * Dimension, (i + 1) * Dimension). Only the first Count rows are meant.</summary>
    public float[] Rows { get; private set; } = [];

    /// <summary>The keys of the rows; each null if the source has none.</summary>
    public IReadOnlyList<string?> Keys => keys;

    /// <summary>The metadata, in the order of <see cref="VectorSource.Fields"/>.</summary>
    public IReadOnlyList<SourceColumn> Columns => columns;

    /// <summary>The elements of one row.</summary>
    public ReadOnlySpan<float> Row(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        return Rows.AsSpan(row * Dimension, Dimension);
    }

    internal Span<float> RowToFill(int row) => Rows.AsSpan(row * Dimension, Dimension);

    internal void SetKey(int row, string key) => keys[row] = key;

    internal SourceColumn Column(int index) => columns[index];

    // Returns how many rows the block will take.
    internal int Prepare(int dimension, IReadOnlyList<SourceField> fields, long wanted)
    {
        int capacity = (int)Math.Min(Math.Min(maxRows, wanted), Math.Max(1, ElementLimit / dimension));
        Count = 0;
        Dimension = dimension;
        if (Rows.Length < capacity * dimension) Rows = new float[capacity * dimension];
        if (keys.Length < capacity) keys = new string?[capacity];
        else Array.Clear(keys);
        if (!SameFields(fields, capacity)) columns = [.. fields.Select(field => new SourceColumn(field, capacity))];
        return capacity;
    }

    private bool SameFields(IReadOnlyList<SourceField> fields, int capacity)
    {
        if (columns.Length != fields.Count) return false;
        for (int i = 0; i < columns.Length; i++)
            if (columns[i].Field != fields[i] || columns[i].Capacity < capacity) return false;
        return true;
    }
}
