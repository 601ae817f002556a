using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Rows held in an array: what tests, goldens and small studies use.</summary>
public sealed class MemoryRows : IKeyedRows
{
    private readonly ReadOnlyMemory<float> values;
    private readonly IReadOnlyList<string>? keys;
    private readonly Dictionary<string, int> rowOfKey;

    /// <summary>Wraps rows one after the other. Without keys, the key of a row is its number.</summary>
    /// <param name="values">count x dimension floats; borrowed, not copied.</param>
    /// <param name="dimension">Elements per row, at least 1.</param>
    /// <param name="keys">One key a row, or null. Of equal keys the first row is the one found.</param>
    public MemoryRows(ReadOnlyMemory<float> values, int dimension, IReadOnlyList<string>? keys = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        if (values.Length % dimension != 0) throw new ArgumentException($"{values.Length} values are no whole number of rows of {dimension}.", nameof(values));
        this.values = values;
        this.keys = keys;
        Dimension = dimension;
        Count = values.Length / dimension;
        if (keys is not null && keys.Count != Count) throw new ArgumentException($"{keys.Count} keys for {Count} rows.", nameof(keys));
        rowOfKey = new(keys?.Count ?? 0, StringComparer.Ordinal);
        for (int row = 0; row < (keys?.Count ?? 0); row++) rowOfKey.TryAdd(keys![row], row);
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimension { get; }

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination) => values.Span.Slice(checked(first * Dimension), destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    public bool TryFind(string key, out int row)
    {
        if (keys is not null) return rowOfKey.TryGetValue(key, out row);
        return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out row) && row < Count;
    }

    /// <inheritdoc/>
    public string KeyOf(int row) => keys is not null ? keys[row] : row.ToString(CultureInfo.InvariantCulture);
}
