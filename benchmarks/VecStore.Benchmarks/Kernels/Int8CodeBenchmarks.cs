using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>Codes in the first-level cache, from memory in order, and from memory sixteen at a time as a graph walk takes them. Times are per code.</summary>
public unsafe class Int8CodeBenchmarks
{
    private const int CachedCount = 16, PickCount = 4096, AtATime = 16;
    private readonly int[] _dots = new int[PickCount];
    private KernelRows<byte>? _cached, _rows;
    private int[] _picks = [];
    private sbyte* _query;

    [ParamsSource(nameof(Widths))]
    public LaneWidth Width { get; set; }

    [ParamsSource(nameof(Dimensions))]
    public int Dimension { get; set; }

    public static IEnumerable<LaneWidth> Widths => Lanes.Available();

    public static IEnumerable<int> Dimensions => Scale.Dimensions;

    private Int8Query Query => new(_query, Dimension);

    [GlobalSetup]
    public void Setup()
    {
        int count = Math.Max(PickCount, Scale.MemoryBytes / ((Dimension + 63) & ~63));
        _cached = new KernelRows<byte>(CachedCount, Dimension);
        _rows = new KernelRows<byte>(count, Dimension);
        _picks = KernelRows<byte>.RandomPicks(PickCount, count);
        int padded = Int8Code.PaddedLength(Dimension);
        _query = (sbyte*)NativeMemory.AlignedAlloc((nuint)padded, 64);
        Int8Code.ToQuery(new ReadOnlySpan<byte>(_cached.Block.First, Dimension), new Span<sbyte>(_query, padded));
    }

    [Benchmark(OperationsPerInvoke = CachedCount)]
    public void Cached() => Int8Code.Rows(Width, Query, _cached!.Block, _dots);

    [Benchmark(OperationsPerInvoke = PickCount)]
    public void InOrder() => Int8Code.Rows(Width, Query, _rows!.Block.Slice(0, PickCount), _dots);

    [Benchmark(OperationsPerInvoke = PickCount)]
    public void SixteenRandom()
    {
        Int8Query query = Query;
        for (int i = 0; i < PickCount; i += AtATime) Int8Code.Gather(Width, query, _rows!.Block, _picks.AsSpan(i, AtATime), _dots);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _cached!.Dispose();
        _rows!.Dispose();
        NativeMemory.AlignedFree(_query);
    }
}
