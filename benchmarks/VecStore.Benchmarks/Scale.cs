namespace VecStore.Benchmarks;

/// <summary>Small for the smoke run, real for measurements.</summary>
public static class Scale
{
    public static bool IsSmoke { get; set; }

    /// <summary>Dimensions of word vectors and of sentence embeddings.</summary>
    public static int[] Dimensions => IsSmoke ? [100] : [100, 768];

    /// <summary>More than the caches hold.</summary>
    public static int MemoryBytes => IsSmoke ? 1 << 20 : 256 << 20;
}
