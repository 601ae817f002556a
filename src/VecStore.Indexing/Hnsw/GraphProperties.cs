using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VecStore.Indexing;

/// <summary>The properties block of a graph file; GRAPH.md has the table.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct GraphProperties
{
    public const int Size = 320;
    public const int MaxLevels = 16;
    public const int CurrentLayout = 2;

    /// <summary>1 when every node has links, so that older readers can use the file; 2 with copies.</summary>
    [FieldOffset(0)] public int Layout;
    [FieldOffset(4)] public int Nodes;
    [FieldOffset(8)] public int Dimension;
    [FieldOffset(12)] public byte Metric;
    [FieldOffset(13)] public byte BuiltOn;
    [FieldOffset(14)] public ushort Levels;
    [FieldOffset(16)] public int M;
    [FieldOffset(20)] public int EfConstruction;
    [FieldOffset(24)] public ulong Seed;
    [FieldOffset(32)] public int RecordBytes;
    [FieldOffset(36)] public int Probes;
    [FieldOffset(40)] public NodeCounts NodesAtLevel;
    [FieldOffset(104)] public ProbeTable Probe;

    /// <summary>How many nodes have at least each level.</summary>
    [InlineArray(MaxLevels)]
    public struct NodeCounts
    {
        private int _first;
    }

    /// <summary>What the probe measured for each ef of <see cref="GraphProbe.Efs"/>.</summary>
    [InlineArray(GraphProbe.Steps)]
    public struct ProbeTable
    {
        private ProbeStep _first;
    }
}

/// <summary>What held-out rows met in a walk with one ef.</summary>
/// <param name="Ef">The ef.</param>
/// <param name="Recall">Share of the true 10 nearest that were found.</param>
/// <param name="Recall30">Share of the true 30 nearest that the walk met and kept.</param>
/// <param name="Recall100">Share of the true 100 nearest that the walk met and kept.</param>
/// <param name="Visited">Mean number of nodes scored.</param>
/// <param name="Expanded">Mean number of nodes expanded.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ProbeStep(int Ef, float Recall, float Recall30, float Recall100, float Visited, float Expanded)
{
    /// <summary>The recall at a depth, between those measured by its logarithm; beyond 100 the last slope goes on.</summary>
    internal double RecallAt(double depth)
    {
        if (depth <= 10) return Recall;
        double thirty = Math.Log(3), hundred = Math.Log(10), at = Math.Log(depth / 10);
        return at <= thirty
            ? Recall + ((Recall30 - Recall) * at / thirty)
            : Recall30 + ((Recall100 - Recall30) * (at - thirty) / (hundred - thirty));
    }
}
