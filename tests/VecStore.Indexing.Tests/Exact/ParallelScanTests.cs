using VecStore.Storage;

namespace VecStore.Indexing.Tests;

public class ParallelScanTests
{
    [Fact]
    public void Scans_by_several_threads_at_the_same_time_answer_as_one_thread_does_and_allocate_nothing()
    {
        using var rows = new TestRows(TestVectors.Gaussian(30_000, 8, 1));
        RowSet allowed = RowSet.Of(30_000, [.. Enumerable.Range(0, 30_000).Where(row => row % 7 != 3)]);
        float[][] queries = TestVectors.Gaussian(40, 8, 2);
        ScoredRow[][] alone = [.. queries.Select(query => Nearest(query, 1, new ScoredRow[25]))];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            int q = i % queries.Length;
            Assert.Equal(alone[q], Nearest(queries[q], 2 + (i % 3), new ScoredRow[25]));
        });

        // A pass during which nobody else allocates is enough to tell.
        var nearest = new ScoredRow[25];
        long least = long.MaxValue;
        for (int turn = 0; turn < 10 && least > 0; turn++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (float[] query in queries) ExactSearcher.Search(rows.Rows, Metric.Dot, query, new() { Threads = 3 }, null, allowed, nearest, out _);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);

        ScoredRow[] Nearest(float[] query, int threads, ScoredRow[] into)
        {
            Assert.Equal(into.Length, ExactSearcher.Search(rows.Rows, Metric.Dot, query, new() { Threads = threads }, null, allowed, into, out SearchStatistics statistics));
            Assert.Equal(allowed.Count, statistics.RowsVisited);
            return into;
        }
    }
}
