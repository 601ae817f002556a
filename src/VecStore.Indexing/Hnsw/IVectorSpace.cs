namespace VecStore.Indexing;

/// <summary>
/// How a walk compares: a query held in a scratch buffer with nodes of the graph. Scores are higher when nearer and symmetric between nodes.
/// Structs only: the walk is compiled once for each space.
/// </summary>
internal unsafe interface IVectorSpace
{
    /// <summary>Bytes of a query buffer, a multiple of 64.</summary>
    int QueryBytes { get; }

    /// <summary>How many nodes of a list to prefetch before scoring them; the kernel asks for the rest as it goes.</summary>
    int NodesAhead { get; }

    /// <summary>Makes a node the query.</summary>
    void LoadNode(uint node, byte* query);

    /// <summary>Starts loading what <see cref="Score"/> will read of a node.</summary>
    void Prefetch(uint node);

    /// <summary>Scores nodes against the query.</summary>
    void Score(byte* query, uint* nodes, int count, float* scores);
}

/// <summary>The neighbour lists of one level.</summary>
internal unsafe interface INeighborLists
{
    /// <summary>Slots of a list; a list ends before its first <see cref="GraphLayout.NoNode"/> or after this many.</summary>
    int Slots { get; }

    /// <summary>A node's list.</summary>
    uint* Of(uint node);

    /// <summary>Starts loading a node's list.</summary>
    void Prefetch(uint node);
}
