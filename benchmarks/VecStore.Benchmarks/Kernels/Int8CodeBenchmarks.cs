using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>Codes in the first-level cache, from memory in order, and from memory sixteen at a time as a graph walk takes them, and for 32 queries together as a batch takes
/// them. Times are per code and query.</summary>
public unsafe class Int8CodeBenchmarks
{
    private const int CachedCount = 16, PickCount = 4096, AtATime = 16, Together = 2 * Int8Panel.Queries;
    private readonly int[] _dots = new int[PickCount];
    private KernelRows<byte>? _cached, _rows;
    private int[] _picks = [];
    private readonly int[] _excess = new int[Together];
    private sbyte* _query, _panels;

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
        int panels = 2 * Int8Panel.Bytes(Dimension);
        _panels = (sbyte*)NativeMemory.AlignedAlloc((nuint)panels, 64);
        for (int i = 0; i < panels; i++) _panels[i] = (sbyte)((i * 37 % 129) - Int8Panel.Limit);
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

    [Benchmark(OperationsPerInvoke = CachedCount * Together)]
    public void Panels()
    {
        fixed (int* excess = _excess)
        fixed (int* dots = _dots) Int8Panel.Tile(Width, _panels, excess, _cached!.Block, dots);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _cached!.Dispose();
        _rows!.Dispose();
        NativeMemory.AlignedFree(_query);
        NativeMemory.AlignedFree(_panels);
    }
}
