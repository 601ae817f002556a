using System.Runtime.CompilerServices;

namespace VecStore.Indexing;

/// <summary>The two walks of the paper: greedy descent (ef = 1) and best first search (algorithm 2), one loop for building and for searching.</summary>
internal static unsafe class GraphWalk
{
    /// <summary>Walks one level towards the query until no neighbour is nearer. <paramref name="nodeOf"/> maps the level's ordinals to nodes; null when they are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Descend<TSpace, TLists>(TSpace space, TLists lists, uint* nodeOf, SearchScratch scratch, ref uint at, ref float score)
        where TSpace : struct, IVectorSpace
        where TLists : struct, INeighborLists
    {
        uint* picks = scratch.Picks;
        float* scores = scratch.Scores;
        for (bool moved = true; moved;)
        {
            moved = false;
            uint* list = lists.Of(at);
            int count = 0;
            while (count < lists.Slots && list[count] != GraphLayout.NoNode)
            {
                picks[count] = nodeOf == null ? list[count] : nodeOf[list[count]];
                space.Prefetch(picks[count++]);
            }
            space.Score(scratch.Query, picks, count, scores);
            scratch.Scored += count;
            scratch.Expanded++;
            for (int i = 0; i < count; i++)
            {
                if (!(scores[i] > score)) continue;
                score = scores[i];
                at = list[i];
                moved = true;
            }
        }
    }

    /// <summary>Best first search of one level from one node, and from others beside it; the pool then holds the ef nearest that were met, best first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Search<TSpace, TLists>(TSpace space, TLists lists, SearchScratch scratch, uint start, float startScore, int ef, ReadOnlySpan<uint> others = default)
        where TSpace : struct, IVectorSpace
        where TLists : struct, INeighborLists
    {
        CandidatePool pool = scratch.Pool;
        pool.Begin(ef);
        byte tag = scratch.Visited.Begin();
        byte* tags = scratch.Visited.Tags;
        uint* picks = scratch.Picks;
        float* scores = scratch.Scores;
        byte* query = scratch.Query;
        int slots = lists.Slots, ahead = space.NodesAhead;
        long scored = 0, expanded = 0;
        pool.Insert(CandidatePool.Key(startScore, start));
        tags[start] = tag;
        if (!others.IsEmpty)
        {
            int count = 0;
            foreach (uint other in others)
            {
                picks[count] = other;
                count += tags[other] != tag ? 1 : 0;
                tags[other] = tag;
            }
            Take(space, scratch, count);
            scored += count;
        }
        while (pool.TryTakeNext(out uint node))
        {
            uint* list = lists.Of(node);
            int count = 0;
            for (int i = 0; i < slots; i++)
            {
                uint neighbor = list[i];
                if (neighbor == GraphLayout.NoNode) break;
                // Without a branch: half of the neighbours have been seen, and which ones cannot be predicted.
                picks[count] = neighbor;
                count += tags[neighbor] != tag ? 1 : 0;
                tags[neighbor] = tag;
            }
            lists.Prefetch(pool.PeekNext());
            for (int i = 0; i < Math.Min(count, ahead); i++) space.Prefetch(picks[i]);
            space.Score(query, picks, count, scores);
            scored += count;
            expanded++;
            for (int i = 0; i < count; i++)
            {
                ulong key = CandidatePool.Key(scores[i], picks[i]);
                if (key < pool.Limit) pool.Insert(key);
            }
        }
        scratch.Scored += scored;
        scratch.Expanded += expanded;
    }

    private static void Take<TSpace>(TSpace space, SearchScratch scratch, int count) where TSpace : struct, IVectorSpace
    {
        CandidatePool pool = scratch.Pool;
        space.Score(scratch.Query, scratch.Picks, count, scratch.Scores);
        for (int i = 0; i < count; i++)
        {
            ulong key = CandidatePool.Key(scratch.Scores[i], scratch.Picks[i]);
            if (key < pool.Limit) pool.Insert(key);
        }
    }
}
