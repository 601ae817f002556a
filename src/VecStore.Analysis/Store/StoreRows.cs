namespace VecStore.Analysis;

/// <summary>Views of rows written to a collection of their own.</summary>
public static class StoreRows
{
    private const int BlockRows = 256;

    /// <summary>
    /// Copies rows of a snapshot, changed by a view, to a new collection with the same keys, metadata, metric and element type. The collection appears whole or, when it is
    /// cancelled or fails, not at all.
    /// </summary>
    /// <param name="store">Open for writing.</param>
    /// <param name="name">The new collection.</param>
    /// <param name="source">Where the rows come from.</param>
    /// <param name="selection">Which rows; null means all.</param>
    /// <param name="view">What becomes of them, row by row, for example <see cref="SubspaceRows.Rejected"/>; of the same number and dimension.</param>
    /// <param name="progress">Told the number of rows written.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="ArgumentException">There is a collection of that name.</exception>
    public static long WriteRows(
        this VectorStore store, string name, Snapshot source, RowSelection? selection, Func<IKeyedRows, IKeyedRows> view,
        IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (store.TryGet(name, out _)) throw new ArgumentException($"There is a collection {name} in {store.Path} already.", nameof(name));
        SnapshotRows numbered = new(source, selection);
        IKeyedRows rows = view(numbered);
        if (rows.Count != numbered.Count || rows.Dimension != numbered.Dimension) throw new ArgumentException("a view changes neither the number of rows nor their dimension", nameof(view));
        VectorCollection target = store.Create(name, source.Schema);
        try
        {
            using BulkLoad load = target.BeginBulkLoad();
            float[] block = new float[BlockRows * rows.Dimension];
            for (int first = 0; first < rows.Count; first += BlockRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(BlockRows, rows.Count - first);
                rows.Read(first, block.AsSpan(0, count * rows.Dimension));
                for (int row = 0; row < count; row++)
                {
                    RowId id = numbered.RowIdOf(first + row);
                    load.Append(source.KeyOf(id), block.AsSpan(row * rows.Dimension, rows.Dimension), source.Schema.Fields.Count == 0 ? null : source.FieldsOf(id));
                }
                progress?.Report(first + count);
            }
            load.Publish(cancellation: cancellation);
            return rows.Count;
        }
        catch
        {
            store.Drop(name);
            throw;
        }
    }
}
