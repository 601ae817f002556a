namespace VecStore.Indexing;

/// <summary>
/// Pruning can take away the last link to a node (near duplicates suffer most). After the build each node that no walk could reach gets a link
/// from the nearest reached node with a free slot.
/// </summary>
internal static unsafe class Reachability
{
    private const int SearchEf = 64;

    /// <summary>Makes every node of level 0 reachable from node 0; returns how many links that took.</summary>
    public static int Connect<TSpace>(GraphBuild<TSpace> build, TSpace space) where TSpace : struct, IVectorSpace
    {
        BuildLevel level = build.Levels[0];
        if (level.Nodes == 0) return 0;
        var reached = new bool[level.Nodes];
        var queue = new uint[level.Nodes];
        int added = 0;
        Spread(0);
        SearchScratch scratch = build.Scratch[0];
        for (uint node = 0; node < level.Nodes; node++)
        {
            if (reached[node]) continue;
            space.LoadNode(node, scratch.Query);
            build.SearchBase(scratch, SearchEf);
            Link(node, scratch.Pool);
            added++;
            Spread(node);
        }
        return added;

        void Spread(uint start)
        {
            int head = 0, tail = 0;
            reached[start] = true;
            queue[tail++] = start;
            while (head < tail)
            {
                uint* links = level.LinksOf(queue[head++]);
                for (int i = 0; i < level.Slots && links[i] != GraphLayout.NoNode; i++)
                {
                    if (reached[links[i]]) continue;
                    reached[links[i]] = true;
                    queue[tail++] = links[i];
                }
            }
        }

        void Link(uint node, CandidatePool pool)
        {
            for (int i = 0; i < pool.Count; i++)
            {
                uint near = CandidatePool.NodeOf(pool[i]);
                int count = level.CountOf(near);
                if (near == node || count == level.Slots) continue;
                level.LinksOf(near)[count] = node;
                level.ScoresOf(near)[count] = CandidatePool.ScoreOf(pool[i]);
                return;
            }
            // All full: the nearest gives up its last, farthest link.
            uint nearest = CandidatePool.NodeOf(pool[0]);
            level.LinksOf(nearest)[level.Slots - 1] = node;
        }
    }
}
