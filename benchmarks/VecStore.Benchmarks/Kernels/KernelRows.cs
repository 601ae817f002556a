using System.Runtime.InteropServices;
using VecStore.Kernels;

namespace VecStore.Benchmarks.Kernels;

/// <summary>Random rows laid out as a store lays them out.</summary>
internal sealed unsafe class KernelRows<T> : IDisposable where T : unmanaged
{
    private readonly byte* _memory;

    public KernelRows(int count, int dimension)
    {
        nint stride = (((nint)dimension * sizeof(T)) + 63) & -64;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(stride * count), 4096);
        NativeMemory.Clear(_memory, (nuint)(stride * count));
        Block = new RowBlock<T>((T*)_memory, stride, count, dimension);
        var random = new Random(42);
        var vector = new float[dimension];
        for (int row = 0; row < count; row++)
        {
            for (int i = 0; i < dimension; i++) vector[i] = random.NextSingle() - 0.5f;
            Encode(vector, new Span<byte>(_memory + (row * stride), (int)stride));
        }
    }

    public RowBlock<T> Block { get; }

    public static int[] RandomPicks(int count, int rows)
    {
        var random = new Random(43);
        var picks = new int[count];
        for (int i = 0; i < count; i++) picks[i] = random.Next(rows);
        return picks;
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    private static void Encode(float[] vector, Span<byte> row)
    {
        if (typeof(T) == typeof(float)) vector.CopyTo(MemoryMarshal.Cast<byte, float>(row));
        else if (typeof(T) == typeof(Half)) VecStore.Kernels.Convert.ToHalf(vector, MemoryMarshal.Cast<byte, Half>(row));
        else if (typeof(T) == typeof(BFloat16)) VecStore.Kernels.Convert.ToBFloat16(vector, MemoryMarshal.Cast<byte, BFloat16>(row));
        else if (typeof(T) == typeof(sbyte)) VecStore.Kernels.Convert.ToInt8(vector, MemoryMarshal.Cast<byte, sbyte>(row));
        else Int8Code.Encode(vector, row);
    }
}
