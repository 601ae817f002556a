using VecStore.Indexing;

namespace VecStore;

/// <summary>How a search finds its rows.</summary>
public enum SearchMethod
{
    /// <summary>The planner chooses between graph and scan, segment by segment.</summary>
    Auto = 0,

    /// <summary>Every row is compared: the answer is exact.</summary>
    Exact = 1,

    /// <summary>Through the HNSW graph wherever a segment has one.</summary>
    Approximate = 2,
}

/// <summary>What a search may be told beside its query. The defaults are the good ones.</summary>
public sealed record SearchOptions
{
    /// <summary>The defaults: planner's choice, no filter.</summary>
    public static SearchOptions Default { get; } = new();

    /// <summary>Exact search, no filter.</summary>
    public static SearchOptions Exact { get; } = new() { Method = SearchMethod.Exact };

    /// <summary>Graph or scan.</summary>
    public SearchMethod Method { get; init; } = SearchMethod.Auto;

    /// <summary>
    /// The graph's <c>ef</c> (Malkov and Yashunin, algorithm 5): how many candidates the walk keeps. Higher finds more and takes longer;
    /// 0 lets the graph choose the least that reaches <see cref="TargetRecall"/>.
    /// </summary>
    public int Effort { get; init; }

    /// <summary>The recall@10 that the graph's own choice of effort aims at, above 0 and below 1.</summary>
    public float TargetRecall { get; init; } = 0.97f;

    /// <summary>What the walk through the graph computes on; scores of answers are always computed on the stored vectors.</summary>
    public Traversal Traversal { get; init; } = Traversal.Codes;

    /// <summary>Only rows that pass; null for all.</summary>
    public Filter? Filter { get; init; }

    /// <summary>Threads an exact search may use for one query; 1 unless said otherwise.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Only rows with at least this score; all unless said otherwise.</summary>
    public float MinScore { get; init; } = float.NegativeInfinity;
}
