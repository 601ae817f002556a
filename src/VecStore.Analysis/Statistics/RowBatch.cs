namespace VecStore.Analysis;

/// <summary>Borrowed rows as a statistic sees them: decoded to float32, one after the other.</summary>
/// <param name="values">count x dimension floats.</param>
/// <param name="dimension">Elements per row.</param>
/// <param name="first">Ordinal of the first row among all rows of the scan.</param>
public readonly ref struct RowBatch(ReadOnlySpan<float> values, int dimension, long first)
{
    /// <summary>The rows, one after the other.</summary>
    public ReadOnlySpan<float> Values { get; } = values;

    /// <summary>Elements per row.</summary>
    public int Dimension { get; } = dimension;

    /// <summary>Ordinal of the first row among all rows of the scan.</summary>
    public long First { get; } = first;

    /// <summary>Number of rows.</summary>
    public int Count => Values.Length / Dimension;

    /// <summary>One row.</summary>
    public ReadOnlySpan<float> this[int row] => Values.Slice(row * Dimension, Dimension);
}
