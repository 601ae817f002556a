using VecStore.Storage;

namespace VecStore.Indexing.Tests;

public class ExactSearchTests
{
    [Theory]
    [MemberData(nameof(GraphSearchTests.EveryMetricAndType), MemberType = typeof(GraphSearchTests))]
    public void The_answer_agrees_with_the_definition_in_double(Metric metric, ElementType type)
    {
        using var rows = new TestRows(TestVectors.Gaussian(1500, 33, 1), type, metric);
        var nearest = new ScoredRow[10];
        foreach (float[] query in TestVectors.Gaussian(20, 33, 2))
        {
            int found = ExactSearcher.Search(rows.Rows, metric, query, default, null, null, nearest, out SearchStatistics statistics);
            Assert.Equal(10, found);
            Assert.True(statistics.IsExact);
            Assert.Equal(1500, statistics.RowsVisited);
            (int Row, double Score)[] truth = rows.Nearest(query, 10);
            for (int i = 0; i < 10; i++)
            {
                Assert.Equal(truth[i].Score, nearest[i].Score, 1e-4);
                Assert.Equal(rows.Score(query, nearest[i].Row), nearest[i].Score, 1e-4);
            }
        }
    }

    [Fact]
    public void Equal_scores_are_ordered_by_row_and_zero_vectors_score_0()
    {
        float[][] vectors = [.. Enumerable.Range(0, 100).Select(i => i % 3 == 0 ? new float[4] : [1, 0, i % 3 == 1 ? 0 : -3, 0])];
        using var rows = new TestRows(vectors);
        var nearest = new ScoredRow[100];
        int found = ExactSearcher.Search(rows.Rows, Metric.Cosine, [5, 0, 0, 0], default, null, null, nearest, out _);
        Assert.Equal(100, found);
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i % 3 == 1).Concat(Enumerable.Range(0, 100).Where(i => i % 3 == 2)).Concat(Enumerable.Range(0, 100).Where(i => i % 3 == 0)),
            nearest.Select(x => x.Row));
        Assert.All(nearest.Where(x => x.Row % 3 == 0), x => Assert.Equal(0, x.Score));
        found = ExactSearcher.Search(rows.Rows, Metric.Cosine, new float[4], default, null, null, nearest, out _);
        Assert.Equal(Enumerable.Range(0, 100), nearest.Take(found).Select(x => x.Row));
    }

    [Fact]
    public void Only_rows_that_are_allowed_and_not_deleted_are_returned()
    {
        using var rows = new TestRows(TestVectors.Gaussian(1000, 8, 1));
        foreach (int every in (int[])[1, 2, 3, 50, 999])
        {
            RowSet allowed = RowSet.Of(1000, [.. Enumerable.Range(0, 1000).Where(i => i % every == 0)]);
            RowSet deleted = RowSet.Of(1000, [.. Enumerable.Range(0, 1000).Where(i => i % 7 == 0)]);
            float[] query = TestVectors.Gaussian(1, 8, every)[0];
            var nearest = new ScoredRow[20];
            int found = ExactSearcher.Search(rows.Rows, Metric.Cosine, query, default, deleted, allowed, nearest, out SearchStatistics statistics);
            (int Row, double Score)[] truth = rows.Nearest(query, 20, row => allowed.Contains(row) && !deleted.Contains(row));
            Assert.Equal(truth.Select(x => x.Row), nearest.Take(found).Select(x => x.Row));
            Assert.Equal(truth.Length < 20 ? ShortReason.FewerRowsThanAsked : ShortReason.None, statistics.Short);
        }
    }

    [Fact]
    public void A_range_search_counts_every_row_within_and_keeps_the_best()
    {
        using var rows = new TestRows(TestVectors.Gaussian(1000, 4, 1));
        float[] query = [1, 1, 1, 1];
        int expected = Enumerable.Range(0, 1000).Count(row => rows.Score(query, row) >= 0.5);
        var within = new ScoredRow[2000];
        Assert.Equal(expected, ExactSearcher.Range(rows.Rows, Metric.Cosine, query, 0.5f, null, null, within, out _));
        Assert.True(within.Take(expected).SequenceEqual(within.Take(expected).Order()));
        var few = new ScoredRow[3];
        Assert.Equal(expected, ExactSearcher.Range(rows.Rows, Metric.Cosine, query, 0.5f, null, null, few, out _));
        Assert.Equal(within.Take(3), few);
    }

    [Theory]
    [MemberData(nameof(GraphSearchTests.EveryMetricAndType), MemberType = typeof(GraphSearchTests))]
    public void A_batch_and_several_threads_give_the_answers_of_single_searches(Metric metric, ElementType type)
    {
        using var rows = new TestRows(TestVectors.Gaussian(9000, 21, 1), type, metric);
        float[][] queries = TestVectors.Gaussian(70, 21, 2);
        RowSet half = RowSet.Of(9000, [.. Enumerable.Range(0, 9000).Where(i => i % 2 == 0)]);
        RowSet few = RowSet.Of(9000, [3, 77, 8999]);
        foreach (RowSet? allowed in (RowSet?[])[null, half, few])
        {
            foreach (int threads in (int[])[1, 2, 5])
            {
                var nearest = new ScoredRow[70 * 5];
                var found = new int[70];
                ExactSearcher.Batch(rows.Rows, metric, [.. queries.SelectMany(x => x)], new() { Threads = threads }, null, allowed, nearest, found, out SearchStatistics statistics);
                Assert.Equal(allowed == few ? ShortReason.FewerRowsThanAsked : ShortReason.None, statistics.Short);
                for (int q = 0; q < 70; q++)
                {
                    var alone = new ScoredRow[5];
                    int count = ExactSearcher.Search(rows.Rows, metric, queries[q], default, null, allowed, alone, out _);
                    Assert.Equal(alone.Take(count), nearest.Skip(q * 5).Take(found[q]));
                    var shared = new ScoredRow[5];
                    Assert.Equal(count, ExactSearcher.Search(rows.Rows, metric, queries[q], new() { Threads = 2 }, null, allowed, shared, out _));
                    Assert.Equal(alone, shared);
                }
            }
        }
    }

    [Fact]
    public void A_search_with_one_thread_allocates_nothing()
    {
        using var rows = new TestRows(TestVectors.Gaussian(2000, 21, 1));
        float[] query = TestVectors.Gaussian(1, 21, 2)[0];
        var nearest = new ScoredRow[10];
        for (int i = 0; i < 50; i++) ExactSearcher.Search(rows.Rows, Metric.Cosine, query, default, null, null, nearest, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) ExactSearcher.Search(rows.Rows, Metric.Cosine, query, default, null, null, nearest, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
