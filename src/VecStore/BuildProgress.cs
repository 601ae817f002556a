namespace VecStore;

/// <summary>How far a long operation (publishing a bulk load, compacting, building a graph) has come.</summary>
/// <param name="Stage">What it does: "copy" or "graph".</param>
/// <param name="Done">Rows done.</param>
/// <param name="Total">Rows in all.</param>
public readonly record struct BuildProgress(string Stage, long Done, long Total)
{
    /// <summary>A receiver for the graph's builder, which counts rows.</summary>
    internal static IProgress<int>? OfGraph(IProgress<BuildProgress>? progress, int rows) => progress is null ? null : new GraphProgress(progress, rows);

    private sealed class GraphProgress(IProgress<BuildProgress> progress, int rows) : IProgress<int>
    {
        public void Report(int value) => progress.Report(new BuildProgress("graph", value, rows));
    }
}
