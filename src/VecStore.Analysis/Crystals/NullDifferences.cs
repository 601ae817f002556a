namespace VecStore.Analysis;

/// <summary>Differences as chance would make them.</summary>
internal interface INullDifferences
{
    string Description { get; }

    /// <summary>One difference for each length, row by row; the same for any number of threads.</summary>
    ReadOnlyMemory<float> Draw(double[] lengths, ulong seed, int draw, int threads);
}

/// <summary>Directions from the Gaussian with the second moments of the real differences. A draw costs d^2 a difference.</summary>
internal sealed class GaussianDifferences : INullDifferences
{
    private readonly int dimension;
    private readonly double[][] axes; // eigenvectors times the root of their eigenvalue

    public GaussianDifferences(ReadOnlyMemory<float> vectors, int dimension)
    {
        this.dimension = dimension;
        CovarianceResult moments = Scan.Run(new MemoryRows(vectors, dimension), new Covariance(dimension));
        double[] second = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j < dimension; j++) second[i * dimension + j] = moments.Population[i, j] + moments.Mean[i] * moments.Mean[j];
        EigenResult eigen = SymmetricEigen.Decompose(new(dimension, second));
        axes = [.. Enumerable.Range(0, dimension).Where(e => eigen.Values[e] > 1e-12 * eigen.Values[0])
            .Select(e => eigen.Vectors[e].Select(x => x * Math.Sqrt(eigen.Values[e])).ToArray())];
    }

    public string Description => "Gaussian directions of the differences' second moments, lengths kept";

    public ReadOnlyMemory<float> Draw(double[] lengths, ulong seed, int draw, int threads)
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
                NullLength.Write(direction, lengths[row], drawn.AsSpan(row * dimension, dimension));
            }
        });
        return drawn;
    }
}

/// <summary>
/// Differences of random pairs of rows, mapped as the real ones were. Each row that the real pairs have is replaced by a row drawn at random without replacement, the same one wherever it occurs:
/// pairs share rows as the real ones do, and no pair comes twice that did not before.
/// </summary>
/// <param name="rows">The rows; fewer than the pairs have are used up and drawn again, two by two.</param>
/// <param name="pairs">The real pairs.</param>
/// <param name="map">What was done to the real differences; null for nothing.</param>
internal sealed class RandomPairDifferences(IRowSource rows, IReadOnlyList<(int From, int To)> pairs, Func<double[], double[]>? map) : INullDifferences
{
    private readonly Dictionary<int, int> placeOf = Places(pairs);

    public string Description => "differences of random pairs of rows, lengths kept";

    public ReadOnlyMemory<float> Draw(double[] lengths, ulong seed, int draw, int threads)
    {
        int[] drawnRows = Rows(new(seed, "crystal random pairs", draw));
        float[]? drawn = null;
        float[] first = new float[rows.Dimension], second = new float[rows.Dimension];
        for (int i = 0; i < lengths.Length; i++)
        {
            rows.Read(drawnRows[placeOf[pairs[i].From]], first);
            rows.Read(drawnRows[placeOf[pairs[i].To]], second);
            double[] difference = [.. second.Zip(first, (y, x) => (double)y - x)];
            if (map is not null) difference = map(difference);
            drawn ??= new float[lengths.Length * difference.Length];
            NullLength.Write(difference, lengths[i], drawn.AsSpan(i * difference.Length, difference.Length));
        }
        return drawn;
    }

    private int[] Rows(SeededRandom random)
    {
        if (placeOf.Count <= rows.Count) return random.Choose(placeOf.Count, rows.Count);
        List<int> drawn = [];
        while (drawn.Count < placeOf.Count) drawn.AddRange(random.Choose(rows.Count & ~1, rows.Count));
        return [.. drawn];
    }

    private static Dictionary<int, int> Places(IReadOnlyList<(int From, int To)> pairs)
    {
        Dictionary<int, int> places = [];
        foreach ((int from, int to) in pairs)
        {
            places.TryAdd(from, places.Count);
            places.TryAdd(to, places.Count);
        }
        return places;
    }
}

file static class NullLength
{
    public static void Write(double[] direction, double length, Span<float> difference)
    {
        DoubleVectors.Normalize(direction);
        for (int k = 0; k < difference.Length; k++) difference[k] = (float)(direction[k] * length);
    }
}
