using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>
/// Two panels x rows of codes. Four bytes of a row are broadcast and multiplied with four elements of 16 queries at once; every sum stays in its lane. Register blocks are written out,
/// because only locals stay in registers.
/// </summary>
internal static unsafe class PanelLoops
{
    private const int Pair = 2 * Int8Panel.Queries, Rows512 = 6, Rows256 = 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile512(sbyte* panels, int* excess, in RowBlock<byte> codes, int* dots)
    {
        int bytes = Int8Panel.Bytes(codes.Dimension), last = codes.Count - 1;
        sbyte* second = panels + bytes;
        Vector512<int> ones = Vector512.Create((short)1).AsInt32(), e0 = Vector512.Load(excess), e1 = Vector512.Load(excess + 16);
        for (int row = 0; row <= last; row += Rows512)
        {
            byte* r0 = codes.Row(row), r1 = codes.Row(Math.Min(row + 1, last)), r2 = codes.Row(Math.Min(row + 2, last));
            byte* r3 = codes.Row(Math.Min(row + 3, last)), r4 = codes.Row(Math.Min(row + 4, last)), r5 = codes.Row(Math.Min(row + 5, last));
            Vector512<int> s00 = -e0, s01 = -e1, s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01, s40 = s00, s41 = s01, s50 = s00, s51 = s01;
            for (nint at = 0, group = 0; at < bytes; at += 64, group += 4)
            {
                Vector512<sbyte> x = Vector512.Load(panels + at), y = Vector512.Load(second + at);
                Vector512<byte> c = Four512(r0 + group);
                s00 = Add(s00, c, x, ones);
                s01 = Add(s01, c, y, ones);
                c = Four512(r1 + group);
                s10 = Add(s10, c, x, ones);
                s11 = Add(s11, c, y, ones);
                c = Four512(r2 + group);
                s20 = Add(s20, c, x, ones);
                s21 = Add(s21, c, y, ones);
                c = Four512(r3 + group);
                s30 = Add(s30, c, x, ones);
                s31 = Add(s31, c, y, ones);
                c = Four512(r4 + group);
                s40 = Add(s40, c, x, ones);
                s41 = Add(s41, c, y, ones);
                c = Four512(r5 + group);
                s50 = Add(s50, c, x, ones);
                s51 = Add(s51, c, y, ones);
            }
            int* into = dots + ((nint)row * Pair);
            Store(s00, s01, into);
            if (row + 1 <= last) Store(s10, s11, into + Pair);
            if (row + 2 <= last) Store(s20, s21, into + (2 * Pair));
            if (row + 3 <= last) Store(s30, s31, into + (3 * Pair));
            if (row + 4 <= last) Store(s40, s41, into + (4 * Pair));
            if (row + 5 <= last) Store(s50, s51, into + (5 * Pair));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile256(sbyte* panels, int* excess, in RowBlock<byte> codes, int* dots)
    {
        int bytes = Int8Panel.Bytes(codes.Dimension), last = codes.Count - 1;
        for (int panel = 0; panel < 2; panel++, panels += bytes, excess += Int8Panel.Queries)
        {
            Vector256<int> e0 = Vector256.Load(excess), e1 = Vector256.Load(excess + 8);
            for (int row = 0; row <= last; row += Rows256)
            {
                byte* r0 = codes.Row(row), r1 = codes.Row(Math.Min(row + 1, last)), r2 = codes.Row(Math.Min(row + 2, last)), r3 = codes.Row(Math.Min(row + 3, last));
                Vector256<int> s00 = -e0, s01 = -e1, s10 = s00, s11 = s01, s20 = s00, s21 = s01, s30 = s00, s31 = s01;
                for (nint at = 0, group = 0; at < bytes; at += 64, group += 4)
                {
                    Vector256<sbyte> x = Vector256.Load(panels + at), y = Vector256.Load(panels + at + 32);
                    Vector256<byte> c = Four256(r0 + group);
                    s00 = Add(s00, c, x);
                    s01 = Add(s01, c, y);
                    c = Four256(r1 + group);
                    s10 = Add(s10, c, x);
                    s11 = Add(s11, c, y);
                    c = Four256(r2 + group);
                    s20 = Add(s20, c, x);
                    s21 = Add(s21, c, y);
                    c = Four256(r3 + group);
                    s30 = Add(s30, c, x);
                    s31 = Add(s31, c, y);
                }
                int* into = dots + ((nint)row * Pair) + (panel * Int8Panel.Queries);
                Store(s00, s01, into);
                if (row + 1 <= last) Store(s10, s11, into + Pair);
                if (row + 2 <= last) Store(s20, s21, into + (2 * Pair));
                if (row + 3 <= last) Store(s30, s31, into + (3 * Pair));
            }
        }
    }

    public static void TileScalar(sbyte* panels, int* excess, in RowBlock<byte> codes, int* dots)
    {
        int bytes = Int8Panel.Bytes(codes.Dimension);
        for (int row = 0; row < codes.Count; row++)
        {
            byte* code = codes.Row(row);
            for (int query = 0; query < Pair; query++)
            {
                sbyte* elements = panels + ((query / Int8Panel.Queries * bytes) + (query % Int8Panel.Queries * 4));
                int sum = -excess[query];
                for (int i = 0; i < codes.Dimension; i++) sum += elements[((i >> 2) * 4 * Int8Panel.Queries) + (i & 3)] * code[i];
                dots[((nint)row * Pair) + query] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Four512(byte* four) => Vector512.Create(*(int*)four).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Four256(byte* four) => Vector256.Create(*(int*)four).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Add(Vector512<int> sum, Vector512<byte> code, Vector512<sbyte> query, Vector512<int> ones) =>
        sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(code, query), ones.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(Vector256<int> sum, Vector256<byte> code, Vector256<sbyte> query) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(sum, code, query)
        : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(code, query), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> a, Vector512<int> b, int* into)
    {
        a.Store(into);
        b.Store(into + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> a, Vector256<int> b, int* into)
    {
        a.Store(into);
        b.Store(into + 8);
    }
}
