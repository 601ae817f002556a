using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>AVX-VNNI: four products and the sum in one instruction.</summary>
internal readonly unsafe struct VnniStep : ICodeStep<Vector256<sbyte>, Vector256<int>>
{
    public static int Count => 32;

    public static bool KeepsBias => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Load(sbyte* query) => Vector256.Load(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<sbyte> query, byte* code) =>
        AvxVnni.MultiplyWideningAndAdd(sum, Vector256.Load(code), query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d) => Avx2Step.Total(a, b, c, d);
}

/// <summary>AVX-512 without VNNI (which .NET does not expose at 512 bits): widen to 16 bits, multiply, add pairs.</summary>
internal readonly unsafe struct Avx512Step : ICodeStep<Vector512<short>, Vector512<int>>
{
    public static int Count => 32;

    public static bool KeepsBias => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Load(sbyte* query) => Avx512BW.ConvertToVector512Int16(Vector256.Load(query));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> sum, Vector512<short> query, byte* code) =>
        sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(code)), query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector512<int> a, Vector512<int> b, Vector512<int> c, Vector512<int> d) =>
        Avx2Step.Total(a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(), d.GetLower() + d.GetUpper());
}

/// <summary>
/// AVX2: |query| x (code with the query's sign), unsigned x signed, in pairs of at most 2 * 127 * 127 &lt; 2^15: nothing saturates.
/// </summary>
internal readonly unsafe struct Avx2Step : ICodeStep<Vector256<sbyte>, Vector256<int>>
{
    public static int Count => 32;

    public static bool KeepsBias => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Load(sbyte* query) => Vector256.Load(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<sbyte> query, byte* code)
    {
        Vector256<sbyte> element = (Vector256.Load(code) ^ Vector256.Create((byte)Int8Code.Zero)).AsSByte();
        return sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx2.Abs(query), Avx2.Sign(element, query)), Vector256<short>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        Vector256<int> halves = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return halves.GetLower() + halves.GetUpper();
    }
}

/// <summary>128 bits: as AVX2 where SSSE3 is there, else products in 16 bits (255 * 127 &lt; 2^15), widened.</summary>
internal readonly unsafe struct Vector128Step : ICodeStep<Vector128<sbyte>, Vector128<int>>
{
    public static int Count => 16;

    public static bool KeepsBias => !Ssse3.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Load(sbyte* query) => Vector128.Load(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> sum, Vector128<sbyte> query, byte* code)
    {
        Vector128<byte> biased = Vector128.Load(code);
        if (Ssse3.IsSupported)
        {
            Vector128<sbyte> element = (biased ^ Vector128.Create((byte)Int8Code.Zero)).AsSByte();
            return sum + Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(Ssse3.Abs(query), Ssse3.Sign(element, query)), Vector128<short>.One);
        }
        return AddWidened(sum, query, biased);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d) =>
        Vector128.Create(Vector128.Sum(a), Vector128.Sum(b), Vector128.Sum(c), Vector128.Sum(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> AddWidened(Vector128<int> sum, Vector128<sbyte> query, Vector128<byte> biased)
    {
        Vector128<short> low = Vector128.WidenLower(biased).AsInt16() * Vector128.WidenLower(query);
        Vector128<short> high = Vector128.WidenUpper(biased).AsInt16() * Vector128.WidenUpper(query);
        return sum + Vector128.WidenLower(low) + Vector128.WidenUpper(low) + Vector128.WidenLower(high) + Vector128.WidenUpper(high);
    }
}

/// <summary>One element at a time.</summary>
internal readonly unsafe struct ScalarStep : ICodeStep<int, int>
{
    public static int Count => 1;

    public static bool KeepsBias => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Load(sbyte* query) => *query;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(int sum, int query, byte* code) => sum + (query * (*code - Int8Code.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(int a, int b, int c, int d) => Vector128.Create(a, b, c, d);
}
