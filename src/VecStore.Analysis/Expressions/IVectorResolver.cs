namespace VecStore.Analysis;

/// <summary>Gives the vectors that an expression names.</summary>
public interface IVectorResolver
{
    /// <summary>Elements of every vector.</summary>
    int Dimension { get; }

    /// <summary>The vector of a key, or false where there is none.</summary>
    bool TryGet(string key, Span<float> vector);
}

/// <summary>Names rows by their keys.</summary>
/// <param name="rows">The rows.</param>
/// <param name="unitLength">Every row at Euclidean length 1 (what 3CosAdd and gensim add up), or as stored.</param>
public sealed class RowResolver(IKeyedRows rows, bool unitLength) : IVectorResolver
{
    /// <inheritdoc/>
    public int Dimension => rows.Dimension;

    /// <inheritdoc/>
    public bool TryGet(string key, Span<float> vector)
    {
        if (!rows.TryFind(key, out int row)) return false;
        rows.Read(row, vector);
        if (unitLength) UnitRow.Normalize(vector);
        return true;
    }
}
