namespace VecStore.Analysis;

/// <summary>
/// For every feature the few others that co-occur with it most, by an affinity: exact, for any number of features. Never more than one row of counts for each thread: beside the blocks
/// (<see cref="FeatureBlocks"/>, 4 bytes a feature in a block) the same lists by feature, another 4 bytes, 16 bytes for each neighbour kept, and 2 to 8 bytes a feature and thread.
/// </summary>
public sealed class CooccurrenceNeighbors
{
    private CooccurrenceNeighbors(CooccurrenceAffinity affinity, long blocks, long[] occurrences, int mostPerRow, long[] starts, int[] features, double[] affinities, int[] both)
    {
        (Affinity, Blocks, Occurrences, MostPerRow) = (affinity, blocks, occurrences, mostPerRow);
        (Starts, Features, Affinities, Both) = (starts, features, affinities, both);
    }

    /// <summary>The affinity.</summary>
    public CooccurrenceAffinity Affinity { get; }

    /// <summary>Blocks, T.</summary>
    public long Blocks { get; }

    /// <summary>Blocks in which each feature fires, n_i.</summary>
    public long[] Occurrences { get; }

    /// <summary>Neighbours kept of a feature at most.</summary>
    public int MostPerRow { get; }

    /// <summary>The neighbours of feature i lie at Starts[i] up to Starts[i + 1].</summary>
    public long[] Starts { get; }

    /// <summary>The neighbours, best first for each feature.</summary>
    public int[] Features { get; }

    /// <summary>Their affinities.</summary>
    public double[] Affinities { get; }

    /// <summary>Blocks in which both fire.</summary>
    public int[] Both { get; }

    /// <summary>Features that fire in some blocks and not in all.</summary>
    public int[] LiveFeatures => [.. Enumerable.Range(0, Occurrences.Length).Where(feature => Occurrences[feature] > 0 && Occurrences[feature] < Blocks)];

    /// <summary>
    /// Finds the neighbours of all features. Neighbours fire in some block; by simple matching they need not fire together with the feature even once, by the other affinities they do, and
    /// their affinity is greater than 0.
    /// </summary>
    /// <param name="blocks">The blocks; at most 2^31 - 1.</param>
    /// <param name="affinity">The affinity.</param>
    /// <param name="mostPerRow">Neighbours kept of each feature.</param>
    /// <param name="threads">Threads; 0 takes all processors. The result is the same for any number.</param>
    /// <param name="progress">Told the features done.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static CooccurrenceNeighbors Find(
        FeatureBlocks blocks, CooccurrenceAffinity affinity, int mostPerRow = 32, int threads = 0, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (mostPerRow is < 1 or > 4096) throw new ArgumentOutOfRangeException(nameof(mostPerRow), mostPerRow, "1 to 4,096 neighbours of each feature are kept");
        if (blocks.Count > int.MaxValue) throw new ArgumentException($"{blocks.Count:N0} blocks; at most {int.MaxValue:N0} are counted", nameof(blocks));
        int n = blocks.FeatureCount;
        using BlocksByFeature byFeature = new(blocks, cancellation);
        long[] occurrences = byFeature.Occurrences();
        int[] byRarity = ByRarity(affinity, occurrences);
        const int run = 256;
        int runs = (n + run - 1) / run, next = -1, workers = Workers.Count(threads, runs);
        var found = new (int[] Counts, int[] Features, double[] Affinities, int[] Both)[runs];
        long done = 0;
        Workers.Run(workers, _ =>
        {
            using CooccurrenceRow row = new(blocks, byFeature, occurrences, byRarity, affinity, mostPerRow);
            int[] features = new int[run * mostPerRow], both = new int[run * mostPerRow];
            double[] affinities = new double[run * mostPerRow];
            for (int part = Interlocked.Increment(ref next); part < runs; part = Interlocked.Increment(ref next))
            {
                int first = part * run, length = Math.Min(run, n - first), filled = 0;
                int[] counts = new int[length];
                for (int i = 0; i < length; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    TopAffinities best = row.Of(first + i);
                    counts[i] = best.Count;
                    best.CopyTo(features.AsSpan(filled), affinities.AsSpan(filled), both.AsSpan(filled));
                    filled += best.Count;
                }
                found[part] = (counts, features[..filled], affinities[..filled], both[..filled]);
                progress?.Report(Interlocked.Add(ref done, length));
            }
        });
        long[] starts = new long[n + 1];
        for (int feature = 0; feature < n; feature++) starts[feature + 1] = starts[feature] + found[feature / run].Counts[feature % run];
        int[] allFeatures = new int[starts[n]], allBoth = new int[starts[n]];
        double[] allAffinities = new double[starts[n]];
        for (int part = 0; part < runs; part++)
        {
            long at = starts[part * run];
            found[part].Features.CopyTo(allFeatures, at);
            found[part].Affinities.CopyTo(allAffinities, at);
            found[part].Both.CopyTo(allBoth, at);
            found[part] = default;
        }
        return new(affinity, blocks.Count, occurrences, mostPerRow, starts, allFeatures, allAffinities, allBoth);
    }

    /// <summary>The neighbours of one feature only, best first: as <see cref="Find"/> finds them.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="feature">The feature.</param>
    /// <param name="affinity">The affinity.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static CooccurringFeature[] Of(FeatureBlocks blocks, int feature, CooccurrenceAffinity affinity, int most, CancellationToken cancellation = default)
    {
        if ((uint)feature >= (uint)blocks.FeatureCount) throw new ArgumentOutOfRangeException(nameof(feature), feature, $"features are 0 to {blocks.FeatureCount - 1:N0}");
        using BlocksByFeature byFeature = new(blocks, cancellation);
        long[] occurrences = byFeature.Occurrences();
        using CooccurrenceRow row = new(blocks, byFeature, occurrences, ByRarity(affinity, occurrences), affinity, most);
        TopAffinities best = row.Of(feature);
        (int[] features, double[] affinities, int[] both) = (new int[best.Count], new double[best.Count], new int[best.Count]);
        best.CopyTo(features, affinities, both);
        return [.. features.Select((other, i) => new CooccurringFeature(other, affinities[i], both[i], occurrences[other]))];
    }

    /// <summary>The neighbours of one feature, best first.</summary>
    public CooccurringFeature[] Of(int feature)
    {
        if ((uint)feature >= (uint)Occurrences.Length) throw new ArgumentOutOfRangeException(nameof(feature), feature, $"features are 0 to {Occurrences.Length - 1:N0}");
        CooccurringFeature[] neighbors = new CooccurringFeature[Starts[feature + 1] - Starts[feature]];
        for (int i = 0; i < neighbors.Length; i++)
        {
            long at = Starts[feature] + i;
            neighbors[i] = new(Features[at], Affinities[at], Both[at], Occurrences[Features[at]]);
        }
        return neighbors;
    }

    /// <summary>The neighbours as a graph among some features, its row r the r-th of them: what either of two features keeps of the other, both have.</summary>
    /// <param name="features">The features; null takes <see cref="LiveFeatures"/>.</param>
    public AffinityGraph AffinityGraph(IReadOnlyList<int>? features = null)
    {
        int[] rows = [.. features ?? LiveFeatures];
        if (rows.Length == 0) throw new ArgumentException("no feature fires in some blocks and not in all: there is nothing to connect", nameof(features));
        int[] place = new int[Occurrences.Length];
        Array.Fill(place, -1);
        for (int row = 0; row < rows.Length; row++) place[rows[row]] = row;
        long[] starts = new long[rows.Length + 1];
        int[] columns = new int[Features.Length];
        double[] weights = new double[Features.Length];
        long filled = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            for (long at = Starts[rows[row]]; at < Starts[rows[row] + 1]; at++)
            {
                if (place[Features[at]] < 0) continue;
                (columns[filled], weights[filled]) = (place[Features[at]], Affinities[at]);
                filled++;
            }
            starts[row + 1] = filled;
        }
        return Analysis.AffinityGraph.Symmetric(starts, columns.AsSpan(0, (int)filled), weights.AsSpan(0, (int)filled));
    }

    // By simple matching the rarest features are near to all.
    private static int[] ByRarity(CooccurrenceAffinity affinity, long[] occurrences) =>
        affinity != CooccurrenceAffinity.SimpleMatching ? [] : [.. Enumerable.Range(0, occurrences.Length).Where(feature => occurrences[feature] > 0).OrderBy(feature => occurrences[feature])];
}
