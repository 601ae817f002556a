using BenchmarkDotNet.Attributes;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>Selection from random scores in blocks. Times are per score.</summary>
public class TopKBenchmarks
{
    private const int Count = 1 << 17, Block = 256;
    private readonly float[] _scores = RandomScores();
    private float[] _kept = [];
    private int[] _rows = [];

    [Params(10, 100)]
    public int K { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _kept = new float[K];
        _rows = new int[K];
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Select()
    {
        var top = new TopK(_kept, _rows);
        for (int first = 0; first < Count; first += Block) top.Offer(_scores.AsSpan(first, Block), first);
        return top.Finish();
    }

    private static float[] RandomScores()
    {
        var random = new Random(45);
        var scores = new float[Count];
        foreach (ref float score in scores.AsSpan()) score = random.NextSingle();
        return scores;
    }
}
