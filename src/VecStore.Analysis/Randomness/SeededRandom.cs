using System.Numerics;

namespace VecStore.Analysis;

/// <summary>
/// A reproducible source of random numbers: xoshiro256** (Blackman and Vigna 2018), its state filled by SplitMix64 from a seed and the name of a stream.
/// Streams of different names are independent for all practical purposes, so that adding a control never changes the draws of another. The numbers are part of the
/// contract: they do not change between versions of .NET or of this library.
/// </summary>
public sealed class SeededRandom
{
    private ulong s0, s1, s2, s3;
    private double spare;
    private bool hasSpare;

    /// <summary>A stream of a seed.</summary>
    /// <param name="seed">Any number; results report it.</param>
    /// <param name="stream">What the numbers are for, for example "bootstrap".</param>
    /// <param name="index">Which of several streams of that name, for example the draw: lets draws run on any thread.</param>
    public SeededRandom(ulong seed, string stream, long index = 0)
    {
        ulong hash = 0xcbf29ce484222325; // FNV-1a over UTF-16 units
        foreach (char c in stream) hash = (hash ^ c) * 0x100000001b3;
        ulong state = seed;
        state = SplitMix(ref state) ^ hash;
        state = SplitMix(ref state) ^ (ulong)index;
        s0 = SplitMix(ref state);
        s1 = SplitMix(ref state);
        s2 = SplitMix(ref state);
        s3 = SplitMix(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong t = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= t;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 .. limit - 1, without bias (Lemire 2019).</summary>
    public int NextInt32(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        uint range = (uint)limit;
        ulong product = (NextUInt64() >> 32) * range;
        if ((uint)product < range)
        {
            uint threshold = (0u - range) % range;
            while ((uint)product < threshold) product = (NextUInt64() >> 32) * range;
        }
        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        if (hasSpare)
        {
            hasSpare = false;
            return spare;
        }
        while (true)
        {
            double x = 2 * NextDouble() - 1, y = 2 * NextDouble() - 1, squared = x * x + y * y;
            if (squared is >= 1 or 0) continue;
            double factor = Math.Sqrt(-2 * Math.Log(squared) / squared);
            (spare, hasSpare) = (y * factor, true);
            return x * factor;
        }
    }

    /// <summary>Puts the elements into random order (Fisher and Yates), every order equally likely.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (int i = values.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>Different numbers out of 0 .. limit - 1, in random order (Floyd's choice, then shuffled).</summary>
    public int[] Choose(int count, int limit)
    {
        if (count < 0 || count > limit) throw new ArgumentOutOfRangeException(nameof(count), count, $"cannot choose {count} of {limit}");
        HashSet<int> taken = new(count);
        int[] chosen = new int[count];
        for (int i = 0, top = limit - count; top < limit; top++, i++)
        {
            int pick = NextInt32(top + 1);
            if (!taken.Add(pick)) taken.Add(pick = top);
            chosen[i] = pick;
        }
        Shuffle(chosen.AsSpan());
        return chosen;
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
