using System.Security.Cryptography;

namespace VecStore.Analysis.Tests.Cooccurrence;

public sealed class CooccurrenceCountsTests
{
    /// <summary>Sparse rows are walked, dense ones are counted by bits: both ways are met, and both agree with counting pair by pair.</summary>
    [Theory]
    [InlineData(1, 1, 1.0)]
    [InlineData(50, 40, 0.5)]
    [InlineData(333, 700, 0.02)]
    [InlineData(200, 5000, 0.3)]
    [InlineData(70, 34_000, 0.2)] // more than one batch
    public void Counts_agree_with_counting_pair_by_pair(int features, int blockCount, double share)
    {
        using FeatureBlocks blocks = RandomBlocks(features, blockCount, share, seed: 7);
        long[,] expected = PairByPair(blocks);
        foreach (int threads in (int[])[1, 2, 7])
        {
            using CooccurrenceCounts counts = new(features);
            counts.Observe(blocks, threads);
            Assert.Equal(blockCount, counts.Blocks);
            for (int i = 0; i < features; i++)
            {
                for (int j = 0; j < features; j++) Assert.Equal(expected[i, j], counts[i, j]);
            }
        }
    }

    [Fact]
    public void Both_ways_of_counting_a_row_are_met()
    {
        using FeatureBlocks blocks = new(400);
        Random random = new(3);
        for (int block = 0; block < 3000; block++)
            blocks.Append([.. Enumerable.Range(0, 400).Where(feature => random.NextDouble() < (feature < 200 ? 0.002 : 0.9))]);
        using CooccurrenceBatch batch = new(blocks, 0, 3000);
        bool[] ways = [.. Enumerable.Range(0, batch.TileCount).Select(batch.IsByBits).Distinct()];
        Assert.Equal(2, ways.Length);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(640)]
    public unsafe void Ones_in_common_are_the_same_by_adders_and_by_words(int words)
    {
        Random random = new(words);
        ulong[] left = new ulong[words], right = new ulong[words];
        foreach (double share in (double[])[0, 0.1, 0.5, 1])
        {
            long expected = 0;
            for (int bit = 0; bit < 64 * words; bit++)
            {
                bool one = random.NextDouble() < share, other = random.NextDouble() < share;
                Set(left, bit, one);
                Set(right, bit, other);
                if (one && other) expected++;
            }
            fixed (ulong* x = left, y = right)
            {
                Assert.Equal(expected, BitColumns.CommonByWords(x, y, words));
                Assert.Equal(expected, BitColumns.Common(x, y, words));
            }
        }
    }

    [Fact]
    public void Parts_combine_and_survive_writing()
    {
        const int features = 90;
        using FeatureBlocks all = RandomBlocks(features, 900, 0.1, seed: 11), first = new(features), second = new(features);
        for (long block = 0; block < all.Count; block++) (block < 300 ? first : second).Append(all[block]);
        using CooccurrenceCounts whole = new(features), left = new(features), right = new(features);
        whole.Observe(all);
        left.Observe(first);
        right.Observe(second);
        using CooccurrenceCounts read = Copy(right), none = left.Empty();
        left.Combine(read);
        left.Combine(none);
        Assert.Equal(whole.Totals(), left.Totals());

        using FeatureBlocks copy = Copy(second);
        first.Combine(copy);
        Assert.Equal(all.Count, first.Count);
        for (long block = 0; block < all.Count; block++) Assert.True(all[block].SequenceEqual(first[block]));
    }

    [Fact]
    public void Counts_that_cannot_be_are_refused()
    {
        using CooccurrenceCounts counts = new(3);
        using FeatureBlocks blocks = new(3);
        blocks.Append([0, 2]);
        counts.Observe(blocks);
        byte[] bytes = Written(counts.Write);
        bytes[^24] = 200; // n_00 = 200 in one block
        Assert.Throws<InvalidDataException>(() => CooccurrenceCounts.Read(new(new MemoryStream(bytes))));
        Assert.Throws<InvalidDataException>(() => CooccurrenceCounts.Read(new(new MemoryStream(Written(counts.Write)[..^1]))));
        Assert.Throws<ArgumentException>(() => blocks.Append([2, 1]));
        Assert.Throws<ArgumentException>(() => blocks.Append([3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CooccurrenceCounts(CooccurrenceCounts.MostFeatures + 1));
    }

    [Fact]
    public void Totals_are_those_of_the_whole_matrix()
    {
        using FeatureBlocks blocks = RandomBlocks(30, 200, 0.2, seed: 5);
        using CooccurrenceCounts counts = new(30);
        counts.Observe(blocks);
        long[,] expected = PairByPair(blocks);
        byte[] bytes = new byte[30 * 30 * sizeof(long)];
        Buffer.BlockCopy(expected, 0, bytes, 0, bytes.Length);
        CooccurrenceTotals totals = counts.Totals();
        Assert.Equal(expected.Cast<long>().Sum(), totals.Sum);
        Assert.Equal(expected.Cast<long>().Count(count => count > 0), totals.NonZeros);
        Assert.Equal(Enumerable.Range(0, 30).Sum(i => expected[i, i]), totals.Trace);
        Assert.Equal(System.Convert.ToHexStringLower(SHA256.HashData(bytes)), totals.Sha256);
    }

    [Fact]
    public void Features_of_no_block_and_of_every_block_are_told_apart()
    {
        using FeatureBlocks blocks = new(4);
        blocks.Append([1, 2]);
        blocks.Append([1]);
        using CooccurrenceCounts counts = new(4);
        counts.Observe(blocks);
        Assert.Equal([0, 3], counts.NeverFiring);
        Assert.Equal([1], counts.AlwaysFiring);
        Assert.Equal([2], counts.LiveFeatures);
        Assert.Equal(0, counts.Affinity(CooccurrenceAffinity.Phi, 1, 2));
        Assert.Equal(0, counts.Affinity(CooccurrenceAffinity.Overlap, 0, 2));
        Assert.Equal(0, counts.Affinity(CooccurrenceAffinity.Jaccard, 0, 3));
        Assert.Equal(0.5, counts.Affinity(CooccurrenceAffinity.Jaccard, 1, 2));
    }

    /// <summary>Lists beyond the memory limit lie in a temporary file, and nothing else changes.</summary>
    [Fact]
    public void Lists_beyond_the_memory_limit_are_the_same()
    {
        using FeatureBlocks blocks = RandomBlocks(100, 3000, 0.1, seed: 2), spilled = new(100, memoryLimit: 50_000);
        for (long block = 0; block < blocks.Count; block++) spilled.Append(blocks[block]);
        Assert.True(spilled.IsSpilled);
        Assert.False(blocks.IsSpilled);
        for (long block = 0; block < blocks.Count; block++) Assert.True(blocks[block].SequenceEqual(spilled[block]));
    }

    internal static FeatureBlocks RandomBlocks(int features, int count, double share, int seed)
    {
        Random random = new(seed);
        FeatureBlocks blocks = new(features);
        for (int block = 0; block < count; block++) blocks.Append([.. Enumerable.Range(0, features).Where(_ => random.NextDouble() < share)]);
        return blocks;
    }

    internal static long[,] PairByPair(FeatureBlocks blocks)
    {
        long[,] counts = new long[blocks.FeatureCount, blocks.FeatureCount];
        for (long block = 0; block < blocks.Count; block++)
        {
            foreach (int i in blocks[block])
            {
                foreach (int j in blocks[block]) counts[i, j]++;
            }
        }
        return counts;
    }

    private static void Set(ulong[] words, int bit, bool one)
    {
        words[bit / 64] &= ~(1UL << (bit % 64));
        if (one) words[bit / 64] |= 1UL << (bit % 64);
    }

    private static byte[] Written(Action<BinaryWriter> write)
    {
        using MemoryStream stream = new();
        using (BinaryWriter writer = new(stream)) write(writer);
        return stream.ToArray();
    }

    private static CooccurrenceCounts Copy(CooccurrenceCounts counts) => CooccurrenceCounts.Read(new(new MemoryStream(Written(counts.Write))));

    private static FeatureBlocks Copy(FeatureBlocks blocks) => FeatureBlocks.Read(new(new MemoryStream(Written(blocks.Write))));
}
