using BenchmarkDotNet.Attributes;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>Queries x rows, with and without selection. Times are per pair: 2 * dimension / time is the rate of floating-point operations.</summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(Half))]
[GenericTypeArguments(typeof(BFloat16))]
[GenericTypeArguments(typeof(sbyte))]
public unsafe class TileBenchmarks<T> where T : unmanaged
{
    private const int QueryCount = 96, RowCount = 256, Nearest = 10;
    private readonly float[] _results = new float[QueryCount * RowCount], _scores = new float[QueryCount * Nearest];
    private readonly int[] _best = new int[QueryCount * Nearest];
    private KernelRows<T>? _rows;
    private QueryBlock? _queries;

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
        _queries = new QueryBlock(QueryCount, Dimension);
        var random = new Random(44);
        for (int query = 0; query < QueryCount; query++)
        {
            foreach (ref float element in _queries[query]) element = random.NextSingle() - 0.5f;
        }
    }

    [Benchmark(OperationsPerInvoke = QueryCount * RowCount)]
    public void DotTile()
    {
        fixed (float* results = _results) TilePanel.Tile<Dot.Step, T>(Width, _queries!.Rows, _rows!.Block, null, results, RowCount);
    }

    [Benchmark(OperationsPerInvoke = QueryCount * RowCount)]
    public void DotTileAndSelection()
    {
        DotTile();
        for (int query = 0; query < QueryCount; query++)
        {
            var top = new TopK(_scores.AsSpan(query * Nearest, Nearest), _best.AsSpan(query * Nearest, Nearest));
            top.Offer(_results.AsSpan(query * RowCount, RowCount), 0);
        }
    }

    [Benchmark(OperationsPerInvoke = QueryCount * RowCount)]
    public void SquaredEuclideanTile()
    {
        fixed (float* results = _results) TilePanel.Tile<SquaredEuclidean.Step, T>(Width, _queries!.Rows, _rows!.Block, null, results, RowCount);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _rows!.Dispose();
        _queries!.Dispose();
    }
}
