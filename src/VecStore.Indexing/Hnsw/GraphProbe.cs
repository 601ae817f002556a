namespace VecStore.Indexing;

/// <summary>The efs at which a graph is tried out before its last nodes go in.</summary>
internal static class GraphProbe
{
    public const int Steps = 7;

    /// <summary>The efs.</summary>
    public static ReadOnlySpan<int> Efs => [16, 32, 64, 128, 256, 512, 1024];
}
