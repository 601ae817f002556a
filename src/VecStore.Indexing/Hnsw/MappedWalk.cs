namespace VecStore.Indexing;

/// <summary>From the entry down to level 0 of a mapped graph; the choice between verified and unverified bytes is made once for a search.</summary>
internal static unsafe class MappedWalk
{
    /// <summary>Nodes near the query, allowed or not, from which a walk on allowed nodes starts.</summary>
    private const int SeedEf = 8;

    public static void Trusted<TSpace>(TSpace space, HnswGraph graph, SearchScratch scratch, int ef, ulong* allowed) where TSpace : struct, IVectorSpace
    {
        uint* nodeOf = (uint*)graph.UpperSection.Base;
        uint ordinal = 0, node = graph.Levels > 1 ? nodeOf[0] : 0;
        float score = Enter(space, scratch, node);
        for (int level = graph.Levels - 1; level > 0; level--)
        {
            var lists = new TrustedLists((uint*)(graph.UpperSection.Base + graph.Level(level).Offset), graph.M);
            GraphWalk.Descend(space, lists, nodeOf, scratch, ref ordinal, ref score);
        }
        if (graph.Levels > 1) node = nodeOf[ordinal];
        Base(space, new TrustedLists((uint*)graph.LinkSection.Base, 2 * graph.M), scratch, node, score, ef, allowed);
    }

    public static void Checked<TSpace>(TSpace space, HnswGraph graph, SearchScratch scratch, int ef, ulong* allowed) where TSpace : struct, IVectorSpace
    {
        uint node = 0, ordinal = 0;
        if (graph.Levels > 1)
        {
            // Small (some bytes a row) and needed as a whole: verified at once.
            graph.UpperSection.EnsureAll();
            graph.CheckUpperNodes();
            node = ((uint*)graph.UpperSection.Base)[0];
        }
        float score = Enter(space, scratch, node);
        for (int level = graph.Levels - 1; level > 0; level--)
        {
            HnswGraph.UpperLevel upper = graph.Level(level);
            var lists = new CheckedLists(graph.UpperSection, upper.Offset, graph.M, upper.Nodes);
            GraphWalk.Descend(space, lists, (uint*)graph.UpperSection.Base, scratch, ref ordinal, ref score);
        }
        if (graph.Levels > 1) node = ((uint*)graph.UpperSection.Base)[ordinal];
        Base(space, new CheckedLists(graph.LinkSection, 0, 2 * graph.M, graph.Count), scratch, node, score, ef, allowed);
    }

    private static void Base<TSpace, TLists>(TSpace space, TLists lists, SearchScratch scratch, uint node, float score, int ef, ulong* allowed)
        where TSpace : struct, IVectorSpace
        where TLists : struct, INeighborLists
    {
        GraphWalk.Search(space, lists, scratch, node, score, allowed == null ? ef : SeedEf);
        if (allowed != null) GraphWalk.SearchAllowed(space, lists, scratch, allowed, ef);
    }

    private static float Enter<TSpace>(TSpace space, SearchScratch scratch, uint node) where TSpace : struct, IVectorSpace
    {
        space.Score(scratch.Query, &node, 1, scratch.Scores);
        scratch.Scored++;
        return scratch.Scores[0];
    }
}
