using System.Runtime.InteropServices;
using VecStore.Storage;

namespace VecStore.Indexing.Tests;

/// <summary>Many exact copies of one vector, or of many, among real words: they hide nothing and are found in the order in which the exact search has them.</summary>
public sealed class CopiesTests(CopiesTests.Words words) : IClassFixture<CopiesTests.Words>
{
    private const int Dimension = 100, K = 10;

    [Theory]
    [InlineData(1, 1, null)]
    [InlineData(1, 100, null)]
    [InlineData(1, 5000, null)]
    [InlineData(20, 250, null)]
    [InlineData(2500, 2, null)]
    [InlineData(1, 5000, 16)]
    [InlineData(20, 250, 16)]
    public void Recall_is_that_of_the_rows_without_copies_or_better_near_them_and_elsewhere(int copied, int copies, int? ef)
    {
        var options = new HnswSearchOptions { Ef = ef ?? 0, Plan = SearchPlan.Graph };
        using var alone = new TestRows(words.Base);
        using var graphAlone = new TestGraph(alone);
        using var rows = new TestRows(words.With(copied, copies));
        using var graph = new TestGraph(rows);
        Assert.Equal(words.Base.Length, graph.Graph.LinkedNodes);
        Assert.Equal(words.Base.Length + (copied * copies), graph.Graph.Count);
        foreach (float[][] queries in (float[][][])[words.Queries, words.Between(copied, 0.05f), words.Between(copied, 0.2f)])
        {
            // A missed row that has a copy is missed twice, a found one found twice: of 600 rows three may be the other way. And each graph chooses its ef by a probe of its own.
            Assert.InRange(graph.Recall(rows, queries, K, options), graphAlone.Recall(alone, queries, K, options) - (ef is null ? 0.01 : 0.005), 1);
        }
    }

    public static TheoryData<Metric, ElementType, SearchPlan?> EveryMetricTypeAndPlan()
    {
        var data = new TheoryData<Metric, ElementType, SearchPlan?>();
        foreach (Metric metric in Enum.GetValues<Metric>())
        {
            foreach (SearchPlan? plan in (SearchPlan?[])[null, SearchPlan.Graph, SearchPlan.CodeScan]) data.Add(metric, ElementType.Float32, plan);
            foreach (ElementType type in (ElementType[])[ElementType.Float16, ElementType.BFloat16, ElementType.Int8]) data.Add(metric, type, SearchPlan.Graph);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(EveryMetricTypeAndPlan))]
    public void Copies_are_answered_as_the_exact_search_has_them(Metric metric, ElementType type, SearchPlan? plan)
    {
        float[][] vectors = Small(copied: 3, copies: 400);
        using var rows = new TestRows(vectors, type, metric);
        using var graph = new TestGraph(rows);
        foreach (float[] copied in words.Base[..3])
        {
            foreach (float[] query in (float[][])[copied, [.. copied.Select((x, i) => x + (0.01f * (i % 3)))]])
            {
                foreach (int k in (int[])[1, K, 100]) AssertAsExact(graph.Graph, rows, query, k, new() { Plan = plan }, null, null);
            }
        }
        AssertAsExact(graph.Graph, rows, words.Base[0], K, new() { Plan = plan, Traversal = Traversal.Rows }, null, null);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(SearchPlan.Graph)]
    [InlineData(SearchPlan.CodeScan)]
    public void Filters_and_deletions_hold_for_each_copy_on_its_own(SearchPlan? plan)
    {
        float[][] vectors = Small(copied: 3, copies: 400);
        using var rows = new TestRows(vectors);
        using var graph = new TestGraph(rows);
        int[] equal = [.. Enumerable.Range(0, vectors.Length).Where(row => vectors[row].SequenceEqual(words.Base[0]))];
        Assert.Equal(401, equal.Length);
        bool IsEqual(int row) => Array.BinarySearch(equal, row) >= 0;
        Func<int, bool>[] filters =
        [
            row => row % 2 == 0,
            IsEqual,
            row => row != equal[0],
            row => row == equal[^1] || !IsEqual(row),
            row => row >= equal[^3] || !IsEqual(row),
            row => !IsEqual(row),
            row => row == equal[17],
            row => row >= equal[^5] || (row % 10 == 0 && !IsEqual(row)),
        ];
        foreach (Func<int, bool> passes in filters)
        {
            RowSet allowed = RowSet.Of(vectors.Length, [.. Enumerable.Range(0, vectors.Length).Where(passes)]);
            foreach ((RowSet? Deleted, RowSet? Allowed) by in ((RowSet?, RowSet?)[])[(null, allowed), (allowed.Not(), null), (allowed.Not(), RowSet.Full(vectors.Length))])
            {
                AssertAsExact(graph.Graph, rows, words.Base[0], K, new() { Plan = plan, Ef = 100 }, by.Deleted, by.Allowed);
                Assert.InRange(graph.Recall(rows, words.Queries[..20], K, new() { Plan = plan }, by.Deleted, by.Allowed), 0.95, 1);
            }
        }
    }

    [Theory]
    [InlineData(Traversal.Codes)]
    [InlineData(Traversal.Rows)]
    public void The_same_bytes_come_out_at_any_thread_count(Traversal traversal)
    {
        using var rows = new TestRows(Small(copied: 500, copies: 2));
        byte[][] files = [.. new[] { 1, 2, 7 }.Select(threads =>
        {
            using var graph = new TestGraph(rows, new HnswOptions { Threads = threads, EfConstruction = 60, Traversal = traversal });
            return File.ReadAllBytes(graph.FilePath);
        })];
        Assert.Equal(files[0], files[1]);
        Assert.Equal(files[0], files[2]);
    }

    [Fact]
    public void Every_node_stands_for_one_row_and_copies_lie_behind_the_linked_nodes_in_the_order_of_their_rows()
    {
        float[][] vectors = Small(copied: 30, copies: 7);
        using var rows = new TestRows(vectors);
        using var graph = new TestGraph(rows);
        HnswGraph opened = graph.Graph;
        Assert.Equal(2, opened.Properties.Layout);
        Assert.Equal(Enumerable.Range(0, vectors.Length), Enumerable.Range(0, vectors.Length).Select(node => opened.RowOf((uint)node)).Order());
        uint next = (uint)opened.LinkedNodes;
        for (uint node = 0; node < opened.LinkedNodes; node++)
        {
            int row = opened.RowOf(node);
            int[] copies = [.. Enumerable.Range(row + 1, vectors.Length - row - 1).Where(other => vectors[other].SequenceEqual(vectors[row]))];
            Assert.Equal(copies.Length > 0, opened.Copies!.TryGet(node, out uint first, out uint end));
            if (copies.Length == 0) continue;
            Assert.Equal(next, first);
            Assert.Equal(copies, Enumerable.Range((int)first, (int)(end - first)).Select(copy => opened.RowOf((uint)copy)));
            next = end;
        }
        Assert.Equal((uint)vectors.Length, next);
    }

    [Fact]
    public void Without_copies_a_file_has_the_layout_that_older_readers_know()
    {
        using var rows = new TestRows(words.Base[..1000]);
        using var graph = new TestGraph(rows);
        Assert.Equal(1, graph.Graph.Properties.Layout);
        Assert.Null(graph.Graph.Copies);
        Assert.DoesNotContain(HnswGraph.CopiesTag, graph.Graph.File.Tags);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    public void Rows_of_few_distinct_vectors_are_answered_exactly(int distinct)
    {
        var random = new Random(7);
        float[][] vectors = [.. Enumerable.Range(0, 1500).Select(i => words.Base[i < distinct ? i : random.Next(distinct)])];
        using var rows = new TestRows(vectors);
        using var graph = new TestGraph(rows);
        Assert.Equal(distinct, graph.Graph.LinkedNodes);
        RowSet third = RowSet.Of(1500, [.. Enumerable.Range(0, 500).Select(i => i * 3)]);
        foreach (SearchPlan plan in (SearchPlan[])[SearchPlan.Graph, SearchPlan.CodeScan])
        {
            foreach (RowSet? allowed in (RowSet?[])[null, third])
                AssertAsExact(graph.Graph, rows, words.Queries[0], 40, new() { Plan = plan, Ef = 200 }, null, allowed);
        }
    }

    [Fact]
    public void A_warm_search_allocates_nothing()
    {
        using var rows = new TestRows(Small(copied: 3, copies: 400));
        using var graph = new TestGraph(rows);
        var nearest = new ScoredRow[K];
        RowSet deleted = RowSet.Of(rows.Rows.Count, [1, 2, 3]);
        for (int i = 0; i < 100; i++) HnswSearcher.Search(graph.Graph, rows.Rows, words.Base[0], new() { Plan = SearchPlan.Graph }, deleted, null, nearest, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) HnswSearcher.Search(graph.Graph, rows.Rows, words.Base[0], new() { Plan = SearchPlan.Graph }, deleted, null, nearest, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>2,000 words and copies of some of them, shuffled.</summary>
    private float[][] Small(int copied, int copies)
    {
        float[][] vectors = [.. words.Base[..2000], .. words.Base[..copied].SelectMany(vector => Enumerable.Repeat(vector, copies))];
        new Random(3).Shuffle(vectors);
        return vectors;
    }

    private static void AssertAsExact(HnswGraph graph, TestRows rows, float[] query, int k, HnswSearchOptions options, RowSet? deleted, RowSet? allowed)
    {
        var expected = new ScoredRow[k];
        var nearest = new ScoredRow[k];
        int count = ExactSearcher.Search(rows.Rows, rows.Metric, query, default, deleted, allowed, expected, out _);
        int found = HnswSearcher.Search(graph, rows.Rows, query, options, deleted, allowed, nearest, out _);
        Assert.Equal(expected[..count], nearest[..found]);
    }

    /// <summary>Words of the sample: 6,000 to be searched, 60 others to search for.</summary>
    public sealed class Words
    {
        public Words()
        {
            byte[] npy = File.ReadAllBytes(Path.Combine(Checkout.Root, "tools/VecStore.Cli/Sample/glove-20k-100d-f16.npy"));
            ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(npy.AsSpan(10 + BitConverter.ToUInt16(npy, 8)));
            var all = new float[6060][];
            for (int word = 0; word < all.Length; word++)
            {
                all[word] = new float[Dimension];
                for (int i = 0; i < Dimension; i++) all[word][i] = (float)halves[(word * Dimension) + i];
            }
            new Random(1).Shuffle(all);
            Base = all[..6000];
            Queries = all[6000..];
        }

        public float[][] Base { get; }

        public float[][] Queries { get; }

        public float[][] With(int copied, int copies) =>
            [.. Base, .. Base[..copied].SelectMany(vector => Enumerable.Repeat(vector, copies))];

        /// <summary>Between words that have copies and others, up to nine steps away from the first.</summary>
        public float[][] Between(int copied, float step) =>
            [.. Enumerable.Range(0, 60).Select(i => Base[i % copied].Zip(Queries[i], (x, y) => x + (step * (i % 10) * y)).ToArray())];
    }
}
