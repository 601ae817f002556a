namespace VecStore.Analysis;

/// <summary>Differences as chance would make them: directions from the Gaussian with the second moments of the real ones, each at the length of a real one.</summary>
internal sealed class NullDirections
{
    private readonly int dimension;
    private readonly double[] lengths;
    private readonly double[][] axes; // eigenvectors times the root of their eigenvalue

    public NullDirections(ReadOnlyMemory<float> vectors, int dimension)
    {
        this.dimension = dimension;
        int count = vectors.Length / dimension;
        lengths = [.. Enumerable.Range(0, count).Select(i => CrystalSearch.Length(vectors.Span.Slice(i * dimension, dimension)))];
        CovarianceResult moments = Scan.Run(new MemoryRows(vectors, dimension), new Covariance(dimension));
        double[] second = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j < dimension; j++) second[i * dimension + j] = moments.Population[i, j] + moments.Mean[i] * moments.Mean[j];
        EigenResult eigen = SymmetricEigen.Decompose(new(dimension, second));
        axes = [.. Enumerable.Range(0, dimension).Where(e => eigen.Values[e] > 1e-12 * eigen.Values[0])
            .Select(e => eigen.Vectors[e].Select(x => x * Math.Sqrt(eigen.Values[e])).ToArray())];
    }

    public ReadOnlyMemory<float> Draw(ulong seed, int draw, int threads)
    {
        float[] drawn = new float[lengths.Length * dimension];
        int parts = Workers.Count(threads, lengths.Length);
        Workers.Run(parts, part =>
        {
            for (int row = part; row < lengths.Length; row += parts)
            {
                SeededRandom random = new(seed, "crystal null", (long)draw * lengths.Length + row);
                double[] direction = new double[dimension];
                foreach (double[] axis in axes) DoubleVectors.AddMultiple(direction, random.NextGaussian(), axis);
                DoubleVectors.Normalize(direction);
                for (int k = 0; k < dimension; k++) drawn[row * dimension + k] = (float)(direction[k] * lengths[row]);
            }
        });
        return drawn;
    }
}
