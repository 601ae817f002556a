using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>The sum of signed bytes.</summary>
internal static unsafe class CodeSum
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Of(sbyte* elements, int count)
    {
        Vector256<int> sum = default;
        int i = 0;
        for (; i <= count - Vector256<sbyte>.Count; i += Vector256<sbyte>.Count)
        {
            Vector256<sbyte> bytes = Vector256.Load(elements + i);
            Vector256<short> pairs = Vector256.WidenLower(bytes) + Vector256.WidenUpper(bytes);
            sum += Vector256.WidenLower(pairs) + Vector256.WidenUpper(pairs);
        }
        int total = Vector256.Sum(sum);
        for (; i < count; i++) total += elements[i];
        return total;
    }
}
