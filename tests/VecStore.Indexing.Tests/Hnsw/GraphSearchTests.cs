using VecStore.Storage;

namespace VecStore.Indexing.Tests;

public class GraphSearchTests
{
    public static TheoryData<Metric, ElementType> EveryMetricAndType()
    {
        var data = new TheoryData<Metric, ElementType>();
        foreach (Metric metric in Enum.GetValues<Metric>())
            foreach (ElementType type in Enum.GetValues<ElementType>())
                data.Add(metric, type);
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryMetricAndType))]
    public void Recall_stays_above_0_95_for_every_metric_and_element_type(Metric metric, ElementType type)
    {
        using var rows = new TestRows(TestVectors.LowRank(2000, 37, 12, 1), type, metric);
        using var graph = new TestGraph(rows);
        float[][] queries = TestVectors.LowRank(50, 37, 12, 2);
        Assert.InRange(graph.Recall(rows, queries, 10, new() { Ef = 100, Plan = SearchPlan.Graph }), 0.95, 1);
        Assert.InRange(graph.Recall(rows, queries, 10, new() { Ef = 100, Plan = SearchPlan.Graph, Traversal = Traversal.Rows }), 0.95, 1);
    }

    [Theory]
    [InlineData(Traversal.Codes)]
    [InlineData(Traversal.Rows)]
    public void The_same_bytes_come_out_at_any_thread_count(Traversal traversal)
    {
        using var rows = new TestRows(TestVectors.Gaussian(3000, 20, 3));
        byte[][] files = [.. new[] { 1, 2, 7 }.Select(threads =>
        {
            using var graph = new TestGraph(rows, new HnswOptions { Threads = threads, EfConstruction = 60, Traversal = traversal });
            return File.ReadAllBytes(graph.FilePath);
        })];
        Assert.Equal(files[0], files[1]);
        Assert.Equal(files[0], files[2]);
        using var other = new TestGraph(rows, new HnswOptions { Threads = 2, EfConstruction = 60, Traversal = traversal, Seed = 2 });
        Assert.NotEqual(files[0], File.ReadAllBytes(other.FilePath));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Few_rows_are_all_found_and_the_answer_says_that_it_is_short(int count)
    {
        using var rows = new TestRows(TestVectors.Gaussian(count, 4, 4));
        using var graph = new TestGraph(rows);
        var nearest = new ScoredRow[10];
        float[] query = [1, 2, 3, 4];
        int found = HnswSearcher.Search(graph.Graph, rows.Rows, query, new(), null, null, nearest, out SearchStatistics statistics);
        Assert.Equal(count, found);
        Assert.Equal(ShortReason.FewerRowsThanAsked, statistics.Short);
        Assert.Equal(rows.Nearest(query, 10).Select(x => x.Row), nearest.Take(found).Select(x => x.Row));
    }

    [Fact]
    public void A_warm_search_allocates_nothing()
    {
        using var rows = new TestRows(TestVectors.LowRank(3000, 32, 10, 1));
        using var graph = new TestGraph(rows);
        float[] query = TestVectors.LowRank(1, 32, 10, 2)[0];
        var nearest = new ScoredRow[10];
        RowSet deleted = RowSet.Of(3000, [1, 2, 3]);
        for (int i = 0; i < 100; i++) HnswSearcher.Search(graph.Graph, rows.Rows, query, new() { Plan = SearchPlan.Graph }, deleted, null, nearest, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) HnswSearcher.Search(graph.Graph, rows.Rows, query, new() { Plan = SearchPlan.Graph }, deleted, null, nearest, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Recall_stays_above_0_95_after_deleting_half_and_no_deleted_row_is_returned()
    {
        using var rows = new TestRows(TestVectors.LowRank(4000, 32, 10, 1));
        using var graph = new TestGraph(rows);
        var random = new Random(5);
        RowSet deleted = RowSet.Of(4000, [.. Enumerable.Range(0, 4000).Where(_ => random.Next(2) == 0)]);
        float[][] queries = TestVectors.LowRank(50, 32, 10, 6);
        Assert.InRange(graph.Recall(rows, queries, 10, new() { Ef = 100, Plan = SearchPlan.Graph }, deleted), 0.95, 1);
        var nearest = new ScoredRow[10];
        foreach (float[] query in queries)
        {
            int found = HnswSearcher.Search(graph.Graph, rows.Rows, query, new() { Plan = SearchPlan.Graph }, deleted, null, nearest, out _);
            Assert.Equal(10, found);
            Assert.DoesNotContain(nearest, x => deleted.Contains(x.Row));
        }
    }

    [Fact]
    public void A_wrong_dimension_and_a_nan_are_refused_with_their_values()
    {
        using var rows = new TestRows(TestVectors.Gaussian(10, 4, 4));
        using var graph = new TestGraph(rows);
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => HnswSearcher.Search(graph.Graph, rows.Rows, new float[3], new(), null, null, new ScoredRow[1], out _)).Message);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => HnswSearcher.Search(graph.Graph, rows.Rows, [1, 2, float.NaN, 4], new(), null, null, new ScoredRow[1], out _)).Message);
    }

    [Fact]
    public void A_cancelled_build_stops()
    {
        using var rows = new TestRows(TestVectors.Gaussian(2000, 8, 4));
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new TestGraph(rows, null, cancel.Token));
    }
}
