using System.Buffers;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>One query over the rows by several threads, each a range of them. The answer is that of one thread.</summary>
internal static unsafe class ParallelScan
{
    /// <summary>Fewer rows than this for each thread are not worth waking it.</summary>
    public const int LeastRows = 4096;

    public static int Run(VectorRows rows, Metric metric, float* query, int threads, RowSet? deleted, RowSet? allowed, Span<ScoredRow> nearest)
    {
        int k = nearest.Length, share = ((rows.Count + threads - 1) / threads + 63) & ~63;
        ScoredRow[] partial = ArrayPool<ScoredRow>.Shared.Rent(checked(threads * k));
        int[] found = ArrayPool<int>.Shared.Rent(threads);
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
            {
                SearchStatistics ignored = default;
                int first = Math.Min(rows.Count, thread * share), end = Math.Min(rows.Count, first + share);
                found[thread] = ExactSearcher.Scan(rows, metric, query, new RowFilter(rows.Count, deleted, allowed), first, end, partial.AsSpan(thread * k, k), ref ignored);
            });
            var best = new NearestRows(nearest);
            for (int thread = 0; thread < threads; thread++)
            {
                foreach (ScoredRow row in partial.AsSpan(thread * k, found[thread])) best.Offer(row.Row, row.Score);
            }
            return best.Finish();
        }
        finally
        {
            ArrayPool<ScoredRow>.Shared.Return(partial);
            ArrayPool<int>.Shared.Return(found);
        }
    }
}
