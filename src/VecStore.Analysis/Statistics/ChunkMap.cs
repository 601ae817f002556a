namespace VecStore.Analysis;

/// <summary>
/// How rows are cut into chunks. No chunk crosses from one immutable part of the rows (a segment) into the next. Each part has a slot of chunk numbers of its own, its size a power of two and its
/// start a multiple of that, so that the tree over the numbers joins the chunks of a part among themselves: the state of a part is the same whatever stands beside it.
/// </summary>
internal sealed class ChunkMap
{
    private readonly List<(long Number, long First, int Count, int Part)> chunks = [];
    private readonly long[] slots;

    public ChunkMap(IReadOnlyList<int> partRows)
    {
        PartRows = [.. partRows];
        slots = new long[PartRows.Count];
        long next = 0, row = 0;
        for (int part = 0; part < PartRows.Count; part++)
        {
            long count = (PartRows[part] + Scan.ChunkRows - 1L) / Scan.ChunkRows, size = 1;
            while (size < count) size *= 2;
            next = (next + size - 1) / size * size;
            slots[part] = next;
            for (long chunk = 0; chunk < count; chunk++)
            {
                long first = chunk * Scan.ChunkRows;
                chunks.Add((next + chunk, row + first, (int)Math.Min(Scan.ChunkRows, PartRows[part] - first), part));
            }
            next += size;
            row += PartRows[part];
        }
        TotalRows = row;
    }

    public IReadOnlyList<int> PartRows { get; }

    public long TotalRows { get; }

    /// <summary>The chunks in row order.</summary>
    public IReadOnlyList<(long Number, long First, int Count, int Part)> Chunks => chunks;

    /// <summary>The first chunk number of a part.</summary>
    public long SlotOf(int part) => slots[part];

    /// <summary>Rows of the chunks numbered first .. first + size - 1.</summary>
    public long RowsIn(long first, long size)
    {
        int low = 0, high = chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (chunks[middle].Number < first) low = middle + 1;
            else high = middle;
        }
        long rows = 0;
        for (; low < chunks.Count && chunks[low].Number < first + size; low++) rows += chunks[low].Count;
        return rows;
    }
}
