using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Storage;

/// <summary>
/// CRC-32C (Castagnoli polynomial 0x1EDC6F41, reflected), the checksum of every file of a store. Uses the instruction of the processor on
/// three independent stretches at once, since each step waits three cycles for the one before; without the instruction, tables.
/// </summary>
public static unsafe class Crc32C
{
    private const uint Polynomial = 0x82F63B78; // reflected

    // Three stretches of 5,456 bytes are a block of 16 KiB less 16 bytes; short ones serve headers and tails. Multiples of 8.
    private const int LongStretch = 5456, ShortStretch = 256;

    private static readonly uint[] Slices = BuildSlices();
    private static readonly uint[] SkipLong = BuildSkip(LongStretch);
    private static readonly uint[] SkipShort = BuildSkip(ShortStretch);

    /// <summary>The checksum of the bytes. Give the checksum of the bytes before them to continue one, or a seed to tell equal bytes apart.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        fixed (byte* start = bytes)
        {
            return Compute(start, bytes.Length, before);
        }
    }

    /// <summary>The checksum of <paramref name="length"/> bytes at <paramref name="start"/>.</summary>
    public static uint Compute(byte* start, long length, uint before = 0)
    {
        if (Sse42.X64.IsSupported) return ~Interleaved<X64Step>(start, length, ~before);
        if (Crc32.Arm64.IsSupported) return ~Interleaved<Arm64Step>(start, length, ~before);
        return ComputeByTables(start, length, before);
    }

    /// <summary>The same without the instruction: eight tables, eight bytes at a time.</summary>
    internal static uint ComputeByTables(byte* start, long length, uint before)
    {
        uint state = ~before;
        fixed (uint* table = Slices)
        {
            for (; length >= 8; start += 8, length -= 8)
            {
                ulong word = Unsafe.ReadUnaligned<ulong>(start) ^ state;
                state = table[(7 * 256) + (byte)word] ^ table[(6 * 256) + (byte)(word >> 8)]
                    ^ table[(5 * 256) + (byte)(word >> 16)] ^ table[(4 * 256) + (byte)(word >> 24)]
                    ^ table[(3 * 256) + (byte)(word >> 32)] ^ table[(2 * 256) + (byte)(word >> 40)]
                    ^ table[256 + (byte)(word >> 48)] ^ table[(byte)(word >> 56)];
            }
            for (; length > 0; start++, length--) state = table[(byte)(state ^ *start)] ^ (state >> 8);
        }
        return ~state;
    }

    private interface IStep
    {
        static abstract ulong Eight(ulong state, ulong bytes); // 64 bits wide, so that no step waits for a cut to 32

        static abstract uint One(uint state, byte value);
    }

    private readonly struct X64Step : IStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Eight(ulong state, ulong bytes) => Sse42.X64.Crc32(state, bytes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint One(uint state, byte value) => Sse42.Crc32(state, value);
    }

    private readonly struct Arm64Step : IStep
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ulong Eight(ulong state, ulong bytes) => Crc32.Arm64.ComputeCrc32C((uint)state, bytes);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static uint One(uint state, byte value) => Crc32.ComputeCrc32C(state, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the first search of a process verifies megabytes: not in unoptimised code
    private static uint Interleaved<TStep>(byte* start, long length, uint state) where TStep : struct, IStep
    {
        for (; length >= 3 * LongStretch; start += 3 * LongStretch, length -= 3 * LongStretch)
            state = ThreeStretches<TStep>(start, LongStretch, state, SkipLong);
        for (; length >= 3 * ShortStretch; start += 3 * ShortStretch, length -= 3 * ShortStretch)
            state = ThreeStretches<TStep>(start, ShortStretch, state, SkipShort);
        for (; length >= 8; start += 8, length -= 8) state = (uint)TStep.Eight(state, Unsafe.ReadUnaligned<ulong>(start));
        for (; length > 0; start++, length--) state = TStep.One(state, *start);
        return state;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ThreeStretches<TStep>(byte* start, int stretch, uint state, uint[] skip) where TStep : struct, IStep
    {
        byte* second = start + stretch, third = second + stretch, end = start + (stretch & ~31);
        ulong a = state, b = 0, c = 0;
        for (; start < end; start += 32, second += 32, third += 32)
        {
            a = TStep.Eight(a, Word(start));
            b = TStep.Eight(b, Word(second));
            c = TStep.Eight(c, Word(third));
            a = TStep.Eight(a, Word(start + 8));
            b = TStep.Eight(b, Word(second + 8));
            c = TStep.Eight(c, Word(third + 8));
            a = TStep.Eight(a, Word(start + 16));
            b = TStep.Eight(b, Word(second + 16));
            c = TStep.Eight(c, Word(third + 16));
            a = TStep.Eight(a, Word(start + 24));
            b = TStep.Eight(b, Word(second + 24));
            c = TStep.Eight(c, Word(third + 24));
        }
        for (end += stretch & 31; start < end; start += 8, second += 8, third += 8)
        {
            a = TStep.Eight(a, Word(start));
            b = TStep.Eight(b, Word(second));
            c = TStep.Eight(c, Word(third));
        }
        return Skip(skip, Skip(skip, (uint)a) ^ (uint)b) ^ (uint)c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(byte* at) => Unsafe.ReadUnaligned<ulong>(at);

    /// <summary>What a state becomes after as many zero bytes as the table was built for: the checksum is linear, so four lookups add up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Skip(uint[] table, uint state) =>
        table[(byte)state] ^ table[256 + (byte)(state >> 8)] ^ table[512 + (byte)(state >> 16)] ^ table[768 + (byte)(state >> 24)];

    private static uint[] BuildSlices()
    {
        uint[] table = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint state = value;
            for (int bit = 0; bit < 8; bit++) state = (state & 1) != 0 ? (state >> 1) ^ Polynomial : state >> 1;
            table[value] = state;
        }
        for (int i = 256; i < table.Length; i++) table[i] = table[(byte)table[i - 256]] ^ (table[i - 256] >> 8);
        return table;
    }

    private static uint[] BuildSkip(int zeroBytes)
    {
        // The image of each single bit, then of each byte in each place as the sum of its bits.
        byte* zeros = stackalloc byte[zeroBytes];
        Span<uint> images = stackalloc uint[32];
        for (int bit = 0; bit < 32; bit++) images[bit] = ~ComputeByTables(zeros, zeroBytes, ~(1u << bit));
        uint[] table = new uint[4 * 256];
        for (int place = 0; place < 4; place++)
        {
            for (int value = 0; value < 256; value++)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    if ((value >> bit & 1) != 0) table[(place * 256) + value] ^= images[(place * 8) + bit];
                }
            }
        }
        return table;
    }
}
