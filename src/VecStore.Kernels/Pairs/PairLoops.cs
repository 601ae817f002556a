using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// One query against single rows. Each pair has one register of sums, filled from the first element to the last, whatever the path:
/// that is what makes the paths agree to the bit. Four pairs at a time keep the processor busy where memory does not hold it up.
/// </summary>
internal static unsafe class PairLoops<L, V, TStep, T>
    where L : struct, ILanes<V>
    where V : struct
    where TStep : struct, IPairStep
    where T : unmanaged
{
    // How far ahead of the row in work memory is asked for. Measured: less does not cover the latency, more falls out of the first-level cache.
    private const int ScanAheadBytes = 8192, GatherAheadBytes = 4096;

    // One pair at a time adds as fast as memory delivers when a step takes this much of a row.
    private const int WideStepBytes = 32;

    private static int LineElements => RowBlock<T>.LineBytes / sizeof(T);

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

    /// <summary>All rows, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* query, in RowBlock<T> rows, float* scales, float* results)
    {
        if (L.Count * sizeof(T) >= WideStepBytes)
        {
            OneByOne(query, rows, scales, results);
            return;
        }
        int count = rows.Count, lines = rows.Lines, last = count - 1;
        nint ahead = Ahead(lines, ScanAheadBytes) * rows.StrideBytes;
        for (int i = 0; i < count; i += 4)
        {
            int b = Math.Min(i + 1, last), c = Math.Min(i + 2, last), d = Math.Min(i + 3, last);
            Vector128<float> sums = Four(query, rows.Row(i), rows.Row(b), rows.Row(c), rows.Row(d), lines,
                Scale(scales, i), Scale(scales, b), Scale(scales, c), Scale(scales, d), new PrefetchInOrder((byte*)rows.Row(i) + ahead));
            Store(sums, results, i, count);
        }
    }

    /// <summary>
    /// All rows, one after the other: a single stream that the processor's own prefetcher follows at the full bandwidth of memory, where four rows
    /// side by side with lines asked for ahead reach three quarters of it. The next row begins while the additions of this one end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByOne(float* query, in RowBlock<T> rows, float* scales, float* results)
    {
        nint elements = (nint)rows.Lines * LineElements;
        T* row = rows.First;
        for (int i = 0; i < rows.Count; i++)
        {
            V sum = default, scale = Scale(scales, i);
            for (nint j = 0; j < elements; j += L.Count) sum = TStep.Add<L, V>(sum, L.Load(query + j), L.Load(row + j), scale);
            results[i] = L.Sum(sum);
            row = (T*)((byte*)row + rows.StrideBytes);
        }
    }

    /// <summary>The rows picked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(float* query, in RowBlock<T> rows, float* scales, int* picks, int count, float* results)
    {
        int lines = rows.Lines, last = count - 1, ahead = Ahead(lines, GatherAheadBytes);
        for (int i = 0; i < count; i += 4)
        {
            int a = Pick(rows, picks, i), b = Pick(rows, picks, Math.Min(i + 1, last)), c = Pick(rows, picks, Math.Min(i + 2, last)), d = Pick(rows, picks, Math.Min(i + 3, last));
            Vector128<float> sums = Four(query, rows.Row(a), rows.Row(b), rows.Row(c), rows.Row(d), lines,
                Scale(scales, a), Scale(scales, b), Scale(scales, c), Scale(scales, d),
                new PrefetchRows(Later(rows, picks, i + ahead, last), Later(rows, picks, i + ahead + 1, last), Later(rows, picks, i + ahead + 2, last), Later(rows, picks, i + ahead + 3, last)));
            Store(sums, results, i, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four<TAhead>(float* query, T* a, T* b, T* c, T* d, int lines, V scaleA, V scaleB, V scaleC, V scaleD, TAhead ahead)
        where TAhead : struct, IPrefetch
    {
        V sumA = default, sumB = default, sumC = default, sumD = default;
        for (nint line = 0; line < lines; line++)
        {
            ahead.Lines(line);
            for (nint i = line * LineElements, end = i + LineElements; i < end; i += L.Count)
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

    /// <summary>How many rows ahead of the row in work to ask for: a multiple of 4.</summary>
    private static int Ahead(int lines, int bytes) => Math.Clamp(bytes / (Math.Max(1, lines) * RowBlock<T>.LineBytes) & -4, 4, 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<float> sums, float* results, int first, int count)
    {
        if (first + 4 <= count) sums.Store(results + first);
        else for (int i = first; i < count; i++) results[i] = sums[i - first];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Pick(in RowBlock<T> rows, int* picks, int index)
    {
        int row = picks[index];
        if ((uint)row >= (uint)rows.Count) RowPicks.ThrowOutside(row, rows.Count);
        return row;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void* Later(in RowBlock<T> rows, int* picks, int index, int last) => rows.Row(picks[Math.Min(index, last)]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Scale(float* scales, int row) => TStep.HasScale ? L.Broadcast(scales[row]) : default;
}
