namespace VecStore.Indexing;

/// <summary>From the entry down to level 0 of a mapped graph; the choice between verified and unverified bytes is made once for a search.</summary>
internal static unsafe class MappedWalk
{
    public static void Trusted<TSpace>(TSpace space, HnswGraph graph, SearchScratch scratch, int ef) where TSpace : struct, IVectorSpace
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
        GraphWalk.Search(space, new TrustedLists((uint*)graph.LinkSection.Base, 2 * graph.M), scratch, node, score, ef, graph.Copies is { } copies ? copies.Heaviest : default);
    }

    public static void Checked<TSpace>(TSpace space, HnswGraph graph, SearchScratch scratch, int ef) where TSpace : struct, IVectorSpace
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
        GraphWalk.Search(space, new CheckedLists(graph.LinkSection, 0, 2 * graph.M, graph.LinkedNodes), scratch, node, score, ef, graph.Copies is { } copies ? copies.Heaviest : default);
    }

    private static float Enter<TSpace>(TSpace space, SearchScratch scratch, uint node) where TSpace : struct, IVectorSpace
    {
        space.Score(scratch.Query, &node, 1, scratch.Scores);
        scratch.Scored++;
        return scratch.Scores[0];
    }
}
