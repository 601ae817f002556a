using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Indexing;

/// <summary>Exact integer inner products of a signed query with biased codes.</summary>
internal static unsafe class CodeDot
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Step(Vector256<int> sum, Vector256<sbyte> q, Vector256<byte> qa, byte* code)
    {
        Vector256<sbyte> c = (Vector256.Load(code) ^ Vector256.Create((byte)0x80)).AsSByte();
        return sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(qa, Avx2.Sign(c, q)), Vector256<short>.One);
    }

    public static void Four(sbyte* query, byte* a, byte* b, byte* c, byte* d, int length, int* dots)
    {
        if (!Avx2.IsSupported)
        {
            dots[0] = One(query, a, length);
            dots[1] = One(query, b, length);
            dots[2] = One(query, c, length);
            dots[3] = One(query, d, length);
            return;
        }
        Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int i = 0; i < length; i += 32)
        {
            Vector256<sbyte> q = Vector256.Load(query + i);
            Vector256<byte> qa = Avx2.Abs(q);
            s0 = Step(s0, q, qa, a + i);
            s1 = Step(s1, q, qa, b + i);
            s2 = Step(s2, q, qa, c + i);
            s3 = Step(s3, q, qa, d + i);
        }
        Vector256<int> s01 = Avx2.HorizontalAdd(s0, s1), s23 = Avx2.HorizontalAdd(s2, s3);
        Vector256<int> t = Avx2.HorizontalAdd(s01, s23);
        (t.GetLower() + t.GetUpper()).Store(dots);
    }

    public static int One(sbyte* query, byte* a, int length)
    {
        int sum = 0;
        for (int i = 0; i < length; i++) sum += query[i] * (a[i] - 128);
        return sum;
    }
}
