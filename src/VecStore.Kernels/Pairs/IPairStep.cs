namespace VecStore.Kernels;

/// <summary>What a kernel adds to the sum of a pair for one register of query elements x and row elements y.</summary>
internal interface IPairStep
{
    /// <summary>True when rows have a scale of their own.</summary>
    static abstract bool HasScale { get; }

    static abstract V Add<L, V>(V sum, V x, V y, V scale) where L : struct, ILanes<V> where V : struct;
}
