namespace VecStore.Indexing;

/// <summary>The order in which nodes lie in the file: near ones near each other, so that a walk touches few pages.</summary>
internal static unsafe class NodeOrder
{
    /// <summary>Nodes of level 0 in breadth-first order from node 0; nodes that no link leads to come last.</summary>
    public static uint[] BreadthFirst(BuildLevel level)
    {
        var order = new uint[level.Nodes];
        var seen = new bool[level.Nodes];
        int head = 0, tail = 0;
        for (int start = 0; start < level.Nodes; start++)
        {
            if (seen[start]) continue;
            seen[start] = true;
            order[tail++] = (uint)start;
            while (head < tail)
            {
                uint* links = level.LinksOf(order[head++]);
                for (int i = 0; i < level.Slots && links[i] != GraphLayout.NoNode; i++)
                {
                    if (seen[links[i]]) continue;
                    seen[links[i]] = true;
                    order[tail++] = links[i];
                }
            }
        }
        return order;
    }
}
