using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>
/// Rows that come from memory: <see cref="PlainSum"/> reads the same bytes with nothing but additions, the measure of what the memory gives.
/// Times are per pass over all rows.
/// </summary>
[GenericTypeArguments(typeof(float))]
[GenericTypeArguments(typeof(Half))]
[GenericTypeArguments(typeof(BFloat16))]
[GenericTypeArguments(typeof(sbyte))]
public unsafe class ScanBenchmarks<T> where T : unmanaged
{
    private float[] _results = [];
    private int[] _picks = [];
    private KernelRows<T>? _rows;
    private QueryBlock? _query;

    [ParamsSource(nameof(Dimensions))]
    public int Dimension { get; set; }

    public static IEnumerable<int> Dimensions => Scale.Dimensions;

    [GlobalSetup]
    public void Setup()
    {
        int count = Scale.MemoryBytes / (((Dimension * sizeof(T)) + 63) & ~63);
        _rows = new KernelRows<T>(count, Dimension);
        _query = new QueryBlock(1, Dimension);
        _query[0].Fill(1);
        _results = new float[count];
        _picks = KernelRows<T>.RandomPicks(count, count);
    }

    [Benchmark(Baseline = true)]
    public long PlainSum()
    {
        long* words = (long*)_rows!.Block.First;
        nint count = _rows.Block.Count * _rows.Block.StrideBytes / sizeof(long);
        Vector256<long> even = default, odd = default;
        for (nint i = 0; i < count; i += 8)
        {
            even += Vector256.Load(words + i);
            odd += Vector256.Load(words + i + 4);
        }
        return Vector256.Sum(even + odd);
    }

    [Benchmark]
    public void DotRows() => Dot.Rows(_query!.Query(0), _rows!.Block, _results);

    [Benchmark]
    public void DotGatherRandom() => Dot.Gather(_query!.Query(0), _rows!.Block, _picks, _results);

    [GlobalCleanup]
    public void Cleanup()
    {
        _rows!.Dispose();
        _query!.Dispose();
    }
}
