namespace VecStore.Indexing;

/// <summary>What distances are computed on.</summary>
public enum Traversal : byte
{
    /// <summary>int8 codes kept beside the graph; the best are then scored again on the full rows. Several times faster and nearly as exact.</summary>
    Codes = 1,

    /// <summary>The full rows.</summary>
    Rows = 2,
}

/// <summary>How a graph is built. The graph's bytes follow from these, the rows and nothing else: not from the number of threads.</summary>
public sealed record HnswOptions
{
    /// <summary>Neighbours a new node chooses at each level, 2 to 128; level 0 holds up to twice as many.</summary>
    public int M { get; init; } = 16;

    /// <summary>Width of the search that finds a new node's neighbours, up to 4096.</summary>
    public int EfConstruction { get; init; } = 200;

    /// <summary>Draws levels and the order of insertion.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads to build with; 0 means one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>Distances to build with.</summary>
    public Traversal Traversal { get; init; } = Traversal.Codes;

    internal int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(M, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(M, 128);
        ArgumentOutOfRangeException.ThrowIfLessThan(EfConstruction, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EfConstruction, 4096);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
    }
}
