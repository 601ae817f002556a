namespace VecStore.Analysis;

/// <summary>The angular affinity of rows: 1 - arccos(cosine) / pi, from 0 for opposite to 1 for equal directions; 1/2 for a zero row.</summary>
public static class AngularAffinity
{
    /// <summary>The affinity of a cosine.</summary>
    public static double Of(double cosine) => 1 - Math.Acos(Math.Clamp(cosine, -1, 1)) / Math.PI;

    /// <summary>All pairs: n^2 d / 2 float multiply-adds, 8 n^2 bytes, at most <see cref="AffinityGraph.DenseLimit"/> rows.</summary>
    public static unsafe AffinityGraph Dense(IRowSource rows, int threads = 0, CancellationToken cancellation = default)
    {
        int n = rows.Count;
        if (n > AffinityGraph.DenseLimit) throw new ArgumentOutOfRangeException(nameof(rows), n, $"at most {AffinityGraph.DenseLimit:N0} rows; take the nearest of each row instead");
        double[] matrix = new double[(long)n * n];
        using RowPairs pairs = new(rows, UnitRow.NormalizeAll);
        pairs.Run((firstRow, tileRows, firstColumn, columns, products, stride) =>
        {
            for (int i = 0; i < tileRows; i++)
                for (int j = Math.Max(0, firstRow + i + 1 - firstColumn); j < columns; j++)
                    matrix[(long)(firstRow + i) * n + firstColumn + j] = matrix[(long)(firstColumn + j) * n + firstRow + i] = Of(products[(nint)i * stride + j]);
        }, threads, null, cancellation);
        return AffinityGraph.Dense(matrix, n);
    }

    /// <summary>The nearest rows of each row, by an exact comparison of all pairs; a pair is in the graph when either row is among the other's nearest.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="neighbors">Nearest of each row.</param>
    /// <param name="threads">Threads; the result is the same for any number.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Ends it.</param>
    public static AffinityGraph Nearest(
        IRowSource rows, int neighbors, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
        => Nearest(NeighborLists.Of(rows, neighbors, threads, progress, cancellation));

    /// <summary>The same from lists that are there already.</summary>
    public static AffinityGraph Nearest(NeighborLists lists)
    {
        long[] starts = [.. Enumerable.Range(0, lists.Count + 1).Select(i => (long)i * lists.Neighbors)];
        double[] weights = [.. lists.Cosines.Select(cosine => Of(cosine))];
        return AffinityGraph.Symmetric(starts, lists.Rows, weights);
    }
}
