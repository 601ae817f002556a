using System.Runtime.Intrinsics;
using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>One query with one row of any element type.</summary>
internal static unsafe class RowKernel
{
    private static float Wide<T>(T* p, int i) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return ((float*)p)[i];
        if (typeof(T) == typeof(Half)) return (float)((Half*)p)[i];
        if (typeof(T) == typeof(BFloat16)) return (float)((BFloat16*)p)[i];
        return ((sbyte*)p)[i];
    }

    public static float Dot<T>(float* q, T* x, int d) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector256<float> a = default, b = default;
            for (int i = 0; i < d; i += 16)
            {
                a = Vector256.FusedMultiplyAdd(Vector256.Load(q + i), Vector256.Load((float*)x + i), a);
                b = Vector256.FusedMultiplyAdd(Vector256.Load(q + i + 8), Vector256.Load((float*)x + i + 8), b);
            }
            return Vector256.Sum(a + b);
        }
        float s = 0;
        for (int i = 0; i < d; i++) s += q[i] * Wide(x, i);
        return s;
    }

    public static float Squared<T>(float* q, T* x, int d, float scale) where T : unmanaged
    {
        float s = 0;
        for (int i = 0; i < d; i++)
        {
            float e = q[i] - (scale * Wide(x, i));
            s += e * e;
        }
        return s;
    }

    public static void Decode<T>(T* x, int d, float scale, float* into) where T : unmanaged
    {
        for (int i = 0; i < d; i++) into[i] = scale * Wide(x, i);
    }
}
