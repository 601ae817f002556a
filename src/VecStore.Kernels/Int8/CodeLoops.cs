using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>One query against codes, four at a time.</summary>
internal static unsafe class CodeLoops<TStep, Q, S>
    where TStep : struct, ICodeStep<Q, S>
    where Q : struct
    where S : struct
{
    private const int LineBytes = 64, PrefetchBytes = 4096;

    /// <summary>All codes in order when <paramref name="picks"/> is null, else those picked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Visit(in Int8Query query, in RowBlock<byte> codes, int* picks, int count, int* dots)
    {
        int length = Int8Code.PaddedLength(query.Dimension), last = count - 1;
        int ahead = Math.Clamp(PrefetchBytes / Math.Max(1, length) & -4, 4, 16);
        Vector128<int> bias = Vector128.Create(TStep.KeepsBias ? query.Bias : 0);
        for (int i = 0; i < count; i += 4)
        {
            byte* a = Code(codes, picks, i), b = Code(codes, picks, Math.Min(i + 1, last)), c = Code(codes, picks, Math.Min(i + 2, last)), d = Code(codes, picks, Math.Min(i + 3, last));
            if (i + ahead <= last)
            {
                for (int j = i + ahead; j < Math.Min(i + ahead + 4, count); j++) Prefetch(codes.Row(picks == null ? j : picks[j]), length);
            }
            Vector128<int> totals = Four(query.Elements, a, b, c, d, length) - bias;
            if (i + 4 <= count) totals.Store(dots + i);
            else for (int j = 0; i + j < count; j++) dots[i + j] = totals[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four(sbyte* query, byte* a, byte* b, byte* c, byte* d, nint length)
    {
        S sumA = default, sumB = default, sumC = default, sumD = default;
        for (nint i = 0; i < length; i += TStep.Count)
        {
            Q elements = TStep.Load(query + i);
            sumA = TStep.Add(sumA, elements, a + i);
            sumB = TStep.Add(sumB, elements, b + i);
            sumC = TStep.Add(sumC, elements, c + i);
            sumD = TStep.Add(sumD, elements, d + i);
        }
        return TStep.Total(sumA, sumB, sumC, sumD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* code, int length)
    {
        if (!Sse.IsSupported) return;
        for (int i = 0; i < length; i += LineBytes) Sse.Prefetch0(code + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Code(in RowBlock<byte> codes, int* picks, int index)
    {
        if (picks == null) return codes.Row(index);
        int row = picks[index];
        if ((uint)row >= (uint)codes.Count) RowPicks.ThrowOutside(row, codes.Count);
        return codes.Row(row);
    }
}
