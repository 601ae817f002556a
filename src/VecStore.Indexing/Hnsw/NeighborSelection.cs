namespace VecStore.Indexing;

/// <summary>Paper, algorithm 4: of candidates in order of nearness keep one only if it is nearer to us than to every one kept so far.</summary>
internal static unsafe class NeighborSelection
{
    private const int MostTies = 3;

    /// <summary>
    /// Chooses up to <paramref name="room"/> of the candidates (nearest first) into <paramref name="kept"/>; returns how many.
    /// Of candidates that are as near to a kept one as to us only a few are kept: near duplicates shall find each other, but not fill a list.
    /// </summary>
    public static int Select<TSpace>(TSpace space, uint* nodes, float* nodeScores, int count, int room, uint* kept, float* keptScores, byte* query)
        where TSpace : struct, IVectorSpace
    {
        float* between = stackalloc float[8];
        int chosen = 0, ties = 0;
        for (int i = 0; i < count && chosen < room; i++)
        {
            uint node = nodes[i];
            float score = nodeScores[i];
            bool diverse = true, tied = false;
            if (chosen > 0)
            {
                space.LoadNode(node, query);
                for (int j = 0; j < chosen && diverse; j += 4)
                {
                    int some = Math.Min(4, chosen - j);
                    space.Score(query, kept + j, some, between);
                    for (int s = 0; s < some; s++)
                    {
                        diverse &= between[s] <= score;
                        tied |= between[s] == score;
                    }
                }
            }
            if (!diverse || (tied && ++ties > MostTies)) continue;
            kept[chosen] = node;
            keptScores[chosen++] = score;
        }
        return chosen;
    }
}
