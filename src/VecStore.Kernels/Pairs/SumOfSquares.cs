using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>The sum of the squares of a vector of any element type.</summary>
internal static unsafe class SumOfSquares
{
    public static float Of<T>(LaneWidth width, ReadOnlySpan<T> vector) where T : unmanaged
    {
        fixed (T* elements = vector)
        {
            return width switch
            {
                LaneWidth.Bits512 => Sum<Lanes512, Vector512<float>, T>(elements, vector.Length),
                LaneWidth.Bits256 => Sum<Lanes256, Vector256<float>, T>(elements, vector.Length),
                LaneWidth.Bits128 => Sum<Lanes128, Vector128<float>, T>(elements, vector.Length),
                _ => Sum<ScalarLanes, float, T>(elements, vector.Length),
            };
        }
    }

    public static double InDouble<T>(ReadOnlySpan<T> vector) where T : unmanaged
    {
        double sum = 0;
        fixed (T* elements = vector)
        {
            for (int i = 0; i < vector.Length; i++)
            {
                double x = ScalarLanes.Load(elements + i);
                sum += x * x;
            }
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum<L, V, T>(T* elements, int count)
        where L : struct, ILanes<V>
        where V : struct
        where T : unmanaged
    {
        V sum = default;
        int i = 0;
        for (; i <= count - L.Count; i += L.Count)
        {
            V x = L.Load(elements + i);
            sum = L.MultiplyAdd(x, x, sum);
        }
        if (i < count)
        {
            T* tail = stackalloc T[L.Count];
            new Span<T>(elements + i, count - i).CopyTo(new Span<T>(tail, L.Count));
            V x = L.Load(tail);
            sum = L.MultiplyAdd(x, x, sum);
        }
        return L.Sum(sum);
    }
}
