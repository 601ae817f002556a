using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>The register blocks of <see cref="TileLoops{L, V, TStep}"/>: written out, because only locals stay in registers.</summary>
internal static unsafe class TileBlock<L, V, TStep>
    where L : struct, ILanes<V>
    where V : struct
    where TStep : struct, IPairStep
{
    /// <summary>12 sums, 3 queries and a row: the 16 registers of AVX2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ThreeByFour(float* x0, float* x1, float* x2, float* y0, float* y1, float* y2, float* y3, nint elements, float* results, nint stride)
    {
        V s00 = default, s01 = default, s02 = default, s03 = default;
        V s10 = default, s11 = default, s12 = default, s13 = default;
        V s20 = default, s21 = default, s22 = default, s23 = default;
        for (nint i = 0; i < elements; i += L.Count)
        {
            V a = L.Load(x0 + i), b = L.Load(x1 + i), c = L.Load(x2 + i);
            V y = L.Load(y0 + i);
            s00 = Add(s00, a, y);
            s10 = Add(s10, b, y);
            s20 = Add(s20, c, y);
            y = L.Load(y1 + i);
            s01 = Add(s01, a, y);
            s11 = Add(s11, b, y);
            s21 = Add(s21, c, y);
            y = L.Load(y2 + i);
            s02 = Add(s02, a, y);
            s12 = Add(s12, b, y);
            s22 = Add(s22, c, y);
            y = L.Load(y3 + i);
            s03 = Add(s03, a, y);
            s13 = Add(s13, b, y);
            s23 = Add(s23, c, y);
        }
        L.Sum(s00, s01, s02, s03).Store(results);
        L.Sum(s10, s11, s12, s13).Store(results + stride);
        L.Sum(s20, s21, s22, s23).Store(results + (2 * stride));
    }

    /// <summary>24 sums, 6 queries and a row: 31 of the 32 registers of AVX-512.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixByFour(float* x0, float* x1, float* x2, float* x3, float* x4, float* x5, float* y0, float* y1, float* y2, float* y3,
        nint elements, float* results, nint stride)
    {
        V s00 = default, s01 = default, s02 = default, s03 = default;
        V s10 = default, s11 = default, s12 = default, s13 = default;
        V s20 = default, s21 = default, s22 = default, s23 = default;
        V s30 = default, s31 = default, s32 = default, s33 = default;
        V s40 = default, s41 = default, s42 = default, s43 = default;
        V s50 = default, s51 = default, s52 = default, s53 = default;
        for (nint i = 0; i < elements; i += L.Count)
        {
            V a = L.Load(x0 + i), b = L.Load(x1 + i), c = L.Load(x2 + i), d = L.Load(x3 + i), e = L.Load(x4 + i), f = L.Load(x5 + i);
            V y = L.Load(y0 + i);
            s00 = Add(s00, a, y);
            s10 = Add(s10, b, y);
            s20 = Add(s20, c, y);
            s30 = Add(s30, d, y);
            s40 = Add(s40, e, y);
            s50 = Add(s50, f, y);
            y = L.Load(y1 + i);
            s01 = Add(s01, a, y);
            s11 = Add(s11, b, y);
            s21 = Add(s21, c, y);
            s31 = Add(s31, d, y);
            s41 = Add(s41, e, y);
            s51 = Add(s51, f, y);
            y = L.Load(y2 + i);
            s02 = Add(s02, a, y);
            s12 = Add(s12, b, y);
            s22 = Add(s22, c, y);
            s32 = Add(s32, d, y);
            s42 = Add(s42, e, y);
            s52 = Add(s52, f, y);
            y = L.Load(y3 + i);
            s03 = Add(s03, a, y);
            s13 = Add(s13, b, y);
            s23 = Add(s23, c, y);
            s33 = Add(s33, d, y);
            s43 = Add(s43, e, y);
            s53 = Add(s53, f, y);
        }
        L.Sum(s00, s01, s02, s03).Store(results);
        L.Sum(s10, s11, s12, s13).Store(results + stride);
        L.Sum(s20, s21, s22, s23).Store(results + (2 * stride));
        L.Sum(s30, s31, s32, s33).Store(results + (3 * stride));
        L.Sum(s40, s41, s42, s43).Store(results + (4 * stride));
        L.Sum(s50, s51, s52, s53).Store(results + (5 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Add(V sum, V x, V y) => TStep.Add<L, V>(sum, x, y, default);
}
