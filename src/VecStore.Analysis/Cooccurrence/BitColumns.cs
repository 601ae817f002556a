using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Analysis;

/// <summary>
/// Features as columns of bits over blocks: two features share as many blocks as their columns have ones in common. Exact. With AVX-512 the ones of eight registers are added by
/// carry-save adders before they are counted (Mula, Kurz, Lemire 2018, Faster population counts using AVX2 instructions, section 2.2).
/// </summary>
internal static unsafe class BitColumns
{
    /// <summary>Words of a column are a multiple of this: eight registers of 512 bits.</summary>
    public const int WordMultiple = 64;

    /// <summary>Ones that two columns have in common.</summary>
    /// <param name="left">A column, its words a multiple of <see cref="WordMultiple"/>.</param>
    /// <param name="right">The other.</param>
    /// <param name="words">Words of 64 bits.</param>
    public static long Common(ulong* left, ulong* right, int words) =>
        Avx512BW.IsSupported ? CommonByAdders(left, right, words) : CommonByWords(left, right, words);

    public static long CommonByWords(ulong* left, ulong* right, int words)
    {
        long count = 0;
        for (int i = 0; i < words; i++) count += BitOperations.PopCount(left[i] & right[i]);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long CommonByAdders(ulong* left, ulong* right, int words)
    {
        Vector512<ulong> ones = Vector512<ulong>.Zero, twos = Vector512<ulong>.Zero, fours = Vector512<ulong>.Zero, total = Vector512<ulong>.Zero;
        for (int i = 0; i < words; i += WordMultiple)
        {
            ulong* x = left + i, y = right + i;
            Vector512<ulong> a = Add(ref ones, And(x, y, 0), And(x, y, 1));
            Vector512<ulong> b = Add(ref ones, And(x, y, 2), And(x, y, 3));
            Vector512<ulong> c = Add(ref twos, a, b);
            a = Add(ref ones, And(x, y, 4), And(x, y, 5));
            b = Add(ref ones, And(x, y, 6), And(x, y, 7));
            Vector512<ulong> d = Add(ref twos, a, b);
            total += Ones(Add(ref fours, c, d));
        }
        total = (total << 3) + (Ones(fours) << 2) + (Ones(twos) << 1) + Ones(ones);
        return (long)Vector512.Sum(total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> And(ulong* x, ulong* y, int register) => Vector512.Load(x + (8 * register)) & Vector512.Load(y + (8 * register));

    // A carry-save adder: the sum bit stays in the first, the carry is returned.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Add(ref Vector512<ulong> sum, Vector512<ulong> x, Vector512<ulong> y)
    {
        Vector512<ulong> carry = Avx512F.TernaryLogic(sum, x, y, 0xE8);
        sum = Avx512F.TernaryLogic(sum, x, y, 0x96);
        return carry;
    }

    // Ones of each 64 bits, by a table of the ones of four bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Ones(Vector512<ulong> bits)
    {
        Vector512<byte> table = Vector512.Create(Vector256.Create(Nibbles, Nibbles), Vector256.Create(Nibbles, Nibbles));
        Vector512<byte> low = bits.AsByte() & Vector512.Create((byte)15);
        Vector512<byte> high = (bits >> 4).AsByte() & Vector512.Create((byte)15);
        Vector512<byte> counts = Avx512BW.Shuffle(table, low) + Avx512BW.Shuffle(table, high);
        return Avx512BW.SumAbsoluteDifferences(counts, Vector512<byte>.Zero).AsUInt64();
    }

    private static Vector128<byte> Nibbles => Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
}
