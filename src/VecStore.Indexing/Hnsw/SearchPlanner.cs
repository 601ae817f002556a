namespace VecStore.Indexing;

/// <summary>How a search goes about it.</summary>
/// <param name="Kind">Scan or graph.</param>
/// <param name="Ef">Width of the walk; candidates that a code scan keeps.</param>
/// <param name="Wanted">Rows that may be returned which the walk should meet, or the scan keep.</param>
/// <param name="AllowedOnly">The walk steps on allowed nodes only, over the others.</param>
internal readonly record struct Plan(SearchPlan Kind, int Ef = 0, int Wanted = 0, bool AllowedOnly = false);

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

    private const double FilterWidening = 0.7;

    /// <summary>When less than this share is allowed, too few of a node's neighbours and their neighbours are.</summary>
    private const double LeastShareToWalk = 0.03;

    public static Plan Choose(HnswGraph graph, nint strideBytes, int live, int k, in HnswSearchOptions options)
    {
        int n = graph.Count;
        if (options.Plan == SearchPlan.ExactScan || live <= k || (options.Plan == null && n < SmallGraph)) return new(SearchPlan.ExactScan);
        int kept = Math.Min(live, Math.Max(4 * k, 64));
        if (options.Plan == SearchPlan.CodeScan) return new(SearchPlan.CodeScan, kept, kept);

        bool codes = options.Traversal == Traversal.Codes;
        int wanted = Math.Max(k, options.Ef);
        bool reaches = true;
        if (options.Ef == 0)
        {
            (int ef, reaches) = EfFor(graph, options.TargetRecall);
            wanted = Math.Max(ef, 2 * k);
        }

        double share = (double)live / n, visit = codes ? 35 + (0.07 * graph.RecordBytes) : 45 + (0.09 * strideBytes);
        double exactRow = live == n ? 3 + (0.05 * strideBytes) : 15 + (0.05 * strideBytes);
        double exact = live * exactRow;
        double codeScan = codes ? (kept * (40 + (0.06 * strideBytes))) + (live == n ? n * (3 + (0.035 * graph.RecordBytes)) : Translation(n, live) + (live * (6 + (0.05 * graph.RecordBytes)))) : double.MaxValue;

        // The k nearest allowed rows are among the k / share nearest; finding those takes less than that much more width.
        int wide = (int)Math.Min(n, live == n ? wanted : Math.Max(wanted * Math.Pow(share, -FilterWidening), 1.5 * k / share));
        double walkAll = Visited(graph, wide) * visit;
        int allowedEf = Math.Min(live, wanted);
        double walkAllowed = share is < LeastShareToWalk or 1 ? double.MaxValue : Translation(n, live) + (Visited(graph, allowedEf) * (visit + 15) * 1.3);

        Plan graphPlan = walkAll <= walkAllowed ? new(SearchPlan.Graph, wide, (int)(wide * share)) : new(SearchPlan.Graph, allowedEf, allowedEf, AllowedOnly: true);
        if (options.Plan == SearchPlan.Graph && (share >= LeastShareToWalk || !codes)) return graphPlan;
        double walk = Math.Min(walkAll, walkAllowed) * (reaches ? 1 : ScanPatience), scan = Math.Min(exact, codeScan);
        if (options.Ef > 0 && live == n) return graphPlan;
        if (walk <= scan && options.Plan == null) return graphPlan;
        return exact <= codeScan && options.Plan == null ? new(SearchPlan.ExactScan) : new(SearchPlan.CodeScan, kept, kept);
    }

    /// <summary>The least ef at which held-out rows found their share of true neighbours, between two probes by the logarithm of ef.</summary>
    internal static (int Ef, bool Reaches) EfFor(HnswGraph graph, float recall)
    {
        ReadOnlySpan<ProbeStep> probe = graph.Probe;
        if (probe.IsEmpty) return (UnprobedEf, true);
        for (int i = 0; i < probe.Length; i++)
        {
            if (probe[i].Recall < recall) continue;
            if (i == 0) return (probe[0].Ef, true);
            double part = (recall - probe[i - 1].Recall) / (probe[i].Recall - probe[i - 1].Recall);
            return ((int)Math.Ceiling(probe[i - 1].Ef * Math.Pow((double)probe[i].Ef / probe[i - 1].Ef, part)), true);
        }
        return (probe[^1].Ef, false);
    }

    private static double Translation(int n, int live) => (n / 64.0) + (1.5 * live);

    /// <summary>Nodes that a walk of that width scores.</summary>
    private static double Visited(HnswGraph graph, int ef)
    {
        ReadOnlySpan<ProbeStep> probe = graph.Probe;
        if (probe.IsEmpty) return Math.Min(graph.Count, 25.0 * ef);
        int i = 0;
        while (i < probe.Length - 1 && probe[i].Ef < ef) i++;
        return Math.Min(graph.Count, probe[i].Visited * Math.Pow((double)ef / probe[i].Ef, 0.85));
    }
}
