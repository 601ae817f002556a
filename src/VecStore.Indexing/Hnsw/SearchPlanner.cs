namespace VecStore.Indexing;

/// <summary>How a search goes about it.</summary>
/// <param name="Kind">Scan or graph.</param>
/// <param name="Ef">Width of the walk; candidates that a code scan keeps.</param>
/// <param name="Wanted">Rows that may be returned which a walk of that width should keep.</param>
internal readonly record struct Plan(SearchPlan Kind, int Ef = 0, int Wanted = 0);

/// <summary>
/// Chooses between the graph and a scan, and the ef, by what the probe of the build measured and what a step costs. The costs are
/// nanoseconds as measured on x86-64 servers; only their ratios matter, and a wrong one costs time, never an answer.
/// </summary>
internal static class SearchPlanner
{
    /// <summary>The ef when a graph is too small to have been probed.</summary>
    private const int UnprobedEf = 64;

    /// <summary>Graphs below this many rows are scanned.</summary>
    private const int SmallGraph = 512;

    /// <summary>A graph that misses the target at the widest ef of its probe is still walked when a scan would cost this many times as much.</summary>
    private const double ScanPatience = 4;

    /// <summary>A scan of codes finds all, and mostly proves it: signs must take less than this share of its time to be worth the few rows they miss.</summary>
    private const double SignsWorth = 0.5;

    /// <summary>When less than this share may be returned, a scan of their codes is as good and better than a walk that was asked for.</summary>
    private const double LeastShareToWalk = 0.03;

    public static Plan Choose(HnswGraph graph, nint strideBytes, int live, int k, in HnswSearchOptions options)
    {
        int n = graph.Count;
        if (options.Plan == SearchPlan.ExactScan || live <= k || (options.Plan == null && n < SmallGraph)) return new(SearchPlan.ExactScan);
        Plan scan = Scan(graph, live, k, options);
        if (options.Plan is SearchPlan.CodeScan or SearchPlan.SignScan) return scan;

        // The k nearest rows that may be returned are among the k / share nearest of all: so deep must the walk be good.
        double share = (double)live / n, depth = k / share;
        (int ef, bool reaches) = options.Ef > 0 ? ((int)Math.Min(n, Math.Max(k, options.Ef) + (depth - k)), true) : EfFor(graph, options.TargetRecall, depth);
        var walk = new Plan(SearchPlan.Graph, ef, (int)(ef * share));
        bool codes = options.Traversal == Traversal.Codes;
        if (options.Ef > 0 && live == n) return walk;
        if (options.Plan == SearchPlan.Graph) return share >= LeastShareToWalk || !codes ? walk : scan;

        double walkCost = Visited(graph, ef) * (codes ? 35 + (0.07 * graph.RecordBytes) : 45 + (0.09 * strideBytes)) * (reaches ? 1 : ScanPatience);
        double exactCost = live * ((live == n ? 3 : 15) + (0.05 * strideBytes));
        double scanCost = !codes ? double.MaxValue : (scan.Ef * (40 + (0.06 * strideBytes))) + (scan.Kind == SearchPlan.SignScan ? SignCost(graph, live, k, options.TargetRecall) : CodeCost(graph, live));
        if (walkCost <= Math.Min(exactCost, scanCost)) return walk;
        return exactCost <= scanCost ? new(SearchPlan.ExactScan) : scan;
    }

    /// <summary>The scan of the signs, or of the codes, of all rows that may be returned.</summary>
    public static Plan Scan(HnswGraph graph, int live, int k, in HnswSearchOptions options)
    {
        Plan codeScan = CodeScan(live, k);
        if (graph.SignSection == null || options.Plan == SearchPlan.CodeScan) return codeScan;
        return options.Plan == SearchPlan.SignScan || SignCost(graph, live, k, options.TargetRecall) < SignsWorth * CodeCost(graph, live) ? codeScan with { Kind = SearchPlan.SignScan } : codeScan;
    }

    private static double CodeCost(HnswGraph graph, int live) =>
        live == graph.Count ? live * (3 + (0.035 * graph.RecordBytes)) : (graph.Count / 64.0) + (live * (8 + (0.045 * graph.RecordBytes)));

    /// <summary>What the signs leave to be looked at was measured among some thousand rows; it grows about with the square root of the rows.</summary>
    private static unsafe double SignCost(HnswGraph graph, int live, int k, float recall)
    {
        double looked = SignTable.For(graph.SignSection!.Base, recall).Share * Math.Sqrt((double)live * Math.Min(live, SignTable.Sampled)) * Math.Max(1, k / 10.0);
        return 10_000 + (graph.Count / 64.0) + (live * (3 + (0.08 * SignTable.Stride(graph.Dimension)))) + (Math.Min(live, looked) * (8 + (0.06 * graph.RecordBytes)));
    }

    /// <summary>The scan of the codes of all rows that may be returned.</summary>
    public static Plan CodeScan(int live, int k)
    {
        int kept = Math.Min(live, Math.Max(4 * k, 64));
        return new(SearchPlan.CodeScan, kept, kept);
    }

    /// <summary>The least ef at which held-out rows found their share of true neighbours of that depth, between two probes by the logarithm of ef.</summary>
    internal static (int Ef, bool Reaches) EfFor(HnswGraph graph, double recall, double depth)
    {
        ReadOnlySpan<ProbeStep> probe = graph.Probe;
        int least = (int)Math.Min(graph.LinkedNodes, 1.2 * depth);
        if (probe.IsEmpty) return ((int)Math.Min(graph.LinkedNodes, UnprobedEf + Math.Max(0, 1.5 * (depth - 10))), true);
        for (int i = 0; i < probe.Length; i++)
        {
            double here = probe[i].RecallAt(depth);
            if (here < recall) continue;
            if (i == 0) return (Math.Max(least, probe[0].Ef), true);
            double before = probe[i - 1].RecallAt(depth), part = (recall - before) / (here - before);
            return (Math.Max(least, (int)Math.Ceiling(probe[i - 1].Ef * Math.Pow((double)probe[i].Ef / probe[i - 1].Ef, part))), true);
        }
        return (Math.Max(least, probe[^1].Ef), false);
    }

    /// <summary>Nodes that a walk of that width scores.</summary>
    private static double Visited(HnswGraph graph, int ef)
    {
        ReadOnlySpan<ProbeStep> probe = graph.Probe;
        if (probe.IsEmpty) return Math.Min(graph.LinkedNodes, 25.0 * ef);
        int i = 0;
        while (i < probe.Length - 1 && probe[i].Ef < ef) i++;
        return Math.Min(graph.LinkedNodes, probe[i].Visited * Math.Pow((double)ef / probe[i].Ef, 0.85));
    }
}
