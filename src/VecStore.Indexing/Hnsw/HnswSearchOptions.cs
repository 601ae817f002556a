namespace VecStore.Indexing;

/// <summary>How a graph is searched. The default is the recommended setting.</summary>
public readonly record struct HnswSearchOptions
{
    /// <summary>The default.</summary>
    public HnswSearchOptions()
    {
    }

    /// <summary>Width of the walk; 0 lets the graph's own probe choose the least that reaches <see cref="TargetRecall"/>.</summary>
    public int Ef { get; init; }

    /// <summary>The recall@10 that the default ef aims at, above 0 and below 1.</summary>
    public float TargetRecall { get; init; } = 0.97f;

    /// <summary>What the walk computes on. Scores of answers are always computed on the full rows.</summary>
    public Traversal Traversal { get; init; } = Traversal.Codes;

    /// <summary>Forces a plan; null lets the planner choose the cheapest.</summary>
    public SearchPlan? Plan { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Ef);
        if (!(TargetRecall is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(TargetRecall), TargetRecall, "between 0 and 1, both excluded");
    }
}
