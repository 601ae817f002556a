namespace VecStore.Analysis;

/// <summary>What becomes of negative phi in a graph, whose weights are at least 0.</summary>
public enum PhiRule
{
    /// <summary>Negative becomes 0: features that avoid each other are not connected.</summary>
    Clipped,

    /// <summary>1 is added, as in the paper: then features without any relation have weight 1, and the graph is nearly constant.</summary>
    PlusOne,
}

/// <summary>Graphs of co-occurrence, for clustering.</summary>
public static class CooccurrenceGraph
{
    /// <summary>The affinities of some features as a graph whose row r is the r-th of them.</summary>
    /// <param name="counts">The counts.</param>
    /// <param name="affinity">The affinity.</param>
    /// <param name="topPerRow">Keeps the strongest so many of each row (and of the columns those that keep it); null keeps all, as a dense graph of 8 n^2 bytes.</param>
    /// <param name="features">The features; null takes <see cref="CooccurrenceCounts.LiveFeatures"/>, leaving out those that fire never or in every block.</param>
    /// <param name="phi">What becomes of negative phi.</param>
    /// <param name="threads">Threads; 0 takes all processors. The graph is the same for any number.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static AffinityGraph AffinityGraph(
        this CooccurrenceCounts counts, CooccurrenceAffinity affinity, int? topPerRow = null, IReadOnlyList<int>? features = null, PhiRule phi = PhiRule.Clipped,
        int threads = 0, CancellationToken cancellation = default)
    {
        int[] rows = [.. features ?? counts.LiveFeatures];
        int n = rows.Length;
        if (n < 1) throw new ArgumentException("no feature fires in some blocks and not in all: there is nothing to connect", nameof(features));
        if (topPerRow is < 1) throw new ArgumentOutOfRangeException(nameof(topPerRow), topPerRow, "at least 1 neighbour of each row is kept");
        long[] occurrences = [.. rows.Select(row => (long)counts.CountOf(row))];
        int workers = Workers.Count(threads, n), next = -1;
        if (topPerRow is not { } most)
        {
            if (n > Analysis.AffinityGraph.DenseLimit) throw new ArgumentException($"{n:N0} features; all affinities are kept of up to {Analysis.AffinityGraph.DenseLimit:N0}, state how many per row", nameof(topPerRow));
            double[] matrix = new double[(long)n * n];
            Workers.Run(workers, _ =>
            {
                for (int i = Interlocked.Increment(ref next); i < n; i = Interlocked.Increment(ref next))
                {
                    cancellation.ThrowIfCancellationRequested();
                    for (int j = 0; j < n; j++)
                    {
                        if (j != i) matrix[((long)i * n) + j] = Weight(affinity.Of(counts.Blocks, occurrences[i], occurrences[j], counts[rows[i], rows[j]]), affinity, phi);
                    }
                }
            });
            return Analysis.AffinityGraph.Dense(matrix, n);
        }

        TopAffinities[] best = new TopAffinities[n];
        Workers.Run(workers, _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < n; i = Interlocked.Increment(ref next))
            {
                cancellation.ThrowIfCancellationRequested();
                TopAffinities top = best[i] = new(most);
                for (int j = 0; j < n; j++)
                {
                    if (j == i) continue;
                    double weight = Weight(affinity.Of(counts.Blocks, occurrences[i], occurrences[j], counts[rows[i], rows[j]]), affinity, phi);
                    if (weight > 0) top.Offer(weight, j, 0);
                }
            }
        });
        long[] starts = new long[n + 1];
        for (int i = 0; i < n; i++) starts[i + 1] = starts[i] + best[i].Count;
        int[] columns = new int[starts[n]];
        double[] weights = new double[starts[n]];
        for (int i = 0; i < n; i++) best[i].CopyTo(columns.AsSpan((int)starts[i]), weights.AsSpan((int)starts[i]), default);
        return Analysis.AffinityGraph.Symmetric(starts, columns, weights);
    }

    internal static double Weight(double affinity, CooccurrenceAffinity kind, PhiRule phi) =>
        kind != CooccurrenceAffinity.Phi ? affinity : phi == PhiRule.PlusOne ? Math.Max(0, affinity + 1) : Math.Max(0, affinity);
}
