using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>Sums over the bytes of one code or query.</summary>
internal static unsafe class CodeSum
{
    /// <summary>The sum of squares of a code's elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int SquaresOf(byte* code, int count)
    {
        Vector256<int> squares = default;
        int i = 0;
        for (; i <= count - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            Vector256<short> elements = Vector256.WidenLower(Vector128.Load(code + i).ToVector256Unsafe()).AsInt16() - Vector256.Create((short)Int8Code.Zero);
            Vector256<short> squared = elements * elements; // at most 127 * 127
            squares += Vector256.WidenLower(squared) + Vector256.WidenUpper(squared);
        }
        int sum = Vector256.Sum(squares);
        for (; i < count; i++) sum += (code[i] - Int8Code.Zero) * (code[i] - Int8Code.Zero);
        return sum;
    }

    /// <summary>The sum of signed bytes, and that of the negative ones alone.</summary>
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
