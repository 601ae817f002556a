using System.Text.Json;

namespace VecStore.Analysis.Tests;

public class SpectralClusteringTests
{
    [Fact]
    public void Eigenvalues_are_those_of_the_whole_matrix_and_the_same_for_any_number_of_threads()
    {
        AffinityGraph graph = Planted(600, 4, 12, out _);
        SpectralEmbedding one = SpectralEmbedding.Of(graph, 10, new() { Seed = 5, Threads = 1 });
        double[] degrees = graph.Degrees(), matrix = new double[600 * 600];
        for (int i = 0; i < 600; i++)
            for (int j = 0; j < 600; j++) matrix[i * 600 + j] = graph[i, j] / Math.Sqrt(degrees[i] * degrees[j]);
        Golden.Close(SymmetricEigen.Values(new(600, matrix))[..10], one.Eigenvalues, 1e-9);
        foreach (int threads in (int[])[2, 7])
        {
            SpectralEmbedding more = SpectralEmbedding.Of(graph, 10, new() { Seed = 5, Threads = threads });
            Assert.Equal(one.Vectors, more.Vectors);
            SpectralClustering a = SpectralClustering.Cut(graph, one, 4, new() { Threads = 1 }), b = SpectralClustering.Cut(graph, more, 4, new() { Threads = threads });
            Assert.Equal(a.Labels, b.Labels);
            Assert.Equal(a.NormalizedCut, b.NormalizedCut);
        }
    }

    [Fact]
    public void Planted_lobes_are_found_also_when_they_are_not_connected()
    {
        AffinityGraph graph = Planted(500, 5, 40, out int[] planted);
        SpectralClustering found = SpectralClustering.Run(graph, 5);
        Assert.Equal(1, LabelAgreement.Of(new(planted, ""), new(found.Labels, "")).AdjustedMutualInformation, 1e-9);
        Assert.True(found.NormalizedCut <= SpectralClustering.NormalizedCutOf(graph, planted, 5) + 1e-12);

        // Two groups without a bridge, one of them of two lobes, and a thing alone.
        List<(int, int, double)> pairs = [];
        for (int i = 0; i < 10; i++)
            for (int j = i + 1; j < 10; j++)
            {
                pairs.Add((i, j, i < 5 == j < 5 ? 1 : .05));
                pairs.Add((10 + i, 10 + j, 1));
            }
        SpectralClustering apart = SpectralClustering.Run(FromPairs(21, pairs), 3);
        Assert.Equal((2, 1), (apart.Embedding.Components, apart.Embedding.Isolated));
        int[] truth = [.. Enumerable.Range(0, 20).Select(i => i / 5 == 0 ? 0 : i < 10 ? 1 : 2), -1];
        Assert.Equal(1, LabelAgreement.Of(new(truth, ""), new([.. apart.Labels[..20], -1], "")).AdjustedMutualInformation, 1e-9);
    }

    [Fact]
    public void K_means_reaches_the_inertia_of_scikit_learn()
    {
        JsonElement golden = LobeData.Goldens.GetProperty("kmeans");
        double[] points = golden.GetProperty("points").Doubles();
        KMeansResult result = KMeans.Run(points, 3, 6, new() { Starts = 50, Tolerance = 0, Seed = 1 });
        Assert.True(result.Converged);
        Assert.InRange(result.Inertia, 0, golden.GetProperty("inertia").GetDouble() * 1.003);

        // From rows instead of memory, and with as many clusters as different points.
        MemoryRows rows = new(points.Select(x => (float)x).ToArray(), 3);
        Assert.Equal(KMeans.Run(points.Select(x => (double)(float)x).ToArray(), 3, 6).Labels, KMeans.Run(rows, 6).Labels);
        Assert.Equal(0, KMeans.Run(new double[] { 1, 1, 2, 2, 3, 3 }, 1, 3).Inertia);
    }

    [Fact]
    public void Nearest_neighbours_are_those_of_a_plain_scan_for_any_number_of_threads()
    {
        SeededRandom random = new(9, "neighbours");
        float[] values = [.. Enumerable.Range(0, 1000 * 24).Select(_ => (float)random.NextGaussian())];
        Array.Clear(values, 24 * 7, 24); // a zero row
        values.AsSpan(24 * 20, 24).CopyTo(values.AsSpan(24 * 900)); // and a double
        MemoryRows rows = new(values, 24);
        NeighborLists lists = NeighborLists.Of(rows, 9, threads: 1);
        foreach (int row in (int[])[0, 7, 20, 500, 900, 999])
        {
            ScoredKey[] plain = NearestRows.Find(rows, [values[(row * 24)..(row * 24 + 24)]], new() { Count = 9, Except = [row.ToString(System.Globalization.CultureInfo.InvariantCulture)] })[0];
            Assert.Equal(plain.Select(item => item.Row), lists.Of(row).ToArray());
        }
        foreach (int threads in (int[])[2, 7])
        {
            NeighborLists more = NeighborLists.Of(rows, 9, threads);
            Assert.Equal(lists.Rows, more.Rows);
            Assert.Equal(lists.Cosines, more.Cosines);
        }
        foreach (int blocks in (int[])[1, 2, 5, 8])
        {
            (int First, int Second)[][] rounds = [.. RowPairs.Rounds(blocks)];
            Assert.Equal(blocks * (blocks + 1) / 2, rounds.SelectMany(round => round).Distinct().Count());
            foreach ((int First, int Second)[] round in rounds.Skip(1)) Assert.Equal(2 * round.Length, round.SelectMany(pair => (int[])[pair.First, pair.Second]).Distinct().Count());
        }
        AffinityGraph graph = AngularAffinity.Nearest(lists), dense = AngularAffinity.Dense(rows);
        Assert.Equal(dense[20, 900], graph[20, 900], 1e-12);
        Assert.Equal(.5, dense[7, 8]);
    }

    private static AffinityGraph Planted(int count, int lobes, int degree, out int[] planted)
    {
        SeededRandom random = new(11, "planted");
        int[] labels = planted = [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(lobes))];
        List<(int, int, double)> pairs = [];
        for (int i = 0; i < count; i++)
            for (int e = 0; e < degree; e++)
            {
                int j = random.NextInt32(count);
                if (j != i) pairs.Add((i, j, labels[i] == labels[j] ? 1 : .08));
            }
        return FromPairs(count, pairs);
    }

    private static AffinityGraph FromPairs(int count, List<(int, int, double)> pairs)
    {
        List<int> columns = [];
        List<double> weights = [];
        long[] starts = new long[count + 1];
        ILookup<int, (int, int Other, double Weight)> of = pairs.ToLookup(pair => pair.Item1);
        for (int i = 0; i < count; i++)
        {
            foreach (IGrouping<int, (int, int Other, double Weight)> other in of[i].GroupBy(pair => pair.Other))
            {
                columns.Add(other.Key);
                weights.Add(other.Max(pair => pair.Weight));
            }
            starts[i + 1] = columns.Count;
        }
        return AffinityGraph.Symmetric(starts, columns.ToArray(), weights.ToArray());
    }
}
