using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>
/// One query against single rows. Each pair has one register of sums, filled from the first element to the last, whatever the path:
/// that is what makes the paths agree to the bit. Four pairs at a time keep the processor busy.
/// </summary>
internal static unsafe class PairLoops<L, V, TStep, T>
    where L : struct, ILanes<V>
    where V : struct
    where TStep : struct, IPairStep
    where T : unmanaged
{
    /// <summary>Bytes of rows to ask for ahead of the row in work: enough to cover the memory's latency.</summary>
    private const int PrefetchBytes = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Of(float* x, T* y, int count, float scale)
    {
        V sum = default, scales = L.Broadcast(scale);
        int i = 0;
        for (; i <= count - L.Count; i += L.Count) sum = TStep.Add<L, V>(sum, L.Load(x + i), L.Load(y + i), scales);
        if (i < count)
        {
            float* xs = stackalloc float[L.Count];
            T* ys = stackalloc T[L.Count];
            new Span<float>(x + i, count - i).CopyTo(new Span<float>(xs, L.Count));
            new Span<T>(y + i, count - i).CopyTo(new Span<T>(ys, L.Count));
            sum = TStep.Add<L, V>(sum, L.Load(xs), L.Load(ys), scales);
        }
        return L.Sum(sum);
    }

    /// <summary>All rows in order when <paramref name="picks"/> is null, else those picked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Visit(float* query, in RowBlock<T> rows, float* scales, int* picks, int count, float* results)
    {
        int lines = rows.Lines, last = count - 1;
        int ahead = Math.Clamp(PrefetchBytes / (Math.Max(1, lines) * RowBlock<T>.LineBytes) & -4, 4, 16);
        for (int i = 0; i < count; i += 4)
        {
            int a = Row(rows, picks, i), b = Row(rows, picks, Math.Min(i + 1, last)), c = Row(rows, picks, Math.Min(i + 2, last)), d = Row(rows, picks, Math.Min(i + 3, last));
            int later = i + ahead;
            Vector128<float> sums = Four(query, rows.Row(a), rows.Row(b), rows.Row(c), rows.Row(d), lines,
                Scale(scales, a), Scale(scales, b), Scale(scales, c), Scale(scales, d),
                Later(rows, picks, Math.Min(later, last)), Later(rows, picks, Math.Min(later + 1, last)),
                Later(rows, picks, Math.Min(later + 2, last)), Later(rows, picks, Math.Min(later + 3, last)));
            if (i + 4 <= count) sums.Store(results + i);
            else for (int j = 0; i + j < count; j++) results[i + j] = sums[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(float* query, T* a, T* b, T* c, T* d, int lines, V scaleA, V scaleB, V scaleC, V scaleD,
        byte* laterA, byte* laterB, byte* laterC, byte* laterD)
    {
        V sumA = default, sumB = default, sumC = default, sumD = default;
        for (nint line = 0; line < lines; line++)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(laterA + (line * RowBlock<T>.LineBytes));
                Sse.Prefetch0(laterB + (line * RowBlock<T>.LineBytes));
                Sse.Prefetch0(laterC + (line * RowBlock<T>.LineBytes));
                Sse.Prefetch0(laterD + (line * RowBlock<T>.LineBytes));
            }
            nint end = (line + 1) * (RowBlock<T>.LineBytes / sizeof(T));
            for (nint i = end - (RowBlock<T>.LineBytes / sizeof(T)); i < end; i += L.Count)
            {
                V x = L.Load(query + i);
                sumA = TStep.Add<L, V>(sumA, x, L.Load(a + i), scaleA);
                sumB = TStep.Add<L, V>(sumB, x, L.Load(b + i), scaleB);
                sumC = TStep.Add<L, V>(sumC, x, L.Load(c + i), scaleC);
                sumD = TStep.Add<L, V>(sumD, x, L.Load(d + i), scaleD);
            }
        }
        return L.Sum(sumA, sumB, sumC, sumD);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Row(in RowBlock<T> rows, int* picks, int index)
    {
        if (picks == null) return index;
        int row = picks[index];
        if ((uint)row >= (uint)rows.Count) RowPicks.ThrowOutside(row, rows.Count);
        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Later(in RowBlock<T> rows, int* picks, int index) => (byte*)rows.Row(picks == null ? index : picks[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Scale(float* scales, int row) => TStep.HasScale ? L.Broadcast(scales[row]) : default;
}
