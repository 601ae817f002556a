namespace VecStore.Analysis;

/// <summary>A view of rows: their part in the span of some directions, or what is left without it. k d multiply-adds a row; sums in double.</summary>
public sealed class SubspaceRows : IKeyedRows
{
    private readonly IKeyedRows rows;
    private readonly double[][] basis;
    private readonly bool keep;

    private SubspaceRows(IKeyedRows rows, IReadOnlyList<double[]> directions, bool keep)
    {
        foreach (double[] direction in directions)
            if (direction.Length != rows.Dimension) throw new ArgumentException($"a direction of {direction.Length} elements, the rows have {rows.Dimension}", nameof(directions));
        this.rows = rows;
        this.keep = keep;
        basis = Orthonormal.Basis(directions);
    }

    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Dimension => rows.Dimension;

    /// <inheritdoc/>
    public IReadOnlyList<int> PartRows => rows.PartRows;

    /// <summary>The part of each row in the span.</summary>
    public static SubspaceRows Projected(IKeyedRows rows, IReadOnlyList<double[]> directions) => new(rows, directions, keep: true);

    /// <summary>Each row without its part in the span.</summary>
    public static SubspaceRows Rejected(IKeyedRows rows, IReadOnlyList<double[]> directions) => new(rows, directions, keep: false);

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        rows.Read(first, destination);
        double[] x = new double[Dimension], part = new double[Dimension];
        for (int at = 0; at < destination.Length; at += x.Length)
        {
            Span<float> row = destination.Slice(at, x.Length);
            for (int k = 0; k < x.Length; k++) x[k] = row[k];
            Array.Clear(part);
            foreach (double[] axis in basis) DoubleVectors.AddMultiple(part, DoubleVectors.Dot(x, axis), axis);
            for (int k = 0; k < x.Length; k++) row[k] = (float)(keep ? part[k] : x[k] - part[k]);
        }
    }

    /// <inheritdoc/>
    public bool TryFind(string key, out int row) => rows.TryFind(key, out row);

    /// <inheritdoc/>
    public string KeyOf(int row) => rows.KeyOf(row);
}

/// <summary>A view of rows moved by one vector: x + multiple direction.</summary>
/// <param name="rows">The source.</param>
/// <param name="direction">A vector of the rows' dimension.</param>
/// <param name="multiple">How far.</param>
public sealed class SteeredRows(IKeyedRows rows, double[] direction, double multiple) : IKeyedRows
{
    /// <inheritdoc/>
    public int Count => rows.Count;

    /// <inheritdoc/>
    public int Dimension => rows.Dimension;

    /// <inheritdoc/>
    public IReadOnlyList<int> PartRows => rows.PartRows;

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        rows.Read(first, destination);
        for (int i = 0; i < destination.Length; i++) destination[i] = (float)(destination[i] + multiple * direction[i % direction.Length]);
    }

    /// <inheritdoc/>
    public bool TryFind(string key, out int row) => rows.TryFind(key, out row);

    /// <inheritdoc/>
    public string KeyOf(int row) => rows.KeyOf(row);
}
