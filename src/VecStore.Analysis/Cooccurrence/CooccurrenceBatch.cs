using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Analysis;

/// <summary>
/// Adds the pairs of a batch of blocks to a triangle of counts. Row after row (feature after feature), each by the cheaper of two exact ways: walking the rest of every block that has the feature
/// (Gustavson 1978, with 16-bit counters that stay in the cache), or bit columns. Rows are independent, so any number of threads gives the same counts.
/// </summary>
internal sealed unsafe class CooccurrenceBatch : IDisposable
{
    /// <summary>Blocks of one batch at most: the counters of a row have 16 bits.</summary>
    public const int MostBlocks = 32_768;

    /// <summary>Firings of one batch at most, but for a single block that has more.</summary>
    public const int MostFirings = 1 << 23;

    // Processor time of one step of either way, as measured: what decides between them, never what they give.
    private const double WalkStep = 0.35, BitStep = 0.55;

    private const int RowsOfTile = 16, ColumnsOfTile = 64;

    private readonly int featureCount, blockCount, words;
    private readonly ushort* lists;     // features of the blocks, one block after the other
    private readonly int* featureStarts; // where the places of a feature start
    private readonly long* places;      // of each feature in each of its blocks: what follows it in the block, as (first, end) in lists
    private readonly bool[] byBits;     // for each tile of rows
    private ulong* bits;

    public CooccurrenceBatch(FeatureBlocks blocks, long first, int count)
    {
        (featureCount, blockCount) = (blocks.FeatureCount, count);
        long start = blocks.RangeOf(first).Start;
        int firings = checked((int)(blocks.RangeOf(first + count - 1).End - start));
        lists = (ushort*)NativeMemory.AlignedAlloc((nuint)Math.Max(firings, 1) * sizeof(ushort), 64);
        featureStarts = (int*)NativeMemory.AllocZeroed((nuint)featureCount + 2, sizeof(int));
        places = (long*)NativeMemory.AlignedAlloc((nuint)Math.Max(firings, 1) * sizeof(long), 64);
        for (int i = 0; i < firings; i++)
        {
            int feature = blocks.Features[start + i];
            lists[i] = (ushort)feature;
            featureStarts[feature + 2]++;
        }
        for (int feature = 2; feature <= featureCount; feature++) featureStarts[feature] += featureStarts[feature - 1];
        double[] steps = new double[(featureCount + RowsOfTile - 1) / RowsOfTile];
        for (int block = 0; block < count; block++)
        {
            (long from, long to) = blocks.RangeOf(first + block);
            int end = (int)(to - start);
            for (int at = (int)(from - start); at < end; at++)
            {
                int feature = lists[at];
                places[featureStarts[feature + 1]++] = ((long)end << 32) | (uint)(at + 1);
                steps[feature / RowsOfTile] += end - at - 1;
            }
        }
        words = (((count + 63) / 64) + BitColumns.WordMultiple - 1) / BitColumns.WordMultiple * BitColumns.WordMultiple;
        byBits = new bool[steps.Length];
        for (int tile = 0; tile < byBits.Length; tile++)
        {
            int top = tile * RowsOfTile;
            double pairs = (double)Math.Min(RowsOfTile, featureCount - top) * (featureCount - top);
            byBits[tile] = steps[tile] * WalkStep > pairs * (words / 8.0) * BitStep;
        }
        if (byBits.Contains(true)) SetBits(blocks, first);
    }

    /// <summary>Tiles of rows: the parts that threads share.</summary>
    public int TileCount => byBits.Length;

    /// <summary>True when a tile is counted by bit columns.</summary>
    public bool IsByBits(int tile) => byBits[tile];

    /// <summary>Adds the pairs of the rows of a tile to their counts.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="triangle">The counts, row by row, each from its diagonal on.</param>
    /// <param name="counters">As many zeros as features, and zeros again afterwards.</param>
    public void Add(int tile, int* triangle, ushort* counters)
    {
        int first = tile * RowsOfTile, end = Math.Min(first + RowsOfTile, featureCount);
        if (byBits[tile]) AddByBits(first, end, triangle);
        else
        {
            for (int row = first; row < end; row++) AddByWalking(row, triangle + CooccurrenceCounts.RowStart(row, featureCount) - row, counters);
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(lists);
        NativeMemory.Free(featureStarts);
        NativeMemory.AlignedFree(places);
        NativeMemory.AlignedFree(bits);
        bits = null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddByWalking(int row, int* counts, ushort* counters)
    {
        int begin = featureStarts[row], stop = featureStarts[row + 1];
        if (begin == stop) return;
        for (int place = begin; place < stop; place++)
        {
            ushort* at = lists + (uint)places[place], end = lists + (places[place] >> 32);
            if (Sse.IsSupported && place + 4 < stop) Sse.Prefetch0(lists + (uint)places[place + 4]);
            for (ushort* eighth = at + ((end - at) & ~7L); at < eighth; at += 8)
            {
                ulong four = *(ulong*)at, more = *(ulong*)(at + 4);
                counters[(ushort)four]++;
                counters[(ushort)(four >> 16)]++;
                counters[(ushort)(four >> 32)]++;
                counters[four >> 48]++;
                counters[(ushort)more]++;
                counters[(ushort)(more >> 16)]++;
                counters[(ushort)(more >> 32)]++;
                counters[more >> 48]++;
            }
            for (; at < end; at++) counters[*at]++;
        }
        counts[row] += stop - begin;
        int column = row + 1;
        for (; column + 32 <= featureCount; column += 32)
        {
            Vector512<ushort> seen = Vector512.Load(counters + column);
            if (seen == Vector512<ushort>.Zero) continue;
            Vector512<ushort>.Zero.Store(counters + column);
            (Vector512<uint> low, Vector512<uint> high) = Vector512.Widen(seen);
            (Vector512.Load(counts + column) + low.AsInt32()).Store(counts + column);
            (Vector512.Load(counts + column + 16) + high.AsInt32()).Store(counts + column + 16);
        }
        for (; column < featureCount; column++)
        {
            counts[column] += counters[column];
            counters[column] = 0;
        }
    }

    private void AddByBits(int first, int end, int* triangle)
    {
        for (int left = first; left < featureCount; left += ColumnsOfTile)
        {
            int right = Math.Min(left + ColumnsOfTile, featureCount);
            for (int row = first; row < end; row++)
            {
                int* counts = triangle + CooccurrenceCounts.RowStart(row, featureCount) - row;
                ulong* mine = bits + ((long)row * words);
                for (int column = Math.Max(left, row); column < right; column++)
                    counts[column] += (int)BitColumns.Common(mine, bits + ((long)column * words), words);
            }
        }
    }

    private void SetBits(FeatureBlocks blocks, long first)
    {
        nuint bytes = (nuint)featureCount * (nuint)words * sizeof(ulong);
        bits = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(bits, bytes);
        for (int block = 0; block < blockCount; block++)
        {
            foreach (int feature in blocks[first + block]) bits[((long)feature * words) + (block >> 6)] |= 1UL << (block & 63);
        }
    }
}
