using VecStore.Tests.Crash;

namespace VecStore.Tests.Concurrency;

/// <summary>Readers beside a writer and the background maintenance, and stores and snapshots that are disposed under their readers.</summary>
public sealed class ThreadTests(ITestOutputHelper output) : IDisposable
{
    private const int Keys = 40;
    private readonly TemporaryFolder _folder = new();
    private readonly StoreOptions _options = new() { CreateIfMissing = true, SealRows = 64, GraphMinRows = 100, Durability = Durability.Os, Index = new() { Threads = 1, M = 4, EfConstruction = 20 } };

    public void Dispose() => _folder.Dispose();

    /// <summary>Each commit writes all rows with its number: a snapshot shows one number, and the same when it is asked again.</summary>
    [Fact]
    public async Task Readers_see_whole_commits_while_a_writer_and_the_maintenance_work()
    {
        using VectorStore store = VectorStore.Open(_folder.Path, _options);
        VectorCollection rows = store.Create("g", new CollectionSchema(4) { Metric = Metric.Euclidean, Fields = [new("g", FieldType.Int64)] });
        Write(rows, 0);
        long commits = 0;
        long snapshots = 0;
        TimeSpan duration = TimeSpan.FromSeconds(CrashImage.Long ? 60 : 4);
        using var ending = new CancellationTokenSource(duration);
        Task[] readers = [.. Enumerable.Range(0, 3).Select(reader => Task.Factory.StartNew(() =>
        {
            long seen = 0;
            while (!ending.IsCancellationRequested)
            {
                using Snapshot snapshot = rows.TakeSnapshot();
                long generation = GenerationOf(snapshot);
                Assert.True(generation >= seen, $"{generation} was seen after {seen}");
                seen = generation;
                var nearest = new Neighbor[5];
                Assert.Equal(5, snapshot.Search([generation, 3, 0, 0], nearest, reader == 0 ? SearchOptions.Exact : SearchOptions.Default));
                Assert.Equal(3, nearest[0].Key);
                Assert.Equal(0, nearest[0].Score);
                Assert.Equal(generation, GenerationOf(snapshot));
                Assert.Equal(Keys, rows.Count);
                Interlocked.Increment(ref snapshots);
            }
        }, TaskCreationOptions.LongRunning))];
        while (!ending.IsCancellationRequested)
        {
            Write(rows, ++commits);
            if (commits % 200 == 0) rows.Compact();
        }

        await Task.WhenAll(readers);
        Assert.True(store.Verify().IsClean);
        output.WriteLine($"{commits} commits, {snapshots} snapshots");
        Assert.True(snapshots > 20 && commits > 5);
    }

    [Fact]
    public async Task Disposing_a_store_under_its_readers_and_writers_is_an_ObjectDisposedException()
    {
        int rounds = CrashImage.Long ? 200 : 12;
        var random = new Random(7);
        for (int round = 0; round < rounds; round++)
        {
            VectorStore store = VectorStore.Open(_folder.Path, _options);
            VectorCollection rows = store.OpenOrCreate("g", new CollectionSchema(4) { Metric = Metric.Euclidean, Fields = [new("g", FieldType.Int64)] });
            for (int i = 0; i < 5; i++) Write(rows, i);
            if (round % 2 == 0) rows.Seal();
            Task[] users =
            [
                Until<ObjectDisposedException>(() => rows.Search([1, 2, 3, 4], new Neighbor[4])),
                Until<ObjectDisposedException>(() =>
                {
                    using Snapshot snapshot = rows.TakeSnapshot();
                    GenerationOf(snapshot);
                }),
                Until<ObjectDisposedException>(() => rows.Upsert(1, [4, 1, 0, 0], new() { ["g"] = 4 })),
                Until<ObjectDisposedException>(() => rows.Compact()),
            ];
            Thread.Sleep(random.Next(30));
            store.Dispose();
            await Task.WhenAll(users);
        }

        using VectorStore again = VectorStore.Open(_folder.Path);
        Assert.Equal(Keys, again["g"].Count);
        Assert.True(again.Verify().IsClean);
    }

    [Fact]
    public async Task Disposing_a_snapshot_under_its_readers_is_an_ObjectDisposedException()
    {
        using VectorStore store = VectorStore.Open(_folder.Path, _options with { Maintenance = Maintenance.Manual });
        VectorCollection rows = store.Create("g", new CollectionSchema(64) { Metric = Metric.Euclidean });
        using (BulkLoad load = rows.BeginBulkLoad())
        {
            for (int i = 0; i < 500; i++) load.Append(i, Vectors.Random(i, 64));
            load.Publish();
        }

        var random = new Random(3);
        for (int round = 0; round < (CrashImage.Long ? 300 : 30); round++)
        {
            // The merge takes the snapshot's segment out of the current state: the snapshot alone keeps it mapped.
            Snapshot snapshot = rows.TakeSnapshot();
            rows.Delete(round);
            rows.Compact();
            float[] query = Vectors.Random(round, 64);
            Task[] users =
            [
                Until<ObjectDisposedException>(() => snapshot.Search(query, new Neighbor[10])),
                Until<ObjectDisposedException>(() => snapshot.Search(query, new Neighbor[10], SearchOptions.Exact)),
                Until<ObjectDisposedException>(() =>
                {
                    foreach (ScannedRow row in snapshot.Scan()) _ = row.Key;
                }),
                Until<ObjectDisposedException>(() => snapshot.Get(400)),
            ];
            Thread.Sleep(random.Next(10));
            snapshot.Dispose();
            await Task.WhenAll(users);
        }
    }

    private static Task Until<T>(Action act) where T : Exception => Task.Factory.StartNew(() =>
    {
        try
        {
            while (true) act();
        }
        catch (T)
        {
            // As it should end.
        }
    }, TaskCreationOptions.LongRunning);

    private static void Write(VectorCollection rows, long generation)
    {
        using WriteBatch batch = rows.BeginWrite();
        for (int key = 0; key < Keys; key++) batch.Upsert(key, [generation, key, 0, 0], new() { ["g"] = generation });
        batch.Commit();
    }

    private static long GenerationOf(Snapshot snapshot)
    {
        Assert.Equal(Keys, snapshot.Count);
        long generation = -1;
        int count = 0;
        float[] vector = new float[4];
        foreach (ScannedRow row in snapshot.Scan())
        {
            row.ReadVector(vector);
            long its = row.Fields["g"].AsInt64();
            Assert.Equal(its, (long)vector[0]);
            if (generation < 0) generation = its;
            Assert.True(generation == its, $"rows of the commits {generation} and {its} in one snapshot");
            count++;
        }

        Assert.Equal(Keys, count);
        return generation;
    }
}
