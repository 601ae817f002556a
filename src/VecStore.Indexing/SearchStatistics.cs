namespace VecStore.Indexing;

/// <summary>How an answer was found.</summary>
public enum SearchPlan : byte
{
    /// <summary>Every row that may be returned was scored in full: the answer is exact.</summary>
    ExactScan = 1,

    /// <summary>Every row that may be returned was scored by its int8 code and the best were scored in full.</summary>
    CodeScan = 2,

    /// <summary>The graph was walked.</summary>
    Graph = 3,

    /// <summary>
    /// Every row that may be returned was scored by the signs of its elements, those that may be near enough by their int8 codes, and the best in full.
    /// A graph without signs (small ones, data that they tell little of, files of earlier versions) is searched by <see cref="CodeScan"/> instead.
    /// </summary>
    SignScan = 4,
}

/// <summary>Why an answer holds fewer rows than were asked for.</summary>
public enum ShortReason : byte
{
    /// <summary>It does not: k rows were found.</summary>
    None = 0,

    /// <summary>Fewer than k rows are live and pass the filter; all of them are in the answer.</summary>
    FewerRowsThanAsked = 1,
}

/// <summary>What a search did. Returned with every answer, so that nobody takes an approximate answer for an exact one.</summary>
public struct SearchStatistics
{
    /// <summary>How the answer was found.</summary>
    public SearchPlan Plan;

    /// <summary>True when the answer is certain to hold the k nearest rows.</summary>
    public readonly bool IsExact => Plan == SearchPlan.ExactScan;

    /// <summary>Why fewer than k rows were found.</summary>
    public ShortReason Short;

    /// <summary>Rows that were scored at least once, by code or in full.</summary>
    public long RowsVisited;

    /// <summary>Rows that were scored on their full vectors.</summary>
    public long RowsRescored;

    /// <summary>Nodes whose neighbours were looked at; 0 without a graph.</summary>
    public long NodesExpanded;

    /// <summary>The ef of the graph walk; 0 without a graph.</summary>
    public int Ef;

    /// <summary>Adds the counts of another segment's search; the answer is exact only if both are.</summary>
    public void Add(in SearchStatistics other)
    {
        if (other.Plan > Plan) Plan = other.Plan;
        RowsVisited += other.RowsVisited;
        RowsRescored += other.RowsRescored;
        NodesExpanded += other.NodesExpanded;
        Ef = Math.Max(Ef, other.Ef);
    }
}
