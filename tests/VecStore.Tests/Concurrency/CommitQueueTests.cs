using VecStore.Testing;
using VecStore.Tests.Crash;

namespace VecStore.Tests.Concurrency;

/// <summary>Commits of several threads share flushes, keep an order, and fail each for itself or all together.</summary>
public sealed class CommitQueueTests
{
    private readonly FaultFiles _files = new() { FlushTakes = TimeSpan.FromMilliseconds(2) };

    [Theory]
    [InlineData(Durability.Full)]
    [InlineData(Durability.Os)]
    public void Threads_share_flushes_and_every_commit_is_visible_when_it_returns(Durability durability)
    {
        using VectorStore store = Open(durability);
        VectorCollection[] collections = [store.Create("a", new CollectionSchema(2)), store.Create("b", new CollectionSchema(2))];
        int before = _files.Calls;
        InThreads(8, thread =>
        {
            for (int i = 0; i < 25; i++)
            {
                VectorCollection rows = collections[i % 2];
                rows.Upsert((thread * 100) + i, [thread, i]);
                Assert.True(rows.Contains((thread * 100) + i));
                if (i % 5 == 4) Assert.True(rows.Delete((thread * 100) + i));
            }
        });
        Assert.Equal(160, collections.Sum(rows => rows.Count));
        int flushes = Enumerable.Range(before, _files.Calls - before).Count(call =>
            _files.Describe(call).StartsWith("Flushed ", StringComparison.Ordinal) && _files.Describe(call).Contains("/log/", StringComparison.Ordinal));
        if (durability == Durability.Full) Assert.InRange(flushes, 1, 8 * 30 / 2);
        string contents = Contents.Of(store);
        using VectorStore again = VectorStore.Open(CrashRun.Path, CrashRun.Options(_files.KillImage(), durability));
        Assert.Equal(contents, Contents.Of(again));
    }

    [Fact]
    public void A_commit_that_is_refused_leaves_the_others_alone()
    {
        using VectorStore store = Open(Durability.Full);
        VectorCollection rows = store.Create("a", new CollectionSchema(2));
        VectorCollection dropped = store.Create("gone", new CollectionSchema(2));
        WriteBatch[] late = [.. Enumerable.Range(0, 6).Select(_ => dropped.BeginWrite())];
        foreach (WriteBatch batch in late) batch.Upsert(1, [1, 2]);
        store.Drop("gone");
        InThreads(6, thread =>
        {
            for (int i = 0; i < 10; i++)
            {
                rows.Upsert((thread * 10) + i, [thread, i]);
                if (i == 5) Assert.Contains("was dropped", Assert.Throws<InvalidOperationException>(late[thread].Commit).Message, StringComparison.Ordinal);
            }
        });
        Assert.Equal(60, rows.Count);
        Assert.Null(store.Failure);
    }

    /// <summary>What was not flushed is nobody's: every thread of the group is told, and nothing of it is shown.</summary>
    [Fact]
    public void A_failed_flush_fails_every_commit_that_shared_it()
    {
        using VectorStore store = Open(Durability.Full, sealRows: 4096); // so that nobody seals: only the log is written
        VectorCollection rows = store.Create("a", new CollectionSchema(2));
        rows.Upsert(-1, [0, 0]);
        _files.FailAt(_files.Calls + 40, Fault.IoError, forEver: true);
        int acknowledged = 1, failed = 0;
        InThreads(8, thread =>
        {
            for (int i = 0; ; i++)
            {
                try
                {
                    rows.Upsert((thread * 1000) + i, [thread, i]);
                    Interlocked.Increment(ref acknowledged);
                }
                catch (VecStoreException)
                {
                    Interlocked.Increment(ref failed);
                    return;
                }
            }
        });
        Assert.Equal(8, failed);
        Assert.Equal(acknowledged, rows.Count);
        Assert.NotNull(store.Failure);
        Assert.Contains("Open it again", Assert.Throws<VecStoreException>(() => rows.Upsert(5, [1, 1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_batches_that_go_together_fit_the_memory_segments()
    {
        using VectorStore store = Open(Durability.Full);
        VectorCollection rows = store.Create("a", new CollectionSchema(2));
        InThreads(6, thread =>
        {
            for (int i = 0; i < 12; i++)
            {
                using WriteBatch batch = rows.BeginWrite();
                int count = 1 + (((thread * 7) + (i * 5)) % 23); // segments take 16 rows, or one larger batch
                for (int row = 0; row < count; row++) batch.Upsert((thread * 10_000) + (i * 100) + row, [thread, row]);
                batch.Commit();
            }
        });
        long expected = Enumerable.Range(0, 6).Sum(thread => Enumerable.Range(0, 12).Sum(i => 1 + (((thread * 7) + (i * 5)) % 23)));
        Assert.Equal(expected, rows.Count);
        Assert.True(store.Verify().IsClean);
    }

    /// <summary>An interruption may fail the commit whose thread it strikes, even stop the log; but nobody is left waiting, and nothing acknowledged is lost.</summary>
    [Fact]
    public void Interrupted_threads_leave_nobody_waiting()
    {
        for (int round = 0; round < 5; round++)
        {
            var acknowledged = new System.Collections.Concurrent.ConcurrentBag<int>();
            int first = round * 10_000;
            using (VectorStore store = Open(Durability.Full))
            {
                VectorCollection rows = store.OpenOrCreate("a", new CollectionSchema(2));
                Thread[] threads = [.. Enumerable.Range(0, 4).Select(thread => new Thread(() =>
                {
                    try
                    {
                        for (int key = first + (thread * 1000); key < first + (thread * 1000) + 40; key++)
                        {
                            rows.Upsert(key, [thread, key]);
                            acknowledged.Add(key);
                        }
                    }
                    catch (Exception failure) when (failure is ThreadInterruptedException or VecStoreException)
                    {
                        // It was told.
                    }
                }))];
                Array.ForEach(threads, thread => thread.Start());
                Thread.Sleep(10);
                threads[round % 4].Interrupt();
                foreach (Thread thread in threads) Assert.True(thread.Join(TimeSpan.FromSeconds(30)), "a thread hangs");
            }

            _files.Kill();
            using VectorStore again = Open(Durability.Full);
            foreach (int key in acknowledged) Assert.True(again["a"].Contains(key), $"{key} is lost");
        }
    }

    private VectorStore Open(Durability durability, int sealRows = 16) =>
        VectorStore.Open(CrashRun.Path, CrashRun.Options(_files, durability) with { SealRows = sealRows });

    private static void InThreads(int count, Action<int> work)
    {
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        Thread[] threads = [.. Enumerable.Range(0, count).Select(thread => new Thread(() =>
        {
            try
            {
                work(thread);
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        foreach (Thread thread in threads) Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread hangs");
        Assert.Empty(failures);
    }
}
