namespace VecStore.Analysis.Tests.Cooccurrence;

public sealed class CooccurrenceNeighborsTests
{
    public static TheoryData<CooccurrenceAffinity> Affinities => [.. Enum.GetValues<CooccurrenceAffinity>()];

    /// <summary>Whatever the affinity, and whichever way a row is counted, the neighbours are those of the dense counts, ties and all.</summary>
    [Theory]
    [MemberData(nameof(Affinities))]
    public void Streamed_neighbors_are_those_of_the_dense_counts(CooccurrenceAffinity affinity)
    {
        using FeatureBlocks many = Blocks(600, 700, seed: 1), few = CooccurrenceCountsTests.RandomBlocks(40, 90, 0.3, seed: 2), wide = Wide();
        foreach ((FeatureBlocks blocks, int most) in ((FeatureBlocks, int)[])[(many, 9), (few, 3), (few, 4096), (wide, 3)])
        {
            using CooccurrenceCounts counts = new(blocks.FeatureCount);
            counts.Observe(blocks);
            CooccurrenceNeighbors one = CooccurrenceNeighbors.Find(blocks, affinity, most, threads: 1);
            CooccurrenceNeighbors seven = CooccurrenceNeighbors.Find(blocks, affinity, most, threads: 7);
            Assert.Equal(one.Features, seven.Features);
            Assert.Equal(one.Affinities, seven.Affinities);
            for (int feature = 0; feature < blocks.FeatureCount; feature++)
            {
                CooccurringFeature[] expected = counts.CountOf(feature) == 0 ? [] : [.. counts.Neighbors(feature, affinity, blocks.FeatureCount).Where(other => other.Affinity > 0).Take(most)];
                Assert.Equal(expected, one.Of(feature));
            }
        }
    }

    [Fact]
    public void Both_graphs_have_the_same_weights()
    {
        using FeatureBlocks blocks = Blocks(300, 500, seed: 4);
        using CooccurrenceCounts counts = new(300);
        counts.Observe(blocks);
        AffinityGraph sparse = CooccurrenceNeighbors.Find(blocks, CooccurrenceAffinity.Phi, 7).AffinityGraph();
        AffinityGraph fromCounts = counts.AffinityGraph(CooccurrenceAffinity.Phi, 7);
        Assert.Equal(fromCounts.Columns, sparse.Columns);
        Assert.Equal(fromCounts.Weights, sparse.Weights);
        int[] live = counts.LiveFeatures;
        Assert.True(live.Length is > 1 and < 300);
        Assert.Equal(live.Length, sparse.Count);
        AffinityGraph dense = counts.AffinityGraph(CooccurrenceAffinity.Phi), plusOne = counts.AffinityGraph(CooccurrenceAffinity.Phi, phi: PhiRule.PlusOne);
        for (int i = 0; i < live.Length; i++)
        {
            for (int j = 0; j < live.Length; j++)
            {
                double phi = counts.Affinity(CooccurrenceAffinity.Phi, live[i], live[j]);
                Assert.Equal(i == j ? 0 : Math.Max(0, phi), dense[i, j]);
                Assert.Equal(i == j ? 0 : phi + 1, plusOne[i, j]);
            }
        }
        AffinityGraph some = counts.AffinityGraph(CooccurrenceAffinity.Jaccard, features: [live[5], live[2]]);
        Assert.Equal(counts.Affinity(CooccurrenceAffinity.Jaccard, live[5], live[2]), some[0, 1]);
        Assert.Throws<ArgumentException>(() => new CooccurrenceCounts(3).AffinityGraph(CooccurrenceAffinity.Dice));
    }

    [Fact]
    public void The_affinities_are_their_formulas()
    {
        const long t = 200_000, i = 90_000, j = 110_000, both = 60_000; // under the root of phi stands a product beyond 64 bits
        Assert.Equal((both + (t - i - j + both)) / (double)t, CooccurrenceAffinity.SimpleMatching.Of(t, i, j, both), 15);
        Assert.Equal(both / (double)(i + j - both), CooccurrenceAffinity.Jaccard.Of(t, i, j, both), 15);
        Assert.Equal(2.0 * both / (i + j), CooccurrenceAffinity.Dice.Of(t, i, j, both), 15);
        Assert.Equal(both / (double)i, CooccurrenceAffinity.Overlap.Of(t, i, j, both), 15);
        decimal n10 = i - both, n01 = j - both, n00 = t - i - j + both;
        double expected = (double)((both * n00) - (n10 * n01)) / Math.Sqrt((double)((decimal)i * (t - i) * j * (t - j)));
        Assert.Equal(expected, CooccurrenceAffinity.Phi.Of(t, i, j, both), 15);
        foreach (CooccurrenceAffinity affinity in Enum.GetValues<CooccurrenceAffinity>()) Assert.Equal(0, affinity.Of(0, 0, 0, 0));
        Assert.Equal(0, CooccurrenceAffinity.Phi.Of(10, 10, 4, 4));
        Assert.Equal(0, CooccurrenceAffinity.Phi.Of(10, 0, 4, 0));
    }

    // Frequencies from a few blocks to most of them, groups that fire together, some features that never fire and some that always do.
    private static FeatureBlocks Blocks(int features, int count, int seed)
    {
        Random random = new(seed);
        FeatureBlocks blocks = new(features);
        for (int block = 0; block < count; block++)
        {
            int group = random.Next(10);
            blocks.Append([.. Enumerable.Range(0, features).Where(feature =>
                feature % 50 != 49 && (feature % 97 == 96 || random.NextDouble() < (feature % 10 == group ? 10 : 1) * Math.Pow((feature + 1.0) / features, 3) / 10))]);
        }
        return blocks;
    }

    // More blocks than 16 bits count.
    private static FeatureBlocks Wide()
    {
        Random random = new(5);
        FeatureBlocks blocks = new(6);
        for (int block = 0; block < 70_000; block++) blocks.Append([.. Enumerable.Range(0, 6).Where(feature => feature == 0 || feature == 1 ? block % 50 != feature : random.Next(7) == 0)]);
        return blocks;
    }
}
