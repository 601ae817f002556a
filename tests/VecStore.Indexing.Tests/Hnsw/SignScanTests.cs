using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using VecStore.Storage;

namespace VecStore.Indexing.Tests;

public sealed class SignScanTests
{
    private static readonly double[] Shares = [0.001, 0.01, 0.1, 0.5];

    [Fact]
    public void On_words_recall_stays_above_0_95_at_every_selectivity()
    {
        byte[] file = File.ReadAllBytes(Checkout.Shared("data/words/glove6b-100d-120k.npy"));
        float[] all = MemoryMarshal.Cast<byte, float>(file.AsSpan(10 + BitConverter.ToUInt16(file, 8))).ToArray();
        // Every ninth word, so that rare ones are among them.
        float[][] words = [.. Enumerable.Range(0, 12_100).Select(i => all[(i * 900)..((i * 900) + 100)])];
        RecallAtEverySelectivity([.. words.Where((_, i) => i % 121 != 0)], [.. words.Where((_, i) => i % 121 == 0)], Metric.Cosine);
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Dot)]
    [InlineData(Metric.Euclidean)]
    public void On_clusters_recall_stays_above_0_95_at_every_selectivity(Metric metric)
    {
        float[][] vectors = TestVectors.ClustersInOrder(6_030, 160, 67, 1);
        RecallAtEverySelectivity([.. vectors.Where((_, i) => i % 201 != 0)], [.. vectors.Where((_, i) => i % 201 == 0)], metric);
    }

    [Fact]
    public void Deleted_rows_are_left_out_and_a_warm_scan_allocates_nothing()
    {
        using var rows = new TestRows(TestVectors.LowRank(5_000, 128, 24, 1));
        using var graph = new TestGraph(rows);
        float[][] queries = TestVectors.LowRank(20, 128, 24, 2);
        RowSet third = RowSet.Of(5_000, [.. Enumerable.Range(0, 5_000).Where(i => i % 3 == 0)]), even = RowSet.Of(5_000, [.. Enumerable.Range(0, 5_000).Where(i => i % 2 == 0)]);
        var how = new HnswSearchOptions { Plan = SearchPlan.SignScan };
        var nearest = new ScoredRow[10];
        long before = 0;
        for (int pass = 0; pass < 20; pass++)
        {
            if (pass == 19) before = GC.GetAllocatedBytesForCurrentThread();
            foreach (float[] query in queries) _ = HnswSearcher.Search(graph.Graph, rows.Rows, query, how, third, even, nearest, out _);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.InRange(graph.Recall(rows, queries, 10, how, third, even), 0.95, 1);
        foreach (float[] query in queries)
        {
            Assert.Equal(10, HnswSearcher.Search(graph.Graph, rows.Rows, query, how, third, even, nearest, out SearchStatistics statistics));
            Assert.Equal(SearchPlan.SignScan, statistics.Plan);
            Assert.All(nearest, x => Assert.True(x.Row % 2 == 0 && x.Row % 3 != 0));
        }
    }

    [Fact]
    public void Copies_hide_nothing()
    {
        float[][] vectors = TestVectors.LowRank(4_500, 128, 24, 1), queries = TestVectors.LowRank(20, 128, 24, 2);
        // 500 copies of a near row of each of three queries, before and after the others.
        using var distinct = new TestRows(vectors);
        int[] near = [.. queries.Take(3).Select(query => distinct.Nearest(query, 4)[3].Row)];
        using var rows = new TestRows([.. near.SelectMany(row => Enumerable.Repeat(vectors[row], 500)), .. vectors]);
        using var graph = new TestGraph(rows);
        var how = new HnswSearchOptions { Plan = SearchPlan.SignScan };
        RowSet third = RowSet.Of(6_000, [.. Enumerable.Range(0, 6_000).Where(i => i % 3 == 0)]);
        Assert.InRange(graph.Recall(rows, queries, 10, how), 0.95, 1);
        Assert.InRange(graph.Recall(rows, queries, 10, how, allowed: third), 0.95, 1);
        var nearest = new ScoredRow[10];
        foreach (float[] query in queries)
        {
            Assert.Equal(10, HnswSearcher.Search(graph.Graph, rows.Rows, query, how, null, third, nearest, out SearchStatistics statistics));
            Assert.Equal(SearchPlan.SignScan, statistics.Plan);
            Assert.All(nearest, x => Assert.Equal(0, x.Row % 3));
            Assert.Distinct(nearest.Select(x => x.Row));
        }
    }

    [Fact]
    public void A_query_has_one_answer_however_many_search_at_once()
    {
        using var rows = new TestRows(TestVectors.LowRank(5_000, 96, 24, 1));
        using var graph = new TestGraph(rows);
        float[][] queries = TestVectors.LowRank(30, 96, 24, 2);
        ScoredRow[][] alone = [.. queries.Select(Answer)];
        var together = new ScoredRow[queries.Length][];
        Parallel.For(0, queries.Length, new ParallelOptions { MaxDegreeOfParallelism = 7 }, i => together[i] = Answer(queries[i]));
        Assert.Equal(alone, together);
        graph.Graph.Verify(TestContext.Current.CancellationToken);
        Assert.Equal(alone, queries.Select(Answer));

        ScoredRow[] Answer(float[] query)
        {
            var nearest = new ScoredRow[10];
            HnswSearcher.Search(graph.Graph, rows.Rows, query, new() { Plan = SearchPlan.SignScan }, null, null, nearest, out _);
            return nearest;
        }
    }

    [Theory]
    [InlineData(5_000, 0.02f)]
    [InlineData(1_000, 1f)]
    public void Without_signs_that_tell_enough_the_codes_are_scanned(int count, float noise)
    {
        // Two tight clusters, one on each side of the mean: signs tell the cluster and nothing within it. Or too few rows to measure on.
        float[][] vectors = TestVectors.Gaussian(count, 64, 1);
        for (int i = 0; i < count; i++) vectors[i] = [.. vectors[i].Select(x => (i % 2 * 2) - 1 + (noise * x))];
        using var rows = new TestRows(vectors, metric: Metric.Euclidean);
        using var graph = new TestGraph(rows);
        Assert.Equal(0, graph.Graph.SignBytes);
        var nearest = new ScoredRow[10];
        HnswSearcher.Search(graph.Graph, rows.Rows, vectors[0], new() { Plan = SearchPlan.SignScan }, null, null, nearest, out SearchStatistics statistics);
        Assert.Equal(SearchPlan.CodeScan, statistics.Plan);
    }

    [Theory]
    [InlineData(3, Metric.Dot)]
    [InlineData(64, Metric.Dot)]
    [InlineData(100, Metric.Euclidean)]
    [InlineData(129, Metric.Dot)]
    [InlineData(768, Metric.Euclidean)]
    [InlineData(3000, Metric.Dot)]
    public unsafe void A_bound_is_what_its_definition_gives(int dimension, Metric metric)
    {
        const int count = 5;
        float[][] vectors = TestVectors.Gaussian(count + 1, dimension, dimension);
        float[] mean = TestVectors.Gaussian(1, dimension, 7)[0], query = vectors[count];
        int codeStride = CodeTable.Stride(dimension), stride = SignTable.Stride(dimension);
        int codeBytes = count * codeStride, recordBytes = count * stride;
        byte[] memory = GC.AllocateArray<byte>(codeBytes + recordBytes + SignQuery.BytesOf(dimension), pinned: true);
        byte* codes = (byte*)Unsafe.AsPointer(ref memory[0]), records = codes + codeBytes, planes = records + recordBytes;
        var rows = new uint[count + SignQuery.RowsAhead];
        for (int row = 0; row < count; row++)
        {
            CodeTable.Encode([.. vectors[row]], mean, metric, codes + (row * codeStride));
            SignTable.Encode(codes + (row * codeStride), dimension, records + (row * stride));
            rows[row] = (uint)(count - 1 - row);
        }
        float[] centred = [.. query.Zip(mean, (x, m) => x - m)];
        SignQuery signs = SignQuery.Of(centred, metric, 3, (ulong*)planes);
        var bounds = new float[count];
        fixed (uint* listed = rows)
        fixed (float* into = bounds) signs.AtMost(records, listed, count, 2 * signs.Length, into);
        double unit = metric == Metric.Euclidean ? 2 : 1, step = 0.65 * Math.Sqrt(centred.Average(x => (double)x * x)), length = Math.Sqrt(centred.Sum(x => (double)x * x));
        for (int i = 0; i < count; i++)
        {
            byte* code = codes + (rows[i] * codeStride);
            double scale = *(float*)(code + codeStride - 8) / Math.Sqrt(unit), squares = 0, magnitudes = 0, product = 0;
            for (int j = 0; j < dimension; j++)
            {
                double y = scale * (code[j] - 128);
                squares += y * y;
                magnitudes += Math.Abs(y);
                product += Math.Sign(centred[j]) * Math.Min(3, Math.Floor((Math.Abs(centred[j]) / step) + 0.5)) * step * (code[j] >= 128 ? 1 : -1);
            }
            double expected = (unit * squares / magnitudes * (product + (2 * length))) + *(float*)(code + codeStride - 4) + 3;
            Assert.Equal(expected, bounds[i], 1e-4 * (Math.Abs(expected) + (squares * unit)));
        }
        GC.KeepAlive(memory);
    }

    private static void RecallAtEverySelectivity(float[][] vectors, float[][] queries, Metric metric)
    {
        using var rows = new TestRows(vectors, metric: metric);
        using var graph = new TestGraph(rows);
        Assert.NotEqual(0, graph.Graph.SignBytes);
        var random = new Random(4);
        foreach (double share in Shares)
        {
            RowSet allowed = RowSet.Of(vectors.Length, [.. Enumerable.Range(0, vectors.Length).Where(_ => random.NextDouble() < share)]);
            Assert.InRange(graph.Recall(rows, queries, 10, new(), null, allowed), 0.95, 1);
            Assert.InRange(graph.Recall(rows, queries, 10, new() { Plan = SearchPlan.SignScan }, null, allowed), 0.95, 1);
        }
        Assert.InRange(graph.Recall(rows, queries, 10, new() { Plan = SearchPlan.SignScan }), 0.95, 1);
        Assert.InRange(graph.Recall(rows, queries, 10, new() { Plan = SearchPlan.SignScan, TargetRecall = 0.999f }), 0.99, 1);
    }
}
