namespace VecStore.Indexing.Tests;

/// <summary>Seeded vectors of several shapes.</summary>
internal static class TestVectors
{
    public static float Normal(Random random)
    {
        double u = 1 - random.NextDouble(), v = random.NextDouble();
        return (float)(Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
    }

    public static float[][] Gaussian(int count, int dimension, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, dimension).Select(_ => Normal(random)).ToArray())];
    }

    /// <summary>Clusters one after the other: the worst order to insert in.</summary>
    public static float[][] ClustersInOrder(int count, int dimension, int clusters, int seed)
    {
        var random = new Random(seed);
        float[][] centers = Gaussian(clusters, dimension, seed + 1);
        return [.. Enumerable.Range(0, count).Select(i => centers[(int)((long)i * clusters / count)].Select(c => (2 * c) + (0.3f * Normal(random))).ToArray())];
    }

    /// <summary>Vectors with few degrees of freedom, as embeddings are.</summary>
    public static float[][] LowRank(int count, int dimension, int rank, int seed)
    {
        var random = new Random(seed);
        float[][] basis = Gaussian(rank, dimension, 999);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var x = new float[dimension];
            for (int r = 0; r < rank; r++)
            {
                float z = Normal(random) / MathF.Sqrt(1 + r);
                for (int i = 0; i < dimension; i++) x[i] += z * basis[r][i];
            }
            return x;
        })];
    }
}
