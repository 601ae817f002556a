namespace VecStore.Analysis;

/// <summary>Some rows of another source, in a given order; a row may come more than once. This is how a query is restricted and how rows are resampled.</summary>
/// <param name="rows">The source.</param>
/// <param name="selection">Row numbers of the source.</param>
public sealed class SelectedRows(IRowSource rows, ReadOnlyMemory<int> selection) : IKeyedRows
{
    /// <inheritdoc/>
    public int Count => selection.Length;

    /// <inheritdoc/>
    public int Dimension => rows.Dimension;

    /// <summary>The row of the source behind a row.</summary>
    public int SourceRow(int row) => selection.Span[row];

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        ReadOnlySpan<int> picks = selection.Span;
        int dimension = rows.Dimension, count = destination.Length / dimension;
        for (int at = 0; at < count;)
        {
            int run = 1; // rows that follow each other in the source are read together
            while (at + run < count && picks[first + at + run] == picks[first + at] + run) run++;
            rows.Read(picks[first + at], destination.Slice(at * dimension, run * dimension));
            at += run;
        }
    }

    /// <inheritdoc/>
    public bool TryFind(string key, out int row)
    {
        row = -1;
        if (!RowKeys.TryFind(rows, key, out int source)) return false;
        row = selection.Span.IndexOf(source);
        return row >= 0;
    }

    /// <inheritdoc/>
    public string KeyOf(int row) => RowKeys.Of(rows, selection.Span[row]);
}
