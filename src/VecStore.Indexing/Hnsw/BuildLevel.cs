using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>Neighbour lists of one level while it is built; each link's score is kept, so that pruning need not compute it again.</summary>
internal sealed unsafe class BuildLevel : IDisposable
{
    private readonly NativeBlock<uint> _links;
    private readonly NativeBlock<float> _scores;

    public BuildLevel(int nodes, int slots)
    {
        Nodes = nodes;
        Slots = slots;
        _links = new NativeBlock<uint>((long)nodes * slots);
        _scores = new NativeBlock<float>((long)nodes * slots);
        for (long i = 0; i < (long)nodes * slots; i++) _links.Base[i] = GraphLayout.NoNode;
    }

    public int Nodes { get; }

    public int Slots { get; }

    public BuildLists Lists => new(_links.Base, Slots);

    public uint* LinksOf(uint node) => _links.Base + (nint)node * Slots;

    public float* ScoresOf(uint node) => _scores.Base + (nint)node * Slots;

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
