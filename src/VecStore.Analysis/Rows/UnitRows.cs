namespace VecStore.Analysis;

/// <summary>The rows of another source at Euclidean length 1; zero rows stay zero.</summary>
/// <param name="rows">The source.</param>
public sealed class UnitRows(IRowSource rows) : IRowSource
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
}
