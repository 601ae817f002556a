using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>The sum of signed bytes, and that of the negative ones alone.</summary>
internal static unsafe class CodeSum
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (int All, int Negative) Of(sbyte* elements, int count)
    {
        Vector256<int> all = default, negative = default;
        int i = 0;
        for (; i <= count - Vector256<sbyte>.Count; i += Vector256<sbyte>.Count)
        {
            Vector256<sbyte> bytes = Vector256.Load(elements + i);
            all += InFours(bytes);
            negative += InFours(Vector256.Min(bytes, Vector256<sbyte>.Zero));
        }
        (int sum, int below) = (Vector256.Sum(all), Vector256.Sum(negative));
        for (; i < count; i++)
        {
            sum += elements[i];
            below += Math.Min(elements[i], (sbyte)0);
        }
        return (sum, below);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> InFours(Vector256<sbyte> bytes)
    {
        Vector256<short> pairs = Vector256.WidenLower(bytes) + Vector256.WidenUpper(bytes);
        return Vector256.WidenLower(pairs) + Vector256.WidenUpper(pairs);
    }
}
