namespace VecStore.Indexing;

/// <summary>
/// Levels and order of insertion, drawn from a hash of (seed, row). Nodes of higher levels come first, so that the nodes of a level are
/// a prefix and node 0 is the entry; within a level the order is random, so that sorted input builds as good a graph as shuffled.
/// </summary>
internal sealed class InsertionOrder
{
    private const int MaxLevels = 16;

    public InsertionOrder(ReadOnlySpan<int> rows, int m, ulong seed)
    {
        RowOf = rows.ToArray();
        var hashes = new ulong[rows.Length];
        for (int i = 0; i < hashes.Length; i++) hashes[i] = Mix(seed + Mix((ulong)rows[i]));
        // A smaller hash is a higher level: P(level >= l) = M^-l.
        Array.Sort(hashes, RowOf);
        var counts = new List<int> { rows.Length };
        ulong threshold = ulong.MaxValue;
        while (counts.Count < MaxLevels)
        {
            threshold /= (ulong)m;
            int at = Array.BinarySearch(hashes, threshold);
            int above = at < 0 ? ~at : at;
            if (above == 0) break;
            counts.Add(above);
        }
        CountAtLevel = [.. counts];
    }

    /// <summary>Row of each node.</summary>
    public int[] RowOf { get; }

    /// <summary>How many nodes have at least this level; they are the first ones.</summary>
    public int[] CountAtLevel { get; }

    /// <summary>splitmix64.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
