using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Indexing;

/// <summary>Neighbour lists of one level while it is built; each link's score is kept, so that pruning need not compute it again.</summary>
internal sealed unsafe class BuildLevel : IDisposable
{
    private readonly NativeBlock _links;
    private readonly NativeBlock _scores;

    public BuildLevel(int nodes, int slots)
    {
        Nodes = nodes;
        Slots = slots;
        _links = new NativeBlock((long)nodes * slots * sizeof(uint));
        _scores = new NativeBlock((long)nodes * slots * sizeof(float));
        new Span<byte>(_links.Base, 0).Clear();
        for (long i = 0; i < (long)nodes * slots; i++) ((uint*)_links.Base)[i] = GraphLayout.NoNode;
    }

    public int Nodes { get; }

    public int Slots { get; }

    public BuildLists Lists => new((uint*)_links.Base, Slots);

    public uint* LinksOf(uint node) => (uint*)_links.Base + (nint)node * Slots;

    public float* ScoresOf(uint node) => (float*)_scores.Base + (nint)node * Slots;

    public int CountOf(uint node)
    {
        uint* list = LinksOf(node);
        int count = 0;
        while (count < Slots && list[count] != GraphLayout.NoNode) count++;
        return count;
    }

    public void Set(uint node, ReadOnlySpan<uint> links, ReadOnlySpan<float> scores)
    {
        var list = new Span<uint>(LinksOf(node), Slots);
        links.CopyTo(list);
        list[links.Length..].Fill(GraphLayout.NoNode);
        scores.CopyTo(new Span<float>(ScoresOf(node), Slots));
    }

    public void Dispose()
    {
        _links.Dispose();
        _scores.Dispose();
    }
}

/// <summary>The lists of a level as a walk sees them.</summary>
internal readonly unsafe struct BuildLists(uint* links, int slots) : INeighborLists
{
    public int Slots => slots;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint* Of(uint node) => links + (nint)node * slots;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint node)
    {
        if (Sse.IsSupported) Sse.Prefetch0(links + (nint)node * slots);
    }
}
