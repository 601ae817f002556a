using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>AVX-VNNI: four products and the sum in one instruction.</summary>
internal readonly unsafe struct VnniStep : ICodeStep<Vector256<sbyte>, Vector256<int>>
{
    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Excess(in Int8Query query) => query.Bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> Load(sbyte* query) => Vector256.Load(query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<sbyte> query, byte* code) =>
        AvxVnni.MultiplyWideningAndAdd(sum, Vector256.Load(code), query);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d) => Avx2Step.Total(a, b, c, d);
}

/// <summary>32 elements of a query as <see cref="Avx2Step"/> multiplies them.</summary>
internal readonly struct TurnedQuery(Vector256<byte> magnitudes, Vector256<byte> flips)
{
    public readonly Vector256<byte> Magnitudes = magnitudes;
    public readonly Vector256<byte> Flips = flips;
}

/// <summary>
/// AVX2: |query| x the code, all of whose bits are turned where the query is negative. A turned element is -element - 1, so the total lacks
/// |query| for each negative one: a number known beforehand. Pairs are at most 2 * 127 * 128 &lt; 2^15: nothing saturates.
/// Also the step of 512 bits without AVX-VNNI: four instructions of 64 elements took as long as twice four of 32 (Zen 4).
/// </summary>
internal readonly unsafe struct Avx2Step : ICodeStep<TurnedQuery, Vector256<int>>
{
    public static int Count => 32;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Excess(in Int8Query query) => query.Negative;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TurnedQuery Load(sbyte* query)
    {
        Vector256<sbyte> elements = Vector256.Load(query);
        return new(Avx2.Abs(elements), Avx2.CompareGreaterThan(Vector256<sbyte>.Zero, elements).AsByte() ^ Vector256.Create((byte)Int8Code.Zero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, TurnedQuery query, byte* code) => sum + Avx2.MultiplyAddAdjacent(
        Avx2.MultiplyAddAdjacent(query.Magnitudes, (Vector256.Load(code) ^ query.Flips).AsSByte()), Vector256<short>.One);

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Excess(in Int8Query query) => Ssse3.IsSupported ? 0 : query.Bias;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Excess(in Int8Query query) => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Load(sbyte* query) => *query;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(int sum, int query, byte* code) => sum + (query * (*code - Int8Code.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(int a, int b, int c, int d) => Vector128.Create(a, b, c, d);
}
