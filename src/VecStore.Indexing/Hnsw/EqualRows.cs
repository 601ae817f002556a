namespace VecStore.Indexing;

/// <summary>
/// The rows that a linked node stands for: its own and, in a graph with copies, those of its copies, each by the filter on its own. No more
/// are looked at than are needed; only where hardly any of them may be returned that is all of them, some 3 ns each.
/// </summary>
internal readonly ref struct EqualRows(HnswGraph? graph, RowFilter filter)
{
    private readonly GraphCopies? _copies = graph?.Copies;
    private readonly RowFilter _filter = filter;

    /// <summary>Whether any node of the graph stands for more than one row.</summary>
    public bool Any => _copies != null;

    /// <summary>How many rows of a node may be returned; none is looked at after the first <paramref name="most"/>.</summary>
    public int CountPassing(uint node, int most)
    {
        int passing = _filter.Passes(graph!.RowOf(node)) ? 1 : 0;
        if (passing >= most || !_copies!.TryGet(node, out uint copy, out uint end)) return passing;
        for (; copy < end && passing < most; copy++)
        {
            if (_filter.Passes(graph.RowOf(copy))) passing++;
        }
        return passing;
    }

    /// <summary>Offers the rows of a node that may be returned, with one score for all, in their order: after k of them no later one can enter.</summary>
    public void Offer(ref NearestRows best, uint node, float score)
    {
        if (!(score >= best.Threshold)) return;
        int row = graph!.RowOf(node), left = best.Capacity;
        if (_filter.Passes(row))
        {
            best.Offer(row, score);
            left--;
        }
        if (!_copies!.TryGet(node, out uint copy, out uint end)) return;
        for (; copy < end && left > 0; copy++)
        {
            row = graph.RowOf(copy);
            if (!_filter.Passes(row)) continue;
            best.Offer(row, score);
            left--;
        }
    }
}
