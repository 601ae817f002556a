namespace VecStore.Indexing;

/// <summary>How an exact search runs.</summary>
public readonly record struct ExactOptions
{
    /// <summary>Threads to use; 1 unless said otherwise, 0 for one per processor.</summary>
    public int Threads { get; init; }
}
