using BenchmarkDotNet.Attributes;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>One query x rows in the second-level cache, each element type and lane width. Times are per row.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(Half))]
[GenericTypeArguments(typeof(BFloat16))]
[GenericTypeArguments(typeof(sbyte))]
public unsafe class PairBenchmarks<T> where T : unmanaged
{
    private const int RowCount = 64;
    private readonly float[] _results = new float[RowCount];
    private readonly int[] _picks = KernelRows<T>.RandomPicks(RowCount, RowCount);
    private KernelRows<T>? _rows;
    private QueryBlock? _query;

    [ParamsSource(nameof(Widths))]
    public LaneWidth Width { get; set; }

    [ParamsSource(nameof(Dimensions))]
    public int Dimension { get; set; }

    public static IEnumerable<LaneWidth> Widths => Lanes.Available();

    public static IEnumerable<int> Dimensions => Scale.Dimensions;

    [GlobalSetup]
    public void Setup()
    {
        _rows = new KernelRows<T>(RowCount, Dimension);
        _query = new QueryBlock(1, Dimension);
        _query[0].Fill(1);
    }

    [Benchmark(OperationsPerInvoke = RowCount)]
    public void DotRows() => PairKernel<Dot.Step>.Rows(Width, _query!.Query(0), _rows!.Block, null, _results);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public void DotGather() => PairKernel<Dot.Step>.Gather(Width, _query!.Query(0), _rows!.Block, null, _picks, _results);

    [Benchmark(OperationsPerInvoke = RowCount)]
    public void SquaredEuclideanRows() => PairKernel<SquaredEuclidean.Step>.Rows(Width, _query!.Query(0), _rows!.Block, null, _results);

    [GlobalCleanup]
    public void Cleanup()
    {
        _rows!.Dispose();
        _query!.Dispose();
    }
}
