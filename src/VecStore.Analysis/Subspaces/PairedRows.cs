namespace VecStore.Analysis;

/// <summary>Rows of two collections with the same key, side by side: the elements of the first, then those of the second.</summary>
public sealed class PairedRows : IRowSource
{
    private readonly IRowSource first, second;
    private readonly int[] rowsOfFirst, rowsOfSecond;

    /// <summary>Pairs rows by key; keys that only one side has are left out.</summary>
    public PairedRows(IKeyedRows first, IKeyedRows second)
    {
        List<int> left = [], right = [];
        for (int row = 0; row < first.Count; row++)
        {
            if (!second.TryFind(first.KeyOf(row), out int other)) continue;
            left.Add(row);
            right.Add(other);
        }
        (this.first, this.second, rowsOfFirst, rowsOfSecond) = (first, second, [.. left], [.. right]);
    }

    /// <summary>Pairs rows by number.</summary>
    public PairedRows(IRowSource first, IRowSource second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} and {second.Count} rows", nameof(second));
        (this.first, this.second) = (first, second);
        rowsOfFirst = rowsOfSecond = [.. Enumerable.Range(0, first.Count)];
    }

    /// <inheritdoc/>
    public int Count => rowsOfFirst.Length;

    /// <inheritdoc/>
    public int Dimension => first.Dimension + second.Dimension;

    /// <summary>Elements that come from the first collection.</summary>
    public int FirstDimension => first.Dimension;

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        for (int at = 0; at < destination.Length; at += Dimension, first++)
        {
            this.first.Read(rowsOfFirst[first], destination.Slice(at, FirstDimension));
            second.Read(rowsOfSecond[first], destination.Slice(at + FirstDimension, Dimension - FirstDimension));
        }
    }
}
