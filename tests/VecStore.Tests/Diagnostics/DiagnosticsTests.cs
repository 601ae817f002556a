using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VecStore.Tests.Diagnostics;

/// <summary>What can be seen of a store from outside.</summary>
[Collection("observed")]
public sealed class DiagnosticsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MeterListener _meters = new();
    private readonly ConcurrentDictionary<string, double> _sums = new();
    private readonly ConcurrentBag<Activity> _activities = [];
    private readonly ActivityListener _traces;

    public DiagnosticsTests()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == VecStoreDiagnostics.MeterName) listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, 1, tags));
        _meters.Start();
        _traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == VecStoreDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("vecstore.store") is "observed.vecstore") _activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_traces);
    }

    private string Store => Path.Combine(Path.GetDirectoryName(_folder.Path)!, "observed.vecstore");

    public void Dispose()
    {
        _meters.Dispose();
        _traces.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Every_instrument_counts_what_was_done()
    {
        var events = new ConcurrentQueue<StoreEvent>();
        using (VectorStore store = VectorStore.Open(Store, new() { CreateIfMissing = true, Maintenance = Maintenance.Manual, Events = events.Enqueue }))
        {
            VectorCollection rows = store.Create("rows", new(8));
            for (int i = 0; i < 5; i++) rows.Upsert(i, Vectors.Random(i, 8));
            rows.Seal();
            using (WriteBatch batch = rows.BeginWrite())
            {
                for (int i = 5; i < 9; i++) batch.Upsert(i, Vectors.Random(i, 8));
                batch.Delete(0);
                batch.Commit();
            }

            rows.Compact();
            using (BulkLoad load = rows.BeginBulkLoad())
            {
                for (int i = 9; i < 16; i++) load.Append(i, Vectors.Random(i, 8));
                load.Publish();
            }

            var nearest = new Neighbor[3];
            Assert.Equal(3, rows.Search(Vectors.Random(1, 8), nearest, SearchOptions.Default, out SearchReport report));
            using Snapshot snapshot = rows.TakeSnapshot();
            snapshot.SearchBatch([.. Vectors.Random(1, 8), .. Vectors.Random(2, 8)], 3, new Neighbor[6], new int[2]);
            snapshot.SearchRange(Vectors.Random(1, 8), 2);
            Assert.Equal(15, report.RowsVisited);
        }

        Assert.Equal(4, _sums["vecstore.searches exact"]);
        Assert.Equal(60, _sums["vecstore.search.rows_visited"]);
        Assert.Equal(3, _sums["vecstore.search.duration exact"]);
        Assert.Equal(6, _sums["vecstore.commits"]);
        Assert.Equal(10, _sums["vecstore.commit.operations"]);
        Assert.Equal(6, _sums["vecstore.commit.duration"]);
        Assert.True(_sums["vecstore.bytes_written log"] > 9 * 8 * 4);
        Assert.Equal(2, _sums["vecstore.segments seal"]);
        Assert.Equal(1, _sums["vecstore.segments merge"]);
        Assert.Equal(1, _sums["vecstore.segments load"]);
        Assert.Equal([(StoreEventKind.Sealed, 5L), (StoreEventKind.Sealed, 4L), (StoreEventKind.Merged, 8L), (StoreEventKind.Loaded, 7L)], events.Select(e => (e.Kind, e.Rows)));
        foreach (string kind in (string[])["seal", "merge", "load"])
        {
            StoreEventKind told = kind == "seal" ? StoreEventKind.Sealed : kind == "merge" ? StoreEventKind.Merged : StoreEventKind.Loaded;
            Assert.Equal(_sums["vecstore.bytes_written " + kind], events.Where(e => e.Kind == told).Sum(e => e.Bytes));
        }

        Assert.Equal(
            ["vecstore.commit 6", "vecstore.load 1", "vecstore.merge 1", "vecstore.seal 2", "vecstore.search 3"],
            _activities.GroupBy(activity => activity.OperationName).Select(group => $"{group.Key} {group.Count()}").Order(StringComparer.Ordinal));
        Assert.All(_activities, activity => Assert.Equal(ActivityStatusCode.Unset, activity.Status));
    }

    [Fact]
    public void Damage_that_a_search_meets_is_told_once_and_kept()
    {
        var events = new ConcurrentQueue<StoreEvent>();
        using (VectorStore store = VectorStore.Open(Store, new() { CreateIfMissing = true }))
        {
            VectorCollection rows = store.Create("rows", new(8));
            for (int i = 0; i < 5; i++) rows.Upsert(i, Vectors.Random(i, 8));
        }

        string segment = Directory.GetFiles(Path.Combine(Store, "data"), "*.segment").Single();
        byte[] bytes = File.ReadAllBytes(segment);
        using (VectorStore store = VectorStore.Open(Store, new() { Events = e => { events.Enqueue(e); throw new InvalidOperationException("a listener that fails"); } }))
        {
            Assert.True(store.VerifyHeaders().IsClean);
            File.WriteAllBytes(segment, [.. bytes[..4096], .. bytes[4096..].Select(b => (byte)~b)]); // the header stays
            for (int i = 0; i < 2; i++) Assert.Throws<StoreCorruptException>(() => store["rows"].Search(Vectors.Random(1, 8), new Neighbor[3]));
            Assert.Equal(segment, store.Damage!.File);
            Assert.Equal(StoreEventKind.Damaged, Assert.Single(events).Kind);
            Assert.Contains(_activities, activity => activity.OperationName == "vecstore.search" && activity.Status == ActivityStatusCode.Error);
            Assert.False(store.VerifyHeaders().IsClean); // the root of the checksums is gone too
            File.WriteAllBytes(segment, bytes);
            Assert.True(store.VerifyHeaders().IsClean);
        }
    }

    [Theory]
    [InlineData("header")]
    [InlineData("short")]
    [InlineData("gone")]
    [InlineData("manifest")]
    public void Headers_that_are_damaged_are_found_without_reading_the_rows(string damage)
    {
        using VectorStore store = VectorStore.Open(Store, new() { CreateIfMissing = true });
        VectorCollection rows = store.Create("rows", new(8));
        for (int i = 0; i < 5; i++) rows.Upsert(i, Vectors.Random(i, 8));
        rows.Seal();
        VerifyReport sound = store.VerifyHeaders();
        Assert.True(sound.IsClean);
        Assert.Equal((2, 5L), (sound.Files, sound.Rows));
        string file = damage == "manifest" ? Path.Combine(Store, "manifest") : Directory.GetFiles(Path.Combine(Store, "data"), "*.segment").Single();
        byte[] bytes = File.ReadAllBytes(file);
        if (damage == "gone") File.Delete(file);
        else if (damage == "short") Replace(file, bytes[..^1]);
        else Replace(file, [.. bytes[..20], (byte)~bytes[20], .. bytes[21..]]);
        VecStore.Damage found = Assert.Single(store.VerifyHeaders().Damages);
        Assert.Equal(file, found.File);
        Replace(file, bytes);
        Assert.True(store.VerifyHeaders().IsClean);
    }

    // Another file in its place, so that what is mapped stays.
    private static void Replace(string file, byte[] bytes)
    {
        File.WriteAllBytes(file + ".other", bytes);
        File.Move(file + ".other", file, overwrite: true);
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string name = instrument.Name;
        bool ours = false;
        foreach ((string tag, object? text) in tags)
        {
            if (tag == "vecstore.store") ours = text is "observed.vecstore";
            if (tag is "vecstore.kind" or "vecstore.method") name += " " + text;
        }

        if (ours) _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
