using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>One query against codes, four at a time.</summary>
internal static unsafe class CodeLoops<TStep, Q, S>
    where TStep : struct, ICodeStep<Q, S>
    where Q : struct
    where S : struct
{
    private const int LineBytes = 64;

    // As in PairLoops.
    private const int ScanAheadBytes = 8192, GatherAheadBytes = 4096;

    /// <summary>All codes, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(in Int8Query query, in RowBlock<byte> codes, int* dots)
    {
        int length = Int8Code.PaddedLength(query.Dimension), count = codes.Count, last = count - 1;
        nint ahead = Ahead(length, ScanAheadBytes) * codes.StrideBytes;
        Vector128<int> excess = Vector128.Create(TStep.Excess(query));
        for (int i = 0; i < count; i += 4)
        {
            byte* a = codes.Row(i), b = codes.Row(Math.Min(i + 1, last)), c = codes.Row(Math.Min(i + 2, last)), d = codes.Row(Math.Min(i + 3, last));
            Store(Four(query.Elements, a, b, c, d, length, new PrefetchInOrder(a + ahead)) - excess, dots, i, count);
        }
    }

    /// <summary>The codes picked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gather(in Int8Query query, in RowBlock<byte> codes, int* picks, int count, int* dots)
    {
        int length = Int8Code.PaddedLength(query.Dimension), last = count - 1, ahead = Ahead(length, GatherAheadBytes);
        Vector128<int> excess = Vector128.Create(TStep.Excess(query));
        for (int i = 0; i < count; i += 4)
        {
            byte* a = Pick(codes, picks, i), b = Pick(codes, picks, Math.Min(i + 1, last)), c = Pick(codes, picks, Math.Min(i + 2, last)), d = Pick(codes, picks, Math.Min(i + 3, last));
            int later = i + ahead;
            var prefetch = new PrefetchRows(Later(codes, picks, later, last), Later(codes, picks, later + 1, last), Later(codes, picks, later + 2, last), Later(codes, picks, later + 3, last));
            Store(Four(query.Elements, a, b, c, d, length, prefetch) - excess, dots, i, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Four<TAhead>(sbyte* query, byte* a, byte* b, byte* c, byte* d, nint length, TAhead ahead) where TAhead : struct, IPrefetch
    {
        S sumA = default, sumB = default, sumC = default, sumD = default;
        for (nint line = 0; line * LineBytes < length; line++)
        {
            ahead.Lines(line);
            for (nint i = line * LineBytes, end = Math.Min(i + LineBytes, length); i < end; i += TStep.Count)
            {
                Q elements = TStep.Load(query + i);
                sumA = TStep.Add(sumA, elements, a + i);
                sumB = TStep.Add(sumB, elements, b + i);
                sumC = TStep.Add(sumC, elements, c + i);
                sumD = TStep.Add(sumD, elements, d + i);
            }
        }
        return TStep.Total(sumA, sumB, sumC, sumD);
    }

    private static int Ahead(int length, int bytes) => Math.Clamp(bytes / Math.Max(1, length) & -4, 4, 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<int> totals, int* dots, int first, int count)
    {
        if (first + 4 <= count) totals.Store(dots + first);
        else for (int i = first; i < count; i++) dots[i] = totals[i - first];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void* Later(in RowBlock<byte> codes, int* picks, int index, int last) => codes.Row(picks[Math.Min(index, last)]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* Pick(in RowBlock<byte> codes, int* picks, int index)
    {
        int row = picks[index];
        if ((uint)row >= (uint)codes.Count) RowPicks.ThrowOutside(row, codes.Count);
        return codes.Row(row);
    }
}
