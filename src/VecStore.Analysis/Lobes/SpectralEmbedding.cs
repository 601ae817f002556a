namespace VecStore.Analysis;

/// <summary>How a graph is embedded.</summary>
public sealed record SpectralOptions
{
    /// <summary>Seed of the eigenvectors' start.</summary>
    public ulong Seed { get; init; }

    /// <summary>Residual of the eigenvectors relative to the largest eigenvalue that is not 1 by itself. The eigenvalues are then good to its square over their distance.</summary>
    public double Tolerance { get; init; } = 1e-8;

    /// <summary>Most products with the graph before giving up.</summary>
    public int MaximumProducts { get; init; } = 20_000;

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Told the products with the graph so far; nobody knows how many there will be.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>
/// The leading eigenvectors of D^-1/2 W D^-1/2, which are those of the smallest eigenvalues of the normalised Laplacian I - D^-1/2 W D^-1/2 (Shi and Malik 2000;
/// von Luxburg 2007), as scikit-learn's SpectralClustering uses them: row i is divided by the square root of the degree of i, and is not brought to length 1.
/// </summary>
/// <param name="Eigenvalues">The largest eigenvalues of D^-1/2 W D^-1/2, descending: 1 minus those of the Laplacian.</param>
/// <param name="Vectors">Vectors[c] is the unit eigenvector of Eigenvalues[c].</param>
/// <param name="Degrees">Sum of the weights of each row.</param>
/// <param name="Components">Connected parts that have weights; each gives one eigenvalue 1.</param>
/// <param name="Isolated">Rows without any weight; their coordinates are 0.</param>
/// <param name="Products">Products of the graph with a vector.</param>
/// <param name="Options">What was asked.</param>
public sealed record SpectralEmbedding(
    double[] Eigenvalues, double[][] Vectors, double[] Degrees, int Components, int Isolated, int Products, SpectralOptions Options)
{
    /// <summary>Embeds a graph. The eigenvectors of eigenvalue 1 are written down from the connected parts, the others are found by Lanczos iterations orthogonal to these.</summary>
    /// <param name="graph">The affinities.</param>
    /// <param name="dimensions">Eigenvectors wanted.</param>
    /// <param name="options">Accuracy and seed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">The accuracy was not reached.</exception>
    public static SpectralEmbedding Of(AffinityGraph graph, int dimensions, SpectralOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        int n = graph.Count;
        if (dimensions < 1 || dimensions > n) throw new ArgumentOutOfRangeException(nameof(dimensions), dimensions, $"1 to {n} eigenvectors");
        double[] degrees = graph.Degrees();
        int isolated = degrees.Count(degree => degree == 0);
        if (isolated == n) throw new ArgumentException("no pair has a weight", nameof(graph));
        double[] scale = [.. degrees.Select(degree => degree > 0 ? 1 / Math.Sqrt(degree) : 0)];

        // Of the connected parts the largest come first, so that with more parts than dimensions these are told apart.
        int[] component = graph.Components();
        double[] volume = new double[component.Max() + 1];
        for (int i = 0; i < n; i++) volume[component[i]] += degrees[i];
        int[] parts = [.. Enumerable.Range(0, volume.Length).Where(part => volume[part] > 0).OrderByDescending(part => volume[part]).ThenBy(part => part)];
        List<double[]> vectors = [];
        List<double> values = [];
        foreach (int part in parts.Take(dimensions))
        {
            double[] vector = new double[n];
            for (int i = 0; i < n; i++)
                if (component[i] == part) vector[i] = Math.Sqrt(degrees[i] / volume[part]);
            vectors.Add(vector);
            values.Add(1);
        }

        long told = 0;
        int products = 0, missing = Math.Min(dimensions - vectors.Count, n - vectors.Count);
        if (missing > 0)
        {
            double[] scaled = new double[n];
            EigenResult rest = TopEigen.Find(n, (x, y) =>
            {
                for (int i = 0; i < n; i++) scaled[i] = scale[i] * x[i];
                graph.Times(scaled, y, options.Threads);
                for (int i = 0; i < n; i++) y[i] *= scale[i];
                options.Progress?.Report(++told);
            }, missing, new()
            {
                Seed = options.Seed,
                Tolerance = options.Tolerance,
                MaximumProducts = options.MaximumProducts,
                Known = [.. vectors],
                Threads = options.Threads,
            }, out products, cancellation);
            vectors.AddRange(rest.Vectors);
            values.AddRange(rest.Values);
        }
        return new([.. values], [.. vectors], degrees, parts.Length, isolated, products, options);
    }

    /// <summary>Coordinates of all rows, row by row: the first eigenvectors divided by the square roots of the degrees.</summary>
    public double[] Points(int dimensions)
    {
        int n = Degrees.Length;
        double[] points = new double[n * dimensions];
        for (int i = 0; i < n; i++)
        {
            if (Degrees[i] == 0) continue;
            double factor = 1 / Math.Sqrt(Degrees[i]);
            for (int c = 0; c < dimensions; c++) points[i * dimensions + c] = Vectors[c][i] * factor;
        }
        return points;
    }
}
