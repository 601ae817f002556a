using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>The hash of keys. It is part of the file format: FORMAT.md states it, and it must not change.</summary>
internal static class KeyHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    public static ulong Of(long key) => Mix((ulong)key + Multiplier);

    public static ulong Of(ReadOnlySpan<byte> key)
    {
        ulong hash = (ulong)key.Length * Multiplier;
        for (; key.Length >= 8; key = key[8..]) hash = Fold(hash, MemoryMarshal.Read<ulong>(key));
        ulong tail = 0;
        for (int i = key.Length - 1; i >= 0; i--) tail = (tail << 8) | key[i];
        return Mix(Fold(hash, tail));
    }

    /// <summary>The slot where the search for a hash begins, in a table of any size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long FirstSlot(ulong hash, long slots) => (long)Math.BigMul(hash, (ulong)slots, out _);

    private static ulong Fold(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Multiplier;
        return hash ^ (hash >> 32);
    }

    // The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
