namespace VecStore.Indexing;

/// <summary>Chooses between the graph and a scan, and the ef, from what the probe of the build measured.</summary>
internal static class SearchPlanner
{
    /// <summary>The ef when a graph is too small to have been probed.</summary>
    private const int DefaultEf = 64;

    /// <summary>A plan.</summary>
    /// <param name="Kind">Scan or graph.</param>
    /// <param name="Ef">Width of the walk.</param>
    /// <param name="Wanted">Rows that may be returned which a walk of that width should meet.</param>
    public readonly record struct Plan(SearchPlan Kind, int Ef, int Wanted);

    public static Plan Choose(HnswGraph graph, int live, int k, in HnswSearchOptions options)
    {
        int wanted = Math.Max(k, options.Ef > 0 ? options.Ef : DefaultEf);
        if (options.Plan == SearchPlan.ExactScan || live <= k || graph.Count < 256) return new(SearchPlan.ExactScan, 0, 0);
        double share = (double)live / graph.Count;
        int ef = (int)Math.Min(graph.Count, wanted / share);
        if (options.Plan == null && ef * 30L > live) return new(SearchPlan.ExactScan, 0, 0);
        return new(SearchPlan.Graph, ef, wanted);
    }
}
