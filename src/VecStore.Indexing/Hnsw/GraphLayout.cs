namespace VecStore.Indexing;

/// <summary>Constants of the graph file.</summary>
internal static class GraphLayout
{
    /// <summary>Fills the slots of a neighbour list after its last neighbour.</summary>
    public const uint NoNode = uint.MaxValue;
}
