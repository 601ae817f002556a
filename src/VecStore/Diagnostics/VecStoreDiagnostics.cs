using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VecStore;

/// <summary>
/// The names under which VecStore can be observed: one <see cref="Meter"/> and one <see cref="ActivitySource"/> for all stores of the process. Nothing is measured while
/// nobody listens. With OpenTelemetry: <c>AddMeter(VecStoreDiagnostics.MeterName)</c> and <c>AddSource(VecStoreDiagnostics.ActivitySourceName)</c>.
/// Every measurement carries the tags <c>vecstore.store</c> (the name of the folder) and <c>vecstore.collection</c>.
/// </summary>
public static class VecStoreDiagnostics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "VecStore";

    /// <summary>
    /// The name of the source of activities: <c>vecstore.search</c>, <c>vecstore.commit</c>, <c>vecstore.seal</c>, <c>vecstore.merge</c>, <c>vecstore.load</c>;
    /// one that failed has the status Error.
    /// </summary>
    public const string ActivitySourceName = "VecStore";

    /// <summary>Counter: searches answered, each query of a batch one; tag <c>vecstore.method</c> is <c>exact</c> or <c>approximate</c>.</summary>
    public const string Searches = "vecstore.searches";

    /// <summary>Histogram, seconds: the time of a search, of a batch as a whole.</summary>
    public const string SearchDuration = "vecstore.search.duration";

    /// <summary>Counter, rows: rows whose distance to a query was computed.</summary>
    public const string RowsVisited = "vecstore.search.rows_visited";

    /// <summary>Counter: batches committed.</summary>
    public const string Commits = "vecstore.commits";

    /// <summary>Counter: upserts and deletes in the batches committed.</summary>
    public const string CommittedOperations = "vecstore.commit.operations";

    /// <summary>Histogram, seconds: the time of a commit, the wait for the disk included.</summary>
    public const string CommitDuration = "vecstore.commit.duration";

    /// <summary>Counter: segments written; tag <c>vecstore.kind</c> is <c>seal</c>, <c>merge</c> or <c>load</c>.</summary>
    public const string Segments = "vecstore.segments";

    /// <summary>Histogram, seconds: the time of a seal, a merge or the publishing of a load, the graph included; tag <c>vecstore.kind</c>.</summary>
    public const string SegmentDuration = "vecstore.segment.duration";

    /// <summary>Counter, bytes: what was written; tag <c>vecstore.kind</c> is <c>log</c>, <c>seal</c>, <c>merge</c> or <c>load</c>.</summary>
    public const string BytesWritten = "vecstore.bytes_written";
}
