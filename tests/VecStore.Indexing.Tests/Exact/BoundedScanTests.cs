using System.Runtime.Intrinsics;
using VecStore.Storage;

namespace VecStore.Indexing.Tests;

/// <summary>With the codes of a graph the exact search gives what it gives without, bit for bit.</summary>
public class BoundedScanTests
{
    private const int Count = 2_000, K = 10;

    public static TheoryData<Metric, ElementType, string> Cases => [.. from metric in Enum.GetValues<Metric>()
        from type in (ElementType[])[ElementType.Float32, ElementType.BFloat16]
        from shape in Shapes.Keys
        select (metric, type, shape)];

    private static Dictionary<string, Func<float[][]>> Shapes { get; } = new()
    {
        ["Gaussian noise"] = () => TestVectors.Gaussian(Count, 130, 1),
        ["few degrees of freedom"] = () => TestVectors.LowRank(Count, 130, 12, 1),
        ["clusters far from the origin"] = () => [.. TestVectors.ClustersInOrder(Count, 131, 20, 1).Select(x => x.Select(v => v + 30).ToArray())],
        ["lengths of all sizes"] = () => [.. TestVectors.LowRank(Count, 130, 12, 1).Select((x, i) => x.Select(v => v * MathF.Pow(10, (i % 13) - 6)).ToArray())],
        ["one element dwarfs the others"] = () => [.. TestVectors.Gaussian(Count, 130, 1).Select((x, i) => x.Select((v, j) => j == i % 130 ? v * 1000 : v).ToArray())],
        ["many copies and nearly copies"] = () => [.. TestVectors.LowRank(Count, 130, 12, 1).Select((x, i) => i % 3 == 0 ? TestVectors.LowRank(1, 130, 12, i % 2)[0] : i % 3 == 1 ? [.. x.Select(v => v * 1e-4f)] : x)],
        ["zero rows and huge ones"] = () => [.. TestVectors.LowRank(Count, 130, 12, 1).Select((x, i) => i % 5 == 0 ? new float[130] : i % 7 == 0 ? [.. x.Select(v => v * 1e17f)] : x)],
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_answers_are_those_of_the_scan_of_all_rows(Metric metric, ElementType type, string shape)
    {
        float[][] vectors = Shapes[shape]();
        using var rows = new TestRows(vectors, type, metric);
        using var graph = new TestGraph(rows, new HnswOptions { Threads = 2, M = 4, EfConstruction = 10 });
        float[][] queries = [.. TestVectors.LowRank(10, vectors[0].Length, 12, 5), .. TestVectors.Gaussian(10, vectors[0].Length, 6), .. vectors.Take(20), new float[vectors[0].Length]];
        RowSet deleted = RowSet.Of(Count, [.. Enumerable.Range(0, Count).Where(i => i % 7 == 0)]);
        RowSet allowed = RowSet.Of(Count, [.. Enumerable.Range(0, Count).Where(i => i % 3 != 0)]);
        foreach ((RowSet? gone, RowSet? only) in ((RowSet?, RowSet?)[])[(null, null), (deleted, allowed)])
        {
            var expected = new ScoredRow[queries.Length * K];
            for (int q = 0; q < queries.Length; q++)
            {
                Span<ScoredRow> alone = expected.AsSpan(q * K, K);
                Assert.Equal(K, ExactSearcher.Search(rows.Rows, metric, queries[q], default, gone, only, alone, out _));
                var found = new ScoredRow[K];
                Assert.Equal(K, ExactSearcher.Search(rows.Rows, metric, queries[q], new() { Graph = graph.Graph }, gone, only, found, out SearchStatistics statistics));
                Assert.Equal(alone.ToArray(), found);
                Assert.True(statistics.IsExact);
            }

            foreach (int threads in (int[])[1, 2, 7])
            {
                var together = new ScoredRow[expected.Length];
                ExactSearcher.Batch(rows.Rows, metric, [.. queries.SelectMany(q => q)], new() { Graph = graph.Graph, Threads = threads }, gone, only, together, new int[queries.Length], out _);
                Assert.Equal(expected, together);
            }
        }
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Dot)]
    [InlineData(Metric.Euclidean)]
    public void Few_rows_are_scored_and_several_threads_agree(Metric metric)
    {
        using var rows = new TestRows(TestVectors.LowRank(20_000, 100, 20, 1), ElementType.Float32, metric);
        using var graph = new TestGraph(rows, new HnswOptions { Threads = 2, M = 4, EfConstruction = 10 });
        float[][] queries = TestVectors.LowRank(40, 100, 20, 2);
        long scored = 0;
        foreach (float[] query in queries)
        {
            var one = new ScoredRow[K];
            var two = new ScoredRow[K];
            ExactSearcher.Search(rows.Rows, metric, query, new() { Graph = graph.Graph }, null, null, one, out SearchStatistics statistics);
            ExactSearcher.Search(rows.Rows, metric, query, new() { Graph = graph.Graph, Threads = 3 }, null, null, two, out _);
            Assert.Equal(one, two);
            Assert.Equal(20_000, statistics.RowsVisited);
            scored += statistics.RowsRescored;
        }
        Assert.InRange(scored / queries.Length, K, 1_000);
        ExactSearcher.Batch(rows.Rows, metric, [.. queries.SelectMany(q => q)], new() { Graph = graph.Graph }, null, null, new ScoredRow[40 * K], new int[40], out SearchStatistics all);
        Assert.InRange(all.RowsRescored / queries.Length, K, 1_500);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Searches_and_batches_allocate_nothing(int threads)
    {
        using var rows = new TestRows(TestVectors.LowRank(10_000, 64, 12, 1), ElementType.Float32, Metric.Dot);
        using var graph = new TestGraph(rows, new HnswOptions { Threads = 2, M = 4, EfConstruction = 10 });
        float[] queries = [.. TestVectors.LowRank(600, 64, 12, 2).SelectMany(q => q)];
        var nearest = new ScoredRow[600 * K];
        var found = new int[600];
        var options = new ExactOptions { Graph = graph.Graph, Threads = threads };
        long least = long.MaxValue;
        for (int turn = 0; turn < 20 && least > 0; turn++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ExactSearcher.Batch(rows.Rows, Metric.Dot, queries, options, null, null, nearest, found, out _);
            ExactSearcher.Search(rows.Rows, Metric.Dot, queries.AsSpan(0, 64), options, null, null, nearest.AsSpan(0, K), out _);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Where_all_rows_are_alike_the_rows_are_scanned()
    {
        float[][] vectors = [.. TestVectors.Gaussian(5_000, 64, 1).Select(x => x.Select(v => 1 + (1e-6f * v)).ToArray())];
        using var rows = new TestRows(vectors, ElementType.Float32, Metric.Cosine);
        using var graph = new TestGraph(rows, new HnswOptions { Threads = 2, M = 4, EfConstruction = 10 });
        var found = new ScoredRow[K];
        var expected = new ScoredRow[K];
        ExactSearcher.Search(rows.Rows, Metric.Cosine, vectors[7], new() { Graph = graph.Graph }, null, null, found, out SearchStatistics statistics);
        ExactSearcher.Search(rows.Rows, Metric.Cosine, vectors[7], default, null, null, expected, out _);
        Assert.Equal(expected, found);
        Assert.True(statistics.IsExact);
    }

    [Theory]
    [InlineData(Metric.Cosine)]
    [InlineData(Metric.Dot)]
    [InlineData(Metric.Euclidean)]
    public void No_row_scores_above_its_bound(Metric metric)
    {
        float[][] vectors = TestVectors.LowRank(500, 70, 6, 1), queries = [.. TestVectors.LowRank(20, 70, 6, 2), .. TestVectors.Gaussian(20, 70, 3)];
        float[] mean = [.. Enumerable.Range(0, 70).Select(i => vectors.Average(x => x[i]))];
        double meanNorm = Math.Sqrt(mean.Sum(m => (double)m * m));
        byte[] record = new byte[CodeTable.Stride(70)];
        foreach (float[] query in queries)
        {
            float[] centred = metric == Metric.Cosine ? Unit(query) : [.. query];
            float[] whole = [.. centred];
            float offset = CodeTable.Center(centred, mean, metric);
            var elements = new sbyte[70];
            double step = CodeBound.Encode(centred, 64, elements);
            var bound = new CodeBound(centred, elements, step, offset, meanNorm, metric);
            Assert.True(bound.IsUsable);
            foreach (float[] vector in vectors)
            {
                float[] row = metric == Metric.Cosine ? Unit(vector) : [.. vector];
                double score = metric == Metric.Euclidean ? -Math.Sqrt(row.Zip(whole, (x, y) => Math.Pow((double)x - y, 2)).Sum()) : row.Zip(whole, (x, y) => (double)x * y).Sum();
                float scale, rowOffset;
                int dot;
                unsafe
                {
                    fixed (byte* into = record)
                    {
                        CodeTable.Encode(row, mean, metric, into);
                        scale = *(float*)(into + record.Length - 8);
                        rowOffset = *(float*)(into + record.Length - 4);
                        dot = 0;
                        for (int i = 0; i < 70; i++) dot += elements[i] * (into[i] - 128);
                    }
                }

                bool Reaches(float score) => (bound.MayReach(bound.Limit(score), Vector256.Create(dot), Vector256.Create(scale), Vector256.Create(rowOffset)) & 1) != 0;
                Assert.True(Reaches((float)score), $"a row of score {score}");
                // And the bound is near: a score a tenth of the lengths higher is excluded.
                double reach = metric == Metric.Cosine ? 0.1 : 0.1 * (Length(row) + meanNorm) * (Length(whole) + meanNorm) * (metric == Metric.Dot ? 2 : 1);
                float above = metric == Metric.Euclidean ? -(float)Math.Sqrt(Math.Max(0, (score * score) - (2 * reach))) : (float)(score + reach);
                if (metric == Metric.Euclidean && above == 0) continue;
                Assert.False(Reaches(above), $"a row of score {score}, {above} asked for");
            }
        }

        static double Length(float[] x) => Math.Sqrt(x.Sum(v => (double)v * v));
        static float[] Unit(float[] x) => [.. x.Select(v => (float)(v / Length(x)))];
    }
}
