namespace VecStore.Analysis.Tests;

public class AffinityGraphTests
{
    [Fact]
    public void Neighbour_lists_become_a_symmetric_graph_with_the_larger_of_two_weights()
    {
        // 0 -> 2 (0.5), 1 -> 0 (0.25), 2 -> 0 (0.75) and 2 -> 2, 3 -> 1 (0)
        AffinityGraph graph = AffinityGraph.Symmetric([0, 1, 2, 4, 5], [2, 0, 2, 0, 1], [0.5, 0.25, 9, 0.75, 0]);
        Assert.Equal([0L, 2, 3, 4, 4], graph.Starts);
        Assert.Equal([1, 2, 0, 0], graph.Columns);
        Assert.Equal([0.25, 0.75, 0.25, 0.75], graph.Weights);
        Assert.Equal([0, 0, 0, 1], graph.Components());
        Assert.Equal([1.0, 0.25, 0.75, 0], graph.Degrees());
        Assert.Equal(0.75, graph[2, 0]);
        Assert.Equal(0, graph[2, 1]);
    }

    [Fact]
    public void Sparse_and_dense_agree_with_a_plain_loop_for_any_number_of_threads()
    {
        const int n = 300;
        SeededRandom random = new(3, "graph");
        double[] matrix = new double[n * n];
        List<int> columns = [];
        List<double> weights = [];
        long[] starts = new long[n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = i + 1; j < n; j++)
            {
                if (random.NextDouble() < 0.7) continue;
                double weight = random.NextDouble();
                matrix[i * n + j] = matrix[j * n + i] = weight;
                columns.Add(j);
                weights.Add(weight);
            }
            starts[i + 1] = columns.Count;
        }
        AffinityGraph sparse = AffinityGraph.Symmetric(starts, columns.ToArray(), weights.ToArray()), dense = AffinityGraph.Dense(matrix, n);
        double[] x = [.. Enumerable.Range(0, n).Select(_ => random.NextGaussian())], first = new double[n], second = new double[n], more = new double[n];
        sparse.Times(x, first, 1);
        dense.Times(x, second, 2);
        for (int i = 0; i < n; i++)
        {
            double plain = 0;
            for (int j = 0; j < n; j++) plain += matrix[i * n + j] * x[j];
            Assert.Equal(plain, first[i], 1e-12);
            Assert.Equal(plain, second[i], 1e-12);
        }
        foreach (int threads in (int[])[1, 2, 7])
        {
            sparse.Times(x, more, threads);
            Assert.Equal(first, more);
        }
        int[] some = [200, 3, 77, 150];
        AffinityGraph part = sparse.Among(some), densePart = dense.Among(some);
        for (int i = 0; i < some.Length; i++)
            for (int j = 0; j < some.Length; j++)
            {
                Assert.Equal(matrix[some[i] * n + some[j]], part[i, j]);
                Assert.Equal(matrix[some[i] * n + some[j]], densePart[i, j]);
            }
    }

    [Fact]
    public void Weights_that_are_no_affinity_are_refused()
    {
        Assert.Throws<ArgumentException>(() => AffinityGraph.Dense([0, 1, 2, 0], 2));
        Assert.Throws<ArgumentException>(() => AffinityGraph.Dense([0, -1, -1, 0], 2));
        Assert.Throws<ArgumentException>(() => AffinityGraph.Dense([0, double.NaN, double.NaN, 0], 2));
        Assert.Throws<ArgumentException>(() => AffinityGraph.Symmetric([0, 1, 1], [2], [1]));
        Assert.Throws<ArgumentException>(() => AffinityGraph.Symmetric([0, 1, 1], [1], [-0.5]));
    }
}
