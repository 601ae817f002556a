using System.Diagnostics;

namespace VecStore.Analysis.Tests.Store;

public sealed class SnapshotRowsTests(ITestOutputHelper output)
{
    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    public void Rows_are_the_live_rows_in_order_under_deletions_and_filters(ElementType type)
    {
        using Folder folder = new();
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true });
        VectorCollection collection = store.Create("c", new(3) { ElementType = type, KeyKind = KeyKind.String, Fields = [new("n", FieldType.Int64)] });
        void Put(int from, int to)
        {
            using WriteBatch batch = collection.BeginWrite();
            for (int i = from; i < to; i++) batch.Upsert($"k{i}", [i, 1, -i], new() { ["n"] = (long)i });
            batch.Commit();
        }
        Put(0, 60);
        collection.Seal();
        Put(60, 100);
        collection.Seal();
        Put(100, 110);
        foreach (int deleted in new[] { 0, 7, 8, 59, 99, 105 }) collection.Delete($"k{deleted}");
        using Snapshot snapshot = collection.TakeSnapshot();
        Check(new SnapshotRows(snapshot), i => true, int.MaxValue);
        Check(new SnapshotRows(snapshot, new() { First = 70 }), i => true, 70);
        Check(new SnapshotRows(snapshot, new() { Filter = new FieldReference("n") >= 50 }), i => i >= 50, int.MaxValue);
        Check(new SnapshotRows(snapshot, new() { Filter = new FieldReference("n") >= 50, First = 20 }), i => i >= 50, 20);
        int[] named = [109, 3, 61, 58, 3, 100, 70, 71, 9, 90];
        string[] keys = [.. named.Select(i => $"k{i}")];
        Check(new SnapshotRows(snapshot, new() { Keys = keys }), named.Contains, int.MaxValue);
        Check(new SnapshotRows(snapshot, new() { Keys = keys, Filter = new FieldReference("n") >= 50, First = 6 }), i => i >= 50 && named.Contains(i), 6);
        Assert.Contains("'k7'", Assert.Throws<KeyNotFoundException>(() => new SnapshotRows(snapshot, new() { Keys = ["k3", "k7"] })).Message);

        static void Check(SnapshotRows rows, Func<int, bool> passes, int limit)
        {
            int[] expected = [.. Enumerable.Range(0, 110).Where(i => passes(i) && i is not (0 or 7 or 8 or 59 or 99 or 105)).Take(limit)];
            Assert.Equal(expected.Length, rows.Count);
            float[] all = new float[rows.Count * 3];
            rows.Read(0, all);
            for (int row = 0; row < expected.Length; row++)
            {
                Assert.Equal($"k{expected[row]}", rows.KeyOf(row));
                Assert.Equal([expected[row], 1, -expected[row]], all[(3 * row)..(3 * row + 3)]);
                Assert.True(rows.TryFind($"k{expected[row]}", out int found));
                Assert.Equal(row, found);
            }
            foreach (int missing in Enumerable.Range(0, 110).Except(expected)) Assert.False(rows.TryFind($"k{missing}", out _));
            float[] some = new float[15];
            rows.Read(rows.Count - 5, some);
            Assert.Equal(all[^15..], some);
            Assert.Throws<ArgumentOutOfRangeException>(() => rows.Read(rows.Count - 4, some));
        }
    }

    [Fact]
    public void States_of_sealed_segments_are_kept_and_the_bits_stay_the_same()
    {
        using Folder folder = new();
        using VectorStore store = VectorStore.Open(Path.Combine(folder.Path, "store"), new() { CreateIfMissing = true, GraphMinRows = int.MaxValue, Maintenance = Maintenance.Manual });
        VectorCollection collection = store.Create("c", new(4) { Metric = Metric.Dot });
        SeededRandom random = new(1, "test");
        long key = 0;
        void Put(int count)
        {
            using WriteBatch batch = collection.BeginWrite();
            for (int i = 0; i < count; i++) batch.Upsert(key++, [(float)random.NextGaussian(), (float)random.NextGaussian(), 1, (float)random.NextDouble()]);
            batch.Commit();
        }
        Put(40_000);
        collection.Seal();
        Put(20_000);
        collection.Seal();
        Put(300);
        PartialCache cache = new(Path.Combine(folder.Path, "partials"));
        for (int round = 0; round < 3; round++)
        {
            using Snapshot snapshot = collection.TakeSnapshot();
            SnapshotRows rows = new(snapshot);
            Assert.Equal(3, rows.PartRows.Count);
            CovarianceResult plain = Scan.Run(rows, new Covariance(4), new() { Threads = 1 }), cached = Scan.Run(rows, new Covariance(4), new() { Cache = cache, Threads = 2 });
            Assert.Equal(plain.Mean, cached.Mean);
            Assert.Equal(plain.Scatter.Values, cached.Scatter.Values);
            Assert.Equal(rows.Count, cached.RowsSeen);
            Assert.Equal(round switch { 0 => (0, 2), 1 => (3, 3), _ => (6, 4) }, (cache.Hits, cache.Misses));
            SnapshotRows first = new(snapshot, new() { First = 50_000 }); // the first segment whole, of the second a state of its own
            Assert.Equal(Scan.Run(first, new Covariance(4)).Scatter.Values, Scan.Run(first, new Covariance(4), new() { Cache = cache }).Scatter.Values);
            if (round == 1) collection.Delete(45_000); // the second segment has another deletion: its state is made again
        }
        foreach (string file in Directory.GetFiles(Path.Combine(folder.Path, "partials"))) // damage is noticed and mended
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
        using Snapshot last = collection.TakeSnapshot();
        CovarianceResult mended = Scan.Run(new SnapshotRows(last), new Covariance(4), new() { Cache = cache });
        Assert.Equal(Scan.Run(new SnapshotRows(last), new Covariance(4)).Scatter.Values, mended.Scatter.Values);
        Assert.Equal((7, 7), (cache.Hits, cache.Misses));
    }

    [Fact]
    public void Stores_may_share_a_folder_of_states_for_these_go_by_content()
    {
        using Folder folder = new();
        PartialCache cache = new(Path.Combine(folder.Path, "partials"));
        double[] Mean(string name, int seed, RowSelection? selection, bool whitened, int hits)
        {
            using VectorStore store = VectorStore.Open(Path.Combine(folder.Path, name), new() { CreateIfMissing = true, Maintenance = Maintenance.Manual });
            VectorCollection collection = store.Create("c", new(3) { Metric = Metric.Dot, Fields = [new("even", FieldType.Bool)] });
            SeededRandom random = new((ulong)seed, "test");
            using (WriteBatch batch = collection.BeginWrite())
            {
                for (int i = 0; i < 50; i++) batch.Upsert(i, [(float)random.NextGaussian(), 2 * (float)random.NextGaussian(), 1], new() { ["even"] = i % 2 == 0 });
                batch.Commit();
            }
            collection.Seal();
            using Snapshot snapshot = collection.TakeSnapshot();
            IKeyedRows rows = snapshot.Rows(selection, whitened ? snapshot.WhitenedInnerProduct() : null);
            int before = cache.Hits;
            double[] mean = Scan.Run(rows, new Covariance(3), new() { Cache = cache }).Mean;
            Assert.Equal(hits, cache.Hits - before);
            Assert.Equal(Scan.Run(rows, new Covariance(3)).Mean, mean);
            return mean;
        }
        RowSelection even = new() { Filter = new FieldReference("even") == true };
        double[] one = Mean("a", 1, null, false, hits: 0);
        Assert.Equal(one, Mean("copy of a", 1, null, false, hits: 1));
        Assert.NotEqual(one, Mean("b", 2, null, false, hits: 0)); // as many rows in a segment of the same number
        Assert.NotEqual(one, Mean("c", 1, even, false, hits: 0));
        Assert.NotEqual(one, Mean("d", 1, new() { First = 25 }, false, hits: 0));
        Mean("e", 1, even, false, hits: 1);
        double[] white = Mean("f", 1, null, true, hits: 0);
        Assert.Equal(white, Mean("g", 1, null, true, hits: 1));
        Assert.NotEqual(white, Mean("h", 2, null, true, hits: 0));
    }

    [Fact]
    public void The_questions_asked_of_a_store_give_the_figures_of_the_reference()
    {
        using Folder folder = new();
        MemoryRows words = SharedData.Words(30_000);
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true, GraphMinRows = int.MaxValue });
        VectorCollection collection = store.Create("words", new(100) { KeyKind = KeyKind.String });
        using (BulkLoad load = collection.BeginBulkLoad())
        {
            float[] row = new float[100];
            for (int i = 0; i < words.Count; i++)
            {
                words.Read(i, row);
                load.Append(words.KeyOf(i), row);
            }
            load.Publish();
        }
        using Snapshot snapshot = collection.TakeSnapshot();
        long started = Stopwatch.GetTimestamp();
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(Checkout.Shared("data/analogies/questions-words.txt"));
        AnalogyEvaluationResult result = snapshot.EvaluateAnalogies(questions);
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F3} s for two methods, of which the scan {result.Elapsed.TotalSeconds:F3}");
        Assert.Equal(10_032, result.Total[AnalogyMethod.ThreeCosAdd].Correct);
        Assert.Equal(9_704, result.Total[AnalogyMethod.ThreeCosMul].Correct);
        Assert.Equal("queen", snapshot.SolveAnalogy("man", "king", "woman").Answers[0].Key);
        Assert.Equal("queen", snapshot.Nearest(VectorExpression.Parse("king - man + woman"))[0].Key);
        Assert.Equal("king", snapshot.Nearest(VectorExpression.Parse("king - man + woman"), keepInputs: true)[0].Key);
    }
}
