using System.Runtime.InteropServices;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// Many queries at once, by tiles of queries x rows whose scores stay in the cache and are selected from at once. Threads take groups of
/// queries; the answer to a query does not depend on the others. With a graph the tiles are of codes, and few rows are scored (<see cref="BoundedGroup{T}"/>).
/// </summary>
internal readonly unsafe struct ExactBatch(VectorRows rows, Metric metric, float* queries, int queryCount, int threads, RowSet? deleted, RowSet? allowed,
    HnswGraph? graph, long* scored, ScoredRow* nearest, int k, int* found) : IElementStep<int>
{
    private const int GroupQueries = 256, TileRows = 128;

    /// <summary>Fewer queries than this do not fill a panel of codes.</summary>
    private const int LeastGroup = 8;

    public int QueryCount => queryCount;

    public int Run<T>() where T : unmanaged
    {
        int group = Math.Clamp((queryCount + threads - 1) / threads, 1, GroupQueries), groups = (queryCount + group - 1) / group;
        if (threads == 1 || groups == 1)
        {
            for (int i = 0; i < groups; i++) SearchGroup<T>(i * group, Math.Min(group, queryCount - (i * group)));
        }
        else
        {
            SharedBatch.Run(this, rows.ElementType, group, groups, threads);
        }
        return queryCount;
    }

    public void SearchGroup<T>(int first, int count) where T : unmanaged
    {
        var scorer = new RowScorer<T>(rows, metric);
        var filter = new RowFilter(rows.Count, deleted, allowed);
        nint queryBytes = (nint)PreparedQuery.PaddedLength(rows.Dimension) * sizeof(float), resultBytes = (nint)count * TileRows * sizeof(float);
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)((count * queryBytes) + resultBytes), 64);
        var block = new RowBlock<float>((float*)memory, queryBytes, count, rows.Dimension);
        try
        {
            for (int q = 0; q < count; q++)
                PreparedQuery.Prepare(new ReadOnlySpan<float>(queries + ((long)(first + q) * rows.Dimension), rows.Dimension), metric, block.Row(q));
            Search(scorer, filter, block, (float*)(memory + (count * queryBytes)), first);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private void Search<T>(RowScorer<T> scorer, RowFilter filter, RowBlock<float> block, float* results, int first) where T : unmanaged
    {
        int count = block.Count;
        Span<int> states = stackalloc int[GroupQueries];
        states.Clear();
        long some = 0;
        if (graph == null || count < LeastGroup || !BoundedGroup<T>.Search(graph, scorer, filter, block, nearest + ((long)first * k), k, states[..count], ref some))
        {
            some = (long)filter.Count * count;
            states.Clear();
            Tiles(scorer, filter, block, results, first, states);
        }
        Interlocked.Add(ref *scored, some);
        for (int q = 0; q < count; q++)
        {
            found[first + q] = new NearestRows(new Span<ScoredRow>(nearest + ((long)(first + q) * k), k), states[q]).Finish();
        }
    }

    private void Tiles<T>(RowScorer<T> scorer, RowFilter filter, RowBlock<float> block, float* results, int first, Span<int> states) where T : unmanaged
    {
        int count = block.Count;
        for (int row = 0; row < rows.Count; row += TileRows)
        {
            int some = Math.Min(TileRows, rows.Count - row);
            if (!filter.PassesAll && !AnyPasses(filter, row, some)) continue;
            scorer.Tile(block, row, some, results);
            for (int q = 0; q < count; q++)
            {
                var best = new NearestRows(new Span<ScoredRow>(nearest + ((long)(first + q) * k), k), states[q]);
                float* line = results + ((nint)q * some);
                if (filter.PassesAll) best.Offer(line, some, row);
                else
                {
                    float threshold = best.Threshold;
                    for (int i = 0; i < some; i++)
                    {
                        if (line[i] >= threshold && filter.Passes(row + i)) best.Offer(row + i, line[i]);
                    }
                }
                states[q] = best.Count;
            }
        }
    }

    private static bool AnyPasses(RowFilter filter, int row, int count)
    {
        for (int word = row >> 6; word < (row + count + 63) >> 6; word++)
        {
            if (filter.Word(word) != 0) return true;
        }
        return false;
    }
}
