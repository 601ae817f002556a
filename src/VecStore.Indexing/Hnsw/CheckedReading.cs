using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Lists of a mapped level that have not all been verified: each is verified, and its links compared with the number of nodes, when it is read.</summary>
internal readonly unsafe struct CheckedLists(MappedSection section, long offset, int slots, int nodes) : INeighborLists
{
    public int Slots => slots;

    public uint* Of(uint node)
    {
        long at = offset + (node * (long)slots * sizeof(uint));
        section.Ensure(at, slots * (long)sizeof(uint));
        uint* list = (uint*)(section.Base + at);
        for (int i = 0; i < slots && list[i] != GraphLayout.NoNode; i++)
        {
            if (list[i] >= (uint)nodes) throw section.Corrupt(at + (i * sizeof(uint)), $"a node below {nodes}", $"{list[i]}");
        }
        return list;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint node)
    {
        if (Sse.IsSupported) Sse.Prefetch0(section.Base + offset + ((nint)node * slots * sizeof(uint)));
    }
}

/// <summary>Codes that have not all been verified.</summary>
internal readonly unsafe struct CheckedCodeSpace(CodeSpace codes, MappedSection section, int recordBytes) : IVectorSpace
{
    public int QueryBytes => codes.QueryBytes;

    public int NodesAhead => codes.NodesAhead;

    public void LoadNode(uint node, byte* query)
    {
        section.Ensure(node * (long)recordBytes, recordBytes);
        codes.LoadNode(node, query);
    }

    public void Prefetch(uint node) => codes.Prefetch(node);

    public void Score(byte* query, uint* nodes, int count, float* scores)
    {
        for (int i = 0; i < count; i++) section.Ensure(nodes[i] * (long)recordBytes, recordBytes);
        codes.Score(query, nodes, count, scores);
    }
}

/// <summary>Full rows by way of node numbers that have not all been verified.</summary>
internal readonly unsafe struct CheckedRowSpace<T>(RowSpace<T> rows, HnswGraph graph) : IVectorSpace where T : unmanaged
{
    public int QueryBytes => rows.QueryBytes;

    public int NodesAhead => rows.NodesAhead;

    public void LoadNode(uint node, byte* query)
    {
        _ = graph.RowOf(node);
        rows.LoadNode(node, query);
    }

    public void Prefetch(uint node) => _ = graph.RowOf(node);

    public void Score(byte* query, uint* nodes, int count, float* scores)
    {
        for (int i = 0; i < count; i++) _ = graph.RowOf(nodes[i]);
        rows.Score(query, nodes, count, scores);
    }
}

/// <summary>What checksums cannot tell: that every number in the file is in range.</summary>
internal static unsafe class GraphVerification
{
    public static void CheckLinks(HnswGraph graph, CancellationToken cancellation)
    {
        CheckLists(graph.LinkSection, 0, graph.LinkedNodes, 2 * graph.M, graph.LinkedNodes, cancellation);
        for (int level = 1; level < graph.Levels; level++)
        {
            HnswGraph.UpperLevel lists = graph.Level(level);
            CheckLists(graph.UpperSection, lists.Offset, lists.Nodes, graph.M, lists.Nodes, cancellation);
        }
        if (graph.Levels > 1) CheckUpperNodes(graph);
        CheckLists(graph.RowSection, 0, graph.Count, 1, graph.Count, cancellation, mayEnd: false);
        graph.Copies?.CheckRows(graph.RowSection, cancellation);
    }

    public static void CheckUpperNodes(HnswGraph graph) =>
        CheckLists(graph.UpperSection, 0, graph.Properties.NodesAtLevel[1], 1, graph.LinkedNodes, CancellationToken.None, mayEnd: false);

    private static void CheckLists(MappedSection section, long offset, int lists, int slots, int nodes, CancellationToken cancellation, bool mayEnd = true)
    {
        uint* at = (uint*)(section.Base + offset);
        for (int list = 0; list < lists; list++, at += slots)
        {
            if ((list & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < slots; i++)
            {
                if (at[i] < (uint)nodes) continue;
                if (mayEnd && at[i] == GraphLayout.NoNode) break;
                throw section.Corrupt((byte*)(at + i) - section.Base, $"a number below {nodes}", $"{at[i]}");
            }
        }
    }
}
