namespace VecStore.Indexing;

/// <summary>How an exact search runs.</summary>
public readonly record struct ExactOptions
{
    /// <summary>Threads to use; 0 and 1 both mean the calling thread alone.</summary>
    public int Threads { get; init; }

    internal int ThreadCount => Math.Max(1, Threads);
}
