using BenchmarkDotNet.Attributes;
using VecStore.Kernels;
using Convert = VecStore.Kernels.Convert;

namespace VecStore.Benchmarks.Kernels;

/// <summary>Encoding and decoding of rows. Times are per element.</summary>
public class ConvertBenchmarks
{
    private const int Count = 768;
    private readonly float[] _floats = [.. Enumerable.Range(0, Count).Select(i => MathF.Sin(i))];
    private readonly Half[] _halves = new Half[Count];
    private readonly BFloat16[] _brains = new BFloat16[Count];
    private readonly sbyte[] _bytes = new sbyte[Count];

    [Benchmark(OperationsPerInvoke = Count)]
    public void ToHalf() => Convert.ToHalf(_floats, _halves);

    [Benchmark(OperationsPerInvoke = Count)]
    public void ToBFloat16() => Convert.ToBFloat16(_floats, _brains);

    [Benchmark(OperationsPerInvoke = Count)]
    public float ToInt8() => Convert.ToInt8(_floats, _bytes);

    [Benchmark(OperationsPerInvoke = Count)]
    public void FromHalf() => Convert.ToFloat<Half>(_halves, _floats);

    [Benchmark(OperationsPerInvoke = Count)]
    public float InverseNorm() => Norm.Inverse<float>(_floats);
}
