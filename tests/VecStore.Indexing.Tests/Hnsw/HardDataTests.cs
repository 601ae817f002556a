namespace VecStore.Indexing.Tests;

/// <summary>Data that graphs are known to stumble over.</summary>
public class HardDataTests
{
    [Fact]
    public void Clusters_inserted_one_after_the_other_keep_recall_above_0_95()
    {
        using var rows = new TestRows(TestVectors.ClustersInOrder(5000, 16, 50, 1), metric: Metric.Euclidean);
        using var graph = new TestGraph(rows);
        float[][] queries = TestVectors.ClustersInOrder(100, 16, 50, 1);
        Assert.InRange(graph.Recall(rows, queries, 10, new() { Plan = SearchPlan.Graph }), 0.95, 1);
    }

    [Fact]
    public void Gaussian_noise_reaches_0_95_with_a_wide_walk()
    {
        using var rows = new TestRows(TestVectors.Gaussian(5000, 32, 1));
        using var graph = new TestGraph(rows);
        Assert.InRange(graph.Recall(rows, TestVectors.Gaussian(50, 32, 2), 10, new() { Ef = 400, Plan = SearchPlan.Graph }), 0.95, 1);
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Dot)]
    [InlineData(Metric.Euclidean)]
    public void A_hundred_duplicates_and_zero_vectors_hide_no_other_row(Metric metric)
    {
        float[][] distinct = TestVectors.LowRank(1500, 16, 8, 1);
        var random = new Random(2);
        float[][] vectors = [.. distinct, .. Enumerable.Repeat(distinct[0], 100), .. Enumerable.Repeat(distinct[1], 100), .. Enumerable.Repeat(new float[16], 100)];
        random.Shuffle(vectors);
        using var rows = new TestRows(vectors, metric: metric);
        using var graph = new TestGraph(rows);
        Assert.InRange(graph.Recall(rows, TestVectors.LowRank(50, 16, 8, 3), 10, new() { Ef = 200, Plan = SearchPlan.Graph }), 0.95, 1);
        Assert.InRange(graph.Recall(rows, [distinct[0]], 10, new() { Plan = SearchPlan.Graph }), 1, 1);
    }

    [Fact]
    public void Rows_that_are_all_equal_are_found()
    {
        using var rows = new TestRows([.. Enumerable.Repeat(new float[] { 1, 2, 3 }, 3000)]);
        using var graph = new TestGraph(rows);
        var nearest = new ScoredRow[10];
        Assert.Equal(10, HnswSearcher.Search(graph.Graph, rows.Rows, [1, 2, 3], new() { Plan = SearchPlan.Graph }, null, null, nearest, out _));
        Assert.All(nearest, x => Assert.Equal(1, x.Score, 1e-5));
        Assert.Equal(10, nearest.Select(x => x.Row).Distinct().Count());
    }

    [Fact]
    public void Every_row_finds_itself()
    {
        using var rows = new TestRows(TestVectors.Gaussian(3000, 12, 1));
        using var graph = new TestGraph(rows);
        var nearest = new ScoredRow[1];
        for (int row = 0; row < 3000; row += 7)
        {
            float[] itself = [.. rows.Meaning[row].Select(x => (float)x)];
            HnswSearcher.Search(graph.Graph, rows.Rows, itself, new() { Ef = 64, Plan = SearchPlan.Graph }, null, null, nearest, out _);
            Assert.Equal(row, nearest[0].Row);
        }
    }

    [Fact]
    public void On_noise_of_many_dimensions_the_planner_scans_and_says_so()
    {
        using var rows = new TestRows(TestVectors.Gaussian(8000, 128, 1));
        using var graph = new TestGraph(rows, new HnswOptions { EfConstruction = 60 });
        var nearest = new ScoredRow[10];
        HnswSearcher.Search(graph.Graph, rows.Rows, TestVectors.Gaussian(1, 128, 2)[0], new(), null, null, nearest, out SearchStatistics statistics);
        Assert.NotEqual(SearchPlan.Graph, statistics.Plan);
        Assert.InRange(graph.Recall(rows, TestVectors.Gaussian(30, 128, 3), 10, new()), 0.95, 1);
    }

    [Fact]
    public void The_default_ef_reaches_0_95_on_queries_the_graph_has_not_seen()
    {
        using var rows = new TestRows(TestVectors.LowRank(20000, 48, 16, 1));
        using var graph = new TestGraph(rows);
        Assert.Equal(GraphProbe.Steps, graph.Graph.Probe.Length);
        Assert.InRange(graph.Recall(rows, TestVectors.LowRank(100, 48, 16, 2), 10, new() { Plan = SearchPlan.Graph }), 0.95, 1);
    }
}
