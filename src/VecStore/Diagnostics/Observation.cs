using System.Diagnostics;

namespace VecStore;

/// <summary>One search, commit, seal, merge or load while it is observed. Costs a few reads of flags, and allocates nothing, when nobody listens.</summary>
internal ref struct Observation
{
    private readonly VectorCollection _collection;
    private readonly Activity? _activity;
    private readonly long _began;
    private bool _done;

    private Observation(VectorCollection collection, string activity, long began)
    {
        _collection = collection;
        _began = began;
        if (!Instruments.Source.HasListeners() || Instruments.Source.StartActivity(activity) is not { } started) return;
        _activity = started;
        started.SetTag("vecstore.store", collection.Store.Name);
        started.SetTag("vecstore.collection", collection.Name);
    }

    /// <summary>A search begins.</summary>
    public static Observation OfSearch(VectorCollection collection) => new(collection, "vecstore.search", Instruments.SearchDuration.Enabled ? Stopwatch.GetTimestamp() : 0);

    /// <summary>A commit begins.</summary>
    public static Observation OfCommit(VectorCollection collection) => new(collection, "vecstore.commit", Instruments.CommitDuration.Enabled ? Stopwatch.GetTimestamp() : 0);

    /// <summary>The writing of segments begins. It is always timed: the store tells of it.</summary>
    public static Observation OfSegments(VectorCollection collection, StoreEventKind kind) => new(collection, "vecstore." + Word(kind), Stopwatch.GetTimestamp());

    /// <summary>The search was answered.</summary>
    public void Searched(int queries, in SearchReport report)
    {
        _done = true;
        var store = new KeyValuePair<string, object?>("vecstore.store", _collection.Store.Name);
        var collection = new KeyValuePair<string, object?>("vecstore.collection", _collection.Name);
        string method = report.Method == SearchMethod.Exact ? "exact" : "approximate";
        if (Instruments.Searches.Enabled) Instruments.Searches.Add(queries, store, collection, new("vecstore.method", method));
        if (Instruments.RowsVisited.Enabled) Instruments.RowsVisited.Add(report.RowsVisited, store, collection);
        if (_began != 0) Instruments.SearchDuration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, store, collection, new("vecstore.method", method));
        if (_activity is null) return;
        _activity.SetTag("vecstore.method", method);
        _activity.SetTag("vecstore.queries", queries);
        _activity.SetTag("vecstore.requested", report.Requested);
        _activity.SetTag("vecstore.found", report.Found);
        _activity.SetTag("vecstore.rows_visited", report.RowsVisited);
        _activity.SetTag("vecstore.rows_eligible", report.RowsEligible);
    }

    /// <summary>The batch is durable and visible.</summary>
    public void Committed(int operations, long bytes)
    {
        _done = true;
        var store = new KeyValuePair<string, object?>("vecstore.store", _collection.Store.Name);
        var collection = new KeyValuePair<string, object?>("vecstore.collection", _collection.Name);
        if (Instruments.Commits.Enabled) Instruments.Commits.Add(1, store, collection);
        if (Instruments.CommittedOperations.Enabled) Instruments.CommittedOperations.Add(operations, store, collection);
        if (Instruments.BytesWritten.Enabled) Instruments.BytesWritten.Add(bytes, store, collection, new("vecstore.kind", "log"));
        if (_began != 0) Instruments.CommitDuration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, store, collection);
        _activity?.SetTag("vecstore.operations", operations);
        _activity?.SetTag("vecstore.bytes", bytes);
    }

    /// <summary>The segments are published.</summary>
    public void Wrote(StoreEventKind kind, int segments, long rows, long bytes)
    {
        _done = true;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_began);
        var store = new KeyValuePair<string, object?>("vecstore.store", _collection.Store.Name);
        var collection = new KeyValuePair<string, object?>("vecstore.collection", _collection.Name);
        var word = new KeyValuePair<string, object?>("vecstore.kind", Word(kind));
        if (Instruments.Segments.Enabled) Instruments.Segments.Add(segments, store, collection, word);
        if (Instruments.BytesWritten.Enabled) Instruments.BytesWritten.Add(bytes, store, collection, word);
        if (Instruments.SegmentDuration.Enabled) Instruments.SegmentDuration.Record(elapsed.TotalSeconds, store, collection, word);
        _activity?.SetTag("vecstore.rows", rows);
        _activity?.SetTag("vecstore.bytes", bytes);
        _collection.Store.Tell(new StoreEvent(kind, _collection.Name, rows, bytes, elapsed));
    }

    /// <summary>It is over; what was not said to be done has failed.</summary>
    public readonly void Dispose()
    {
        if (_activity is null) return;
        if (!_done) _activity.SetStatus(ActivityStatusCode.Error);
        _activity.Dispose();
    }

    private static string Word(StoreEventKind kind) => kind switch
    {
        StoreEventKind.Sealed => "seal",
        StoreEventKind.Merged => "merge",
        _ => "load",
    };
}
