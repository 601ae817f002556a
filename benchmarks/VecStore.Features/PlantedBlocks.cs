using VecStore.Analysis;

namespace VecStore.Features;

/// <summary>
/// Blocks with planted lobes: features lie in lobes of equal size, each block has one active lobe from which a share of its features comes (at most half of the lobe); the others come from all features. How often a
/// feature is drawn varies (log-normal). Seeded.
/// </summary>
internal static class PlantedBlocks
{
    /// <summary>The lobe of a feature: features are dealt out one by one, so that the numbers say nothing.</summary>
    public static int LobeOf(int feature, int lobes) => feature % lobes;

    /// <summary>Makes the blocks.</summary>
    /// <param name="features">Features.</param>
    /// <param name="blocks">Blocks.</param>
    /// <param name="perBlock">Features in a block.</param>
    /// <param name="lobes">Lobes; 1 makes features independent of one another.</param>
    /// <param name="share">Share of a block's features that come from its active lobe.</param>
    /// <param name="seed">Seed.</param>
    public static FeatureBlocks Make(int features, int blocks, int perBlock, int lobes, double share, int seed)
    {
        Random random = new(seed);
        double[] weights = [.. Enumerable.Range(0, features).Select(_ => Math.Exp(0.5 * Normal(random)))];
        double[][] cumulated = [.. Enumerable.Range(0, lobes).Select(lobe => Cumulated(features, weights, feature => LobeOf(feature, lobes) == lobe))];
        double[] all = Cumulated(features, weights, _ => true);
        FeatureBlocks made = new(features);
        HashSet<int> chosen = [];
        int[] sorted = new int[perBlock];
        int fromLobe = lobes == 1 ? 0 : (int)Math.Min(share * perBlock, features / lobes / 2.0); // a lobe has more than it gives to a block
        for (int block = 0; block < blocks; block++)
        {
            chosen.Clear();
            int lobe = random.Next(lobes);
            while (chosen.Count < perBlock)
            {
                double[] from = chosen.Count < fromLobe ? cumulated[lobe] : all;
                int index = Array.BinarySearch(from, random.NextDouble() * from[^1]);
                int feature = index < 0 ? ~index : index;
                chosen.Add(from == all ? feature : (feature * lobes) + lobe);
            }
            chosen.CopyTo(sorted);
            Array.Sort(sorted);
            made.Append(sorted);
        }
        return made;
    }

    /// <summary>
    /// The control: the same features as often and blocks of the same sizes, but all firings shuffled among the blocks, so that nothing is planted any more.
    /// </summary>
    public static FeatureBlocks Permuted(FeatureBlocks blocks, int seed)
    {
        Random random = new(seed);
        List<int> firings = [];
        List<int> ends = [];
        for (long block = 0; block < blocks.Count; block++)
        {
            firings.AddRange(blocks[block]);
            ends.Add(firings.Count);
        }
        Span<int> all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(firings);
        random.Shuffle(all);
        int[] blockOf = new int[all.Length];
        for (int block = 0, at = 0; block < ends.Count; block++) for (; at < ends[block]; at++) blockOf[at] = block;
        int Start(int block) => block == 0 ? 0 : ends[block - 1];
        // A feature that came twice into a block changes places with another firing, where neither block has the other's feature.
        for (int at = 0; at < all.Length; at++)
        {
            int block = blockOf[at];
            while (all[Start(block)..at].Contains(all[at]))
            {
                int other = random.Next(all.Length), its = blockOf[other];
                if (its == block || all[Start(its)..ends[its]].Contains(all[at]) || all[Start(block)..ends[block]].Contains(all[other])) continue;
                (all[at], all[other]) = (all[other], all[at]);
            }
        }
        FeatureBlocks permuted = new(blocks.FeatureCount);
        for (int block = 0; block < ends.Count; block++)
        {
            Span<int> row = all[Start(block)..ends[block]];
            row.Sort();
            permuted.Append(row);
        }
        return permuted;
    }

    // Of the features that pass, one after another.
    private static double[] Cumulated(int features, double[] weights, Func<int, bool> passes)
    {
        List<double> sums = [];
        double sum = 0;
        for (int feature = 0; feature < features; feature++)
        {
            if (passes(feature)) sums.Add(sum += weights[feature]);
        }
        return [.. sums];
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
