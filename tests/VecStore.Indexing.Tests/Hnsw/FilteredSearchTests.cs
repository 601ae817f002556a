using VecStore.Storage;

namespace VecStore.Indexing.Tests;

public sealed class FilteredSearchTests : IDisposable
{
    private const int Count = 6000;
    private readonly TestRows _rows = new(TestVectors.LowRank(Count, 24, 8, 1));
    private readonly TestGraph _graph;
    private readonly float[][] _queries = TestVectors.LowRank(40, 24, 8, 2);

    public FilteredSearchTests() => _graph = new TestGraph(_rows);

    public static TheoryData<double, SearchPlan?> EverySelectivityAndPlan()
    {
        var data = new TheoryData<double, SearchPlan?>();
        foreach (double share in (double[])[0.001, 0.01, 0.1, 0.5, 0.9])
            foreach (SearchPlan? plan in (SearchPlan?[])[null, SearchPlan.ExactScan, SearchPlan.CodeScan, SearchPlan.SignScan, SearchPlan.Graph])
                data.Add(share, plan);
        return data;
    }

    [Theory]
    [MemberData(nameof(EverySelectivityAndPlan))]
    public void Recall_stays_above_0_95_and_only_allowed_rows_are_returned(double share, SearchPlan? plan)
    {
        var random = new Random(3);
        RowSet allowed = RowSet.Of(Count, [.. Enumerable.Range(0, Count).Where(_ => random.NextDouble() < share)]);
        Assert.InRange(_graph.Recall(_rows, _queries, 10, new() { Plan = plan }, null, allowed), 0.95, 1);
        var nearest = new ScoredRow[10];
        foreach (float[] query in _queries)
        {
            int found = HnswSearcher.Search(_graph.Graph, _rows.Rows, query, new() { Plan = plan }, null, allowed, nearest, out SearchStatistics statistics);
            Assert.Equal(Math.Min(10, allowed.Count), found);
            Assert.Equal(found < 10 ? ShortReason.FewerRowsThanAsked : ShortReason.None, statistics.Short);
            Assert.All(nearest.Take(found), x => Assert.True(allowed.Contains(x.Row)));
            Assert.Equal(nearest.Take(found).Order(), nearest.Take(found));
            Assert.All(nearest.Take(found), x => Assert.Equal(_rows.Score(query, x.Row), x.Score, 1e-4));
        }
    }

    [Theory]
    [InlineData(0.03)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void A_filter_that_allows_only_rows_far_from_the_query_is_never_silently_short(double share)
    {
        foreach (float[] query in _queries)
        {
            int[] farthest = [.. _rows.Nearest(query, Count).Select(x => x.Row).TakeLast((int)(Count * share))];
            RowSet allowed = RowSet.Of(Count, farthest);
            var nearest = new ScoredRow[10];
            int found = HnswSearcher.Search(_graph.Graph, _rows.Rows, query, new(), null, allowed, nearest, out _);
            Assert.Equal(10, found);
            Assert.All(nearest, x => Assert.True(allowed.Contains(x.Row)));
        }
    }

    [Fact]
    public void Deleted_rows_are_left_out_of_what_a_filter_allows()
    {
        RowSet even = RowSet.Of(Count, [.. Enumerable.Range(0, Count).Where(i => i % 2 == 0)]);
        RowSet third = RowSet.Of(Count, [.. Enumerable.Range(0, Count).Where(i => i % 3 == 0)]);
        Assert.InRange(_graph.Recall(_rows, _queries, 10, new(), deleted: third, allowed: even), 0.95, 1);
        var nearest = new ScoredRow[10];
        foreach (float[] query in _queries)
        {
            Assert.Equal(10, HnswSearcher.Search(_graph.Graph, _rows.Rows, query, new(), third, even, nearest, out _));
            Assert.All(nearest, x => Assert.True(x.Row % 2 == 0 && x.Row % 3 != 0));
        }
    }

    [Fact]
    public void Nothing_allowed_gives_an_empty_exact_answer_that_says_why()
    {
        var nearest = new ScoredRow[10];
        Assert.Equal(0, HnswSearcher.Search(_graph.Graph, _rows.Rows, _queries[0], new(), null, RowSet.Empty(Count), nearest, out SearchStatistics statistics));
        Assert.True(statistics.IsExact);
        Assert.Equal(ShortReason.FewerRowsThanAsked, statistics.Short);
    }

    public void Dispose()
    {
        _graph.Dispose();
        _rows.Dispose();
    }
}
