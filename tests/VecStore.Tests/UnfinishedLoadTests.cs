using VecStore.Testing;
using VecStore.Tests.Crash;

namespace VecStore.Tests;

/// <summary>What a bulk load leaves when it is broken off: named, kept for a load of the same source, removed when asked or when nothing can go on with it.</summary>
public sealed class UnfinishedLoadTests : IDisposable
{
    private static readonly CollectionSchema Schema = new(3) { Metric = Metric.Euclidean };
    private readonly FaultFiles _files = new(trace: false);
    private VectorStore _store;

    public UnfinishedLoadTests()
    {
        _store = Open();
        _store.Create("a", Schema);
        _store.Create("b", Schema);
    }

    public void Dispose() => _store.Dispose();

    [Fact]
    public void A_load_that_was_broken_off_is_named_until_it_is_published()
    {
        DateTimeOffset before = DateTimeOffset.UtcNow;
        Stage("a", "file 1", rows: 20);
        Stage("b", "file 2\nof two lines", rows: 9);
        Stage("b", null, rows: 9);
        Reopen();
        IReadOnlyList<UnfinishedLoad> loads = _store.UnfinishedLoads();
        Assert.Equal([("a", "file 1", 16L), ("b", "file 2\nof two lines", 8L)], loads.Select(load => (load.Collection, load.Source, load.Rows)));
        Assert.All(loads, load => Assert.InRange(load.At!.Value, before, DateTimeOffset.UtcNow));
        Assert.All(loads, load => Assert.InRange(load.Bytes, 100, 1 << 20));
        Assert.Equal(loads, OpenToRead());
        using (BulkLoad load = _store["a"].BeginBulkLoad(new() { Source = "file 1", CheckpointRows = 8 }))
        {
            Assert.Equal(16, load.RowsAlreadyStaged);
            load.Publish();
        }

        Assert.Equal("b", Assert.Single(_store.UnfinishedLoads()).Collection);
        Assert.Single(_files.ListFolders(Folder));
    }

    [Fact]
    public void Discarding_leaves_loads_under_way_and_others_alone()
    {
        Stage("a", "file", rows: 20);
        Stage("b", "file", rows: 20);
        UnfinishedLoad first = _store.UnfinishedLoads()[0];
        using (BulkLoad running = _store["a"].BeginBulkLoad(new() { Source = "file", CheckpointRows = 8 }))
        {
            Assert.False(_store.Discard(first));
            Assert.Equal(16, running.RowsAlreadyStaged);
            running.Append(1, [1, 2, 3]);
            running.Publish();
        }

        Assert.False(_store.Discard(first));
        Assert.True(_store.Discard(Assert.Single(_store.UnfinishedLoads())));
        Assert.Empty(_store.UnfinishedLoads());
        Assert.Empty(_files.ListFolders(Folder));
        Assert.DoesNotContain(_files.Paths, path => path.Contains("/staging/", StringComparison.Ordinal));
        using BulkLoad anew = _store["b"].BeginBulkLoad(new() { Source = "file" });
        Assert.Equal(0, anew.RowsAlreadyStaged);
    }

    [Fact]
    public void What_nothing_can_go_on_with_is_gone_at_the_next_opening_or_with_its_collection()
    {
        Stage("a", "file", rows: 20);
        Stage("a", "young", rows: 5); // no checkpoint yet
        Stage("b", "file", rows: 20);
        Assert.True(_store.Drop("a"));
        Assert.Equal("b", Assert.Single(_store.UnfinishedLoads()).Collection);
        Assert.Single(_files.ListFolders(Folder));
        _store["b"].AddFields(new FieldSchema("year", FieldType.Int64)); // the rows that are staged lack it: the load would begin anew
        Assert.Empty(_store.UnfinishedLoads());
        Reopen();
        Assert.Empty(_files.ListFolders(Folder));
    }

    [Fact]
    public void A_load_under_way_survives_that_its_collection_is_dropped()
    {
        using BulkLoad load = _store["a"].BeginBulkLoad(new() { Source = "file", CheckpointRows = 8 });
        for (int i = 0; i < 10; i++) load.Append(i, [i, 1, 2]);
        _store.Drop("a");
        Assert.Throws<InvalidOperationException>(() => load.Publish());
    }

    private static string Folder => CrashRun.Path + "/staging";

    private void Stage(string collection, string? source, int rows)
    {
        BulkLoad load = _store[collection].BeginBulkLoad(new() { Source = source, CheckpointRows = 8 });
        for (int i = 0; i < rows; i++) load.Append(i, [i, 1, 2]);
        if (source is not null) load.Dispose(); // without a source: its process dies
    }

    private void Reopen()
    {
        _files.Kill();
        _store = Open();
    }

    private IReadOnlyList<UnfinishedLoad> OpenToRead()
    {
        using VectorStore reader = VectorStore.Open(CrashRun.Path, CrashRun.Options(_files) with { ReadOnly = true });
        return reader.UnfinishedLoads();
    }

    private VectorStore Open() => VectorStore.Open(CrashRun.Path, CrashRun.Options(_files));
}
