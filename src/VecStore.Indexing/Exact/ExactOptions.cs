namespace VecStore.Indexing;

/// <summary>How an exact search runs.</summary>
public readonly record struct ExactOptions
{
    /// <summary>Threads to use; 0 and 1 both mean the calling thread alone.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// The graph of the same rows, or null. With it rows are read only where their code leaves it open whether they are among the nearest: the answer is the same, score for
    /// score, and a fraction of the bytes is read.
    /// </summary>
    public HnswGraph? Graph { get; init; }

    internal int ThreadCount => Math.Max(1, Threads);
}
