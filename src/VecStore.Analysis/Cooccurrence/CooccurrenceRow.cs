using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>
/// Counts one feature against all others by walking its blocks, and keeps those of highest affinity. Counters of a row that touches many features are gone through from the largest counts down, as
/// long as a smaller count could still come in. For one thread.
/// </summary>
internal sealed unsafe class CooccurrenceRow : IDisposable
{
    private readonly FeatureBlocks blocks;
    private readonly BlocksByFeature byFeature;
    private readonly long[] occurrences;
    private readonly int[] byRarity;
    private readonly CooccurrenceAffinity affinity;
    private readonly TopAffinities best;
    private readonly ushort* counters;
    private readonly int padded;
    private readonly List<int> touched = [];
    private int[]? wide; // counters of features that fire in more blocks than 16 bits count

    public CooccurrenceRow(FeatureBlocks blocks, BlocksByFeature byFeature, long[] occurrences, int[] byRarity, CooccurrenceAffinity affinity, int mostPerRow)
    {
        (this.blocks, this.byFeature, this.occurrences, this.byRarity, this.affinity) = (blocks, byFeature, occurrences, byRarity, affinity);
        best = new(mostPerRow);
        padded = (blocks.FeatureCount + 31) / 32 * 32;
        counters = (ushort*)NativeMemory.AlignedAlloc((nuint)padded * sizeof(ushort), 64);
        NativeMemory.Clear(counters, (nuint)padded * sizeof(ushort));
    }

    /// <summary>The best of a feature; valid until the next.</summary>
    public TopAffinities Of(int feature)
    {
        best.Clear();
        (long start, long end) = byFeature.RangeOf(feature);
        if (start == end) return best;
        long steps = 0;
        for (long i = start; i < end; i++)
        {
            (long from, long to) = blocks.RangeOf(byFeature.Blocks[i]);
            steps += to - from;
        }
        if (end - start > ushort.MaxValue) ByWideCounters(feature, start, end);
        else if (steps < padded / 8) ByTouched(feature, start, end);
        else ByCounters(feature, start, end);
        return best;
    }

    public void Dispose() => NativeMemory.AlignedFree(counters);

    // Few steps: the features met are listed.
    private void ByTouched(int feature, long start, long end)
    {
        touched.Clear();
        for (long i = start; i < end; i++)
        {
            (long from, long to) = blocks.RangeOf(byFeature.Blocks[i]);
            for (int* at = blocks.Features + from, stop = blocks.Features + to; at < stop; at++)
            {
                if (counters[*at]++ == 0) touched.Add(*at);
            }
        }
        foreach (int other in touched) Offer(feature, other, counters[other]);
        OfferStrangers(feature, other => counters[other]);
        foreach (int other in touched) counters[other] = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ByCounters(int feature, long start, long end)
    {
        for (long i = start; i < end; i++)
        {
            (long from, long to) = blocks.RangeOf(byFeature.Blocks[i]);
            for (int* at = blocks.Features + from, stop = blocks.Features + to; at < stop; at++) counters[*at]++;
        }
        counters[feature] = 0; // it would be the largest of all
        Vector512<ushort> top = Vector512<ushort>.Zero;
        for (int at = 0; at < padded; at += 32) top = Vector512.Max(top, Vector512.Load(counters + at));
        int above = 0;
        for (int lane = 0; lane < 32; lane++) above = Math.Max(above, top[lane]);
        for (above++; above > 1;)
        {
            int least = Math.Max(1, above / 2);
            while (least < above - 1 && !CouldComeIn(feature, least)) least++;
            OfferCounts(feature, least, above);
            above = least;
            if (!CouldComeIn(feature, above - 1)) break;
        }
        OfferStrangers(feature, other => counters[other]);
        NativeMemory.Clear(counters, (nuint)padded * sizeof(ushort));
    }

    // Offers the features whose counts are at least one number and below another.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void OfferCounts(int feature, int least, int below)
    {
        Vector512<ushort> low = Vector512.Create((ushort)least), high = Vector512.Create((ushort)(below - 1));
        for (int at = 0; at < padded; at += 32)
        {
            Vector512<ushort> counts = Vector512.Load(counters + at);
            ulong within = (Vector512.GreaterThanOrEqual(counts, low) & Vector512.LessThanOrEqual(counts, high)).ExtractMostSignificantBits();
            for (; within != 0; within &= within - 1)
            {
                int other = at + System.Numerics.BitOperations.TrailingZeroCount(within);
                Offer(feature, other, counters[other]);
            }
        }
    }

    private void ByWideCounters(int feature, long start, long end)
    {
        wide ??= new int[blocks.FeatureCount];
        for (long i = start; i < end; i++)
        {
            (long from, long to) = blocks.RangeOf(byFeature.Blocks[i]);
            for (int* at = blocks.Features + from, stop = blocks.Features + to; at < stop; at++) wide[*at]++;
        }
        for (int other = 0; other < wide.Length; other++)
        {
            if (wide[other] > 0) Offer(feature, other, wide[other]);
        }
        OfferStrangers(feature, other => wide[other]);
        Array.Clear(wide);
    }

    private void Offer(int feature, int other, int both)
    {
        if (other == feature) return;
        double value = affinity.Of(blocks.Count, occurrences[feature], occurrences[other], both);
        if (value > 0 && value >= best.Worst) best.Offer(value, other, both);
    }

    // The highest affinity that a count allows: that with a feature which fires nowhere else.
    private bool CouldComeIn(int feature, int both)
    {
        if (both < 1) return false;
        double bound = affinity.Of(blocks.Count, occurrences[feature], both, both);
        return bound * (1 + 1e-12) >= best.Worst;
    }

    // Features that never fire together with this one: by simple matching the rarer, the nearer; by the other affinities none.
    private void OfferStrangers(int feature, Func<int, int> both)
    {
        foreach (int other in byRarity)
        {
            if (other == feature) continue;
            if (affinity.Of(blocks.Count, occurrences[feature], occurrences[other], 0) < best.Worst) return;
            if (both(other) == 0) Offer(feature, other, 0);
        }
    }
}
