using System.Numerics;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// Nodes without links: each stands for a row that is equal to that of a linked node. All copies of one node lie one after the other, in
/// the order of their rows. Read and checked as a whole, once; a bit and a count for each 64 linked nodes lead to a node's copies.
/// </summary>
internal sealed unsafe class GraphCopies
{
    private const int MostHeavy = 32;
    private readonly CopyEntry* _entries;
    private readonly int _count, _linked, _nodes;
    private readonly ulong[] _hasCopies;
    private readonly int[] _entriesBefore;
    private readonly uint[] _heaviest;

    public GraphCopies(MappedSection section, int linked, int nodes)
    {
        section.EnsureAll();
        _entries = (CopyEntry*)section.Base;
        _count = (int)(section.Length / sizeof(CopyEntry));
        _linked = linked;
        _nodes = nodes;
        _hasCopies = new ulong[(linked + 63) / 64];
        _entriesBefore = new int[_hasCopies.Length];
        for (int i = 0; i < _count; i++)
        {
            CopyEntry entry = _entries[i];
            uint leastNode = i == 0 ? 0 : _entries[i - 1].Node + 1;
            if (entry.Node < leastNode || entry.Node >= (uint)linked)
                throw section.Corrupt(i * (long)sizeof(CopyEntry), $"a node from {leastNode} to {linked - 1}", $"{entry.Node}");
            (uint least, uint most) = i == 0 ? ((uint)linked, (uint)linked) : (_entries[i - 1].FirstCopy + 1, (uint)nodes - 1);
            if (entry.FirstCopy < least || entry.FirstCopy > most)
                throw section.Corrupt((i * (long)sizeof(CopyEntry)) + sizeof(uint), $"a node from {least} to {most}", $"{entry.FirstCopy}");
            _hasCopies[entry.Node >> 6] |= 1UL << (int)entry.Node;
        }
        for (int word = 1; word < _hasCopies.Length; word++) _entriesBefore[word] = _entriesBefore[word - 1] + BitOperations.PopCount(_hasCopies[word - 1]);
        _heaviest = [.. Enumerable.Range(0, _count).OrderByDescending(CopiesOf).Take(MostHeavy).Select(entry => _entries[entry].Node)];
    }

    /// <summary>
    /// The nodes that stand for the most rows: a walk begins at each of them, because missing one of them would cost a whole answer where missing
    /// any other node costs one row of it.
    /// </summary>
    public ReadOnlySpan<uint> Heaviest => _heaviest;

    /// <summary>Whether a linked node has copies; they are the nodes from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    public bool TryGet(uint node, out uint first, out uint end)
    {
        ulong word = _hasCopies[node >> 6], bit = 1UL << (int)node;
        if ((word & bit) == 0)
        {
            first = end = 0;
            return false;
        }
        int entry = _entriesBefore[node >> 6] + BitOperations.PopCount(word & (bit - 1));
        first = _entries[entry].FirstCopy;
        end = EndOf(entry);
        return true;
    }

    /// <summary>Checks that the rows of a node and its copies rise.</summary>
    public void CheckRows(MappedSection rows, CancellationToken cancellation)
    {
        uint* rowOf = (uint*)rows.Base;
        for (int entry = 0; entry < _count; entry++)
        {
            if ((entry & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            uint last = rowOf[_entries[entry].Node];
            for (uint copy = _entries[entry].FirstCopy; copy < EndOf(entry); copy++)
            {
                if (rowOf[copy] <= last) throw rows.Corrupt(copy * (long)sizeof(uint), $"a row above {last}", $"{rowOf[copy]}");
                last = rowOf[copy];
            }
        }
    }

    /// <summary>Moves the bits of copies to their linked nodes: afterwards a bit says that some row which the node stands for has it.</summary>
    public void Fold(ulong* nodes)
    {
        for (int entry = 0; entry < _count; entry++)
        {
            uint node = _entries[entry].Node;
            if (AnyBit(nodes, _entries[entry].FirstCopy, EndOf(entry))) nodes[node >> 6] |= 1UL << (int)node;
        }
        int lastWord = _linked >> 6;
        nodes[lastWord] &= (1UL << _linked) - 1;
        new Span<ulong>(nodes + lastWord + 1, ((_nodes + 63) / 64) - lastWord - 1).Clear();
    }

    private uint CopiesOf(int entry) => EndOf(entry) - _entries[entry].FirstCopy;

    private uint EndOf(int entry) => entry + 1 < _count ? _entries[entry + 1].FirstCopy : (uint)_nodes;

    private static bool AnyBit(ulong* bits, uint first, uint end)
    {
        uint firstWord = first >> 6, lastWord = (end - 1) >> 6;
        ulong fromFirst = ulong.MaxValue << (int)first, toLast = ulong.MaxValue >> (int)(63 - ((end - 1) & 63));
        if (firstWord == lastWord) return (bits[firstWord] & fromFirst & toLast) != 0;
        if ((bits[firstWord] & fromFirst) != 0) return true;
        for (uint word = firstWord + 1; word < lastWord; word++)
        {
            if (bits[word] != 0) return true;
        }
        return (bits[lastWord] & toLast) != 0;
    }
}

/// <summary>An entry of the section of copies; GRAPH.md has the table.</summary>
/// <param name="Node">A linked node that has copies.</param>
/// <param name="FirstCopy">The first of its copies; the last is the one before the first of the next entry, or the last node.</param>
internal readonly record struct CopyEntry(uint Node, uint FirstCopy);
