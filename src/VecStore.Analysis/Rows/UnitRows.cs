namespace VecStore.Analysis;

/// <summary>The rows of another source at Euclidean length 1; zero rows stay zero.</summary>
/// <param name="rows">The source.</param>
public sealed class UnitRows(IRowSource rows) : IKeyedRows
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Dimension => rows.Dimension;

    /// <inheritdoc/>
    public IReadOnlyList<int> PartRows => rows.PartRows;

    /// <inheritdoc/>
    public string? IdentityOfPart(int part) => rows.IdentityOfPart(part) is { } identity ? identity + "-unit" : null;

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        rows.Read(first, destination);
        UnitRow.NormalizeAll(destination, Dimension);
    }

    /// <inheritdoc/>
    public bool TryFind(string key, out int row) => RowKeys.TryFind(rows, key, out row);

    /// <inheritdoc/>
    public string KeyOf(int row) => RowKeys.Of(rows, row);
}
