using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace VecStore;

/// <summary>The instruments of the process.</summary>
internal static class Instruments
{
    public static readonly ActivitySource Source = new(VecStoreDiagnostics.ActivitySourceName);
    public static readonly Counter<long> Searches, RowsVisited, Commits, CommittedOperations, Segments, BytesWritten;
    public static readonly Histogram<double> SearchDuration, CommitDuration, SegmentDuration;
    private static readonly Meter Meter = new(VecStoreDiagnostics.MeterName);

    static Instruments()
    {
        Searches = Meter.CreateCounter<long>(VecStoreDiagnostics.Searches, "{search}", "Searches answered.");
        RowsVisited = Meter.CreateCounter<long>(VecStoreDiagnostics.RowsVisited, "{row}", "Rows whose distance to a query was computed.");
        SearchDuration = Meter.CreateHistogram<double>(VecStoreDiagnostics.SearchDuration, "s", "Time of a search.");
        Commits = Meter.CreateCounter<long>(VecStoreDiagnostics.Commits, "{commit}", "Batches committed.");
        CommittedOperations = Meter.CreateCounter<long>(VecStoreDiagnostics.CommittedOperations, "{operation}", "Upserts and deletes committed.");
        CommitDuration = Meter.CreateHistogram<double>(VecStoreDiagnostics.CommitDuration, "s", "Time of a commit.");
        Segments = Meter.CreateCounter<long>(VecStoreDiagnostics.Segments, "{segment}", "Segments written.");
        SegmentDuration = Meter.CreateHistogram<double>(VecStoreDiagnostics.SegmentDuration, "s", "Time of a seal, a merge or the publishing of a load.");
        BytesWritten = Meter.CreateCounter<long>(VecStoreDiagnostics.BytesWritten, "By", "Bytes written.");
    }
}
