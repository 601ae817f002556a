namespace VecStore.Analysis;

/// <summary>Where a row lies along principal components.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Row">Its number among the rows asked.</param>
/// <param name="Coordinates">One for each component.</param>
public readonly record struct RowCoordinates(string Key, int Row, double[] Coordinates);

/// <summary>Principal components of rows.</summary>
/// <param name="RowsSeen">Rows.</param>
/// <param name="Mean">Their mean.</param>
/// <param name="Variances">Sample variances along the components, largest first.</param>
/// <param name="Components">Unit vectors, the element of largest absolute value positive.</param>
/// <param name="TotalVariance">Sum of all variances, of components not computed too.</param>
/// <param name="Exact">From the covariance to rounding; false when found by randomised iterations.</param>
/// <param name="Seed">Seed of the randomised start, where there was one.</param>
public sealed record PrincipalComponents(
    long RowsSeen, double[] Mean, double[] Variances, double[][] Components, double TotalVariance, bool Exact, ulong Seed)
    : IAnalysisResult
{
    string IAnalysisResult.Title => "Principal components";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
        [new("rows_seen", RowsSeen), new("dimension", Mean.Length), new("exact", Exact), new("seed", Exact ? null : Seed), new("total_variance", TotalVariance), new("mean", Mean)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("components", new("rank", typeof(int)), new("variance", typeof(double)), new("explained", typeof(double)), new("cumulated", typeof(double)),
                new("vector", typeof(IReadOnlyList<double>)));
            double sum = 0;
            for (int c = 0; c < Components.Length; c++) table.Add(c + 1, Variances[c], Variances[c] / TotalVariance, (sum += Variances[c]) / TotalVariance, Components[c]);
            return [table];
        }
    }

    /// <summary>The coordinates of a row along the components.</summary>
    public double[] Transform(ReadOnlySpan<float> row)
    {
        double[] centred = new double[Mean.Length], coordinates = new double[Components.Length];
        for (int k = 0; k < centred.Length; k++) centred[k] = row[k] - Mean[k];
        for (int c = 0; c < coordinates.Length; c++) coordinates[c] = DoubleVectors.Dot(Components[c], centred);
        return coordinates;
    }

    /// <summary>The coordinates of rows, one row at a time, in order. Memory: one batch of rows.</summary>
    /// <param name="rows">Rows of the same space; they need not be those that gave the components.</param>
    /// <param name="cancellation">Ends it.</param>
    public IEnumerable<RowCoordinates> Coordinates(IKeyedRows rows, CancellationToken cancellation = default)
    {
        if (rows.Dimension != Mean.Length) throw new ArgumentException($"rows of {rows.Dimension} elements, the components have {Mean.Length}", nameof(rows));
        return Walk();

        IEnumerable<RowCoordinates> Walk()
        {
            int dimension = rows.Dimension;
            float[] batch = new float[Math.Min(Scan.BatchRows, rows.Count) * dimension];
            for (int first = 0; first < rows.Count; first += Scan.BatchRows)
            {
                cancellation.ThrowIfCancellationRequested();
                int count = Math.Min(Scan.BatchRows, rows.Count - first);
                rows.Read(first, batch.AsSpan(0, count * dimension));
                for (int i = 0; i < count; i++) yield return new(rows.KeyOf(first + i), first + i, Transform(batch.AsSpan(i * dimension, dimension)));
            }
        }
    }

    /// <summary>All or the first components through the covariance: one pass, d^2 memory, n d^2 + d^3 work. Few components of many dimensions are found by Lanczos iterations.</summary>
    public static PrincipalComponents Of(IRowSource rows, int? count = null, ScanOptions? scan = null, CancellationToken cancellation = default)
    {
        CovarianceResult covariance = Scan.Run(rows, new Covariance(rows.Dimension), scan, cancellation);
        return Of(covariance, count);
    }

    /// <summary>The same from a covariance that is there already.</summary>
    public static PrincipalComponents Of(CovarianceResult covariance, int? count = null)
    {
        SymmetricMatrix sample = covariance.Sample;
        int kept = Math.Min(count ?? sample.Size, sample.Size);
        EigenResult eigen = kept > sample.Size / 8 || sample.Size < 200 ? SymmetricEigen.Decompose(sample) : TopEigen.Find(sample.Size, x => sample.Times(x), kept);
        return new(covariance.RowsSeen, covariance.Mean, eigen.Values[..kept], eigen.Vectors[..kept], sample.Trace, true, 0);
    }

    /// <summary>
    /// The first components without the covariance: randomised subspace iteration (Halko, Martinsson and Tropp 2011). Passes over the rows: iterations + 2; memory
    /// 2 d (count + 10) doubles a thread. For dimensions where d^2 is too much.
    /// </summary>
    /// <param name="rows">The rows.</param>
    /// <param name="count">Components wanted.</param>
    /// <param name="iterations">Power iterations. 7, as scikit-learn takes for few components; flat spectra need more.</param>
    /// <param name="seed">Seed of the start.</param>
    /// <param name="scan">Threads.</param>
    /// <param name="cancellation">Ends it.</param>
    public static PrincipalComponents Randomized(
        IRowSource rows, int count, int iterations = 7, ulong seed = 0, ScanOptions? scan = null, CancellationToken cancellation = default)
    {
        int d = rows.Dimension, width = Math.Min(d, count + 10);
        if (count < 1 || count > d) throw new ArgumentOutOfRangeException(nameof(count), count, $"1 to {d} components");
        (long seen, double[] mean) = Scan.Run(rows, new MeanRow(d), scan, cancellation);
        SeededRandom random = new(seed, "randomised components");
        double[][] basis = Orthonormal.Basis(Enumerable.Range(0, width).Select(_ => Enumerable.Range(0, d).Select(_ => random.NextGaussian()).ToArray()));
        for (int i = 0; i < iterations; i++)
            basis = Orthonormal.Basis(Scan.Run(rows, new CovarianceTimes(mean, basis), scan, cancellation).Products);
        (double[][] image, double squares) = Scan.Run(rows, new CovarianceTimes(mean, basis), scan, cancellation);
        double[] small = new double[basis.Length * basis.Length];
        for (int i = 0; i < basis.Length; i++)
            for (int j = 0; j <= i; j++)
                small[i * basis.Length + j] = small[j * basis.Length + i] = (DoubleVectors.Dot(basis[i], image[j]) + DoubleVectors.Dot(basis[j], image[i])) / 2;
        EigenResult eigen = SymmetricEigen.Decompose(new(basis.Length, small));
        int kept = Math.Min(count, basis.Length);
        double scale = 1.0 / (seen - 1);
        double[][] components = new double[kept][];
        for (int c = 0; c < kept; c++)
        {
            components[c] = new double[d];
            for (int i = 0; i < basis.Length; i++) DoubleVectors.AddMultiple(components[c], eigen.Vectors[c][i], basis[i]);
            SymmetricEigen.FixSign(components[c]);
        }
        return new(seen, mean, [.. eigen.Values.Take(kept).Select(value => value * scale)], components, squares * scale, false, seed);
    }
}
