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
{
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
    /// <param name="iterations">Power iterations; 4 give variances to about 1e-4 where the spectrum decays slowly.</param>
    /// <param name="seed">Seed of the start.</param>
    /// <param name="scan">Threads.</param>
    /// <param name="cancellation">Ends it.</param>
    public static PrincipalComponents Randomized(
        IRowSource rows, int count, int iterations = 4, ulong seed = 0, ScanOptions? scan = null, CancellationToken cancellation = default)
    {
        int d = rows.Dimension, width = Math.Min(d, count + 10);
        if (count < 1 || count > d) throw new ArgumentOutOfRangeException(nameof(count), count, $"1 to {d} components");
        MomentsResult moments = Scan.Run(rows, new Moments(d), scan, cancellation);
        SeededRandom random = new(seed, "randomised components");
        double[][] basis = Orthonormal.Basis(Enumerable.Range(0, width).Select(_ => Enumerable.Range(0, d).Select(_ => random.NextGaussian()).ToArray()));
        for (int i = 0; i < iterations; i++)
            basis = Orthonormal.Basis(Scan.Run(rows, new CovarianceTimes(moments.Mean, basis), scan, cancellation));
        double[][] image = Scan.Run(rows, new CovarianceTimes(moments.Mean, basis), scan, cancellation);
        double[] small = new double[basis.Length * basis.Length];
        for (int i = 0; i < basis.Length; i++)
            for (int j = 0; j <= i; j++)
                small[i * basis.Length + j] = small[j * basis.Length + i] = (DoubleVectors.Dot(basis[i], image[j]) + DoubleVectors.Dot(basis[j], image[i])) / 2;
        EigenResult eigen = SymmetricEigen.Decompose(new(basis.Length, small));
        int kept = Math.Min(count, basis.Length);
        double scale = 1.0 / (moments.RowsSeen - 1);
        double[][] components = new double[kept][];
        for (int c = 0; c < kept; c++)
        {
            components[c] = new double[d];
            for (int i = 0; i < basis.Length; i++) DoubleVectors.AddMultiple(components[c], eigen.Vectors[c][i], basis[i]);
            SymmetricEigen.FixSign(components[c]);
        }
        return new(moments.RowsSeen, moments.Mean, [.. eigen.Values.Take(kept).Select(value => value * scale)], components, moments.Variance.Sum(), false, seed);
    }
}

/// <summary>The scatter matrix times some vectors, without the matrix: sum (x - mean) ((x - mean) . q).</summary>
internal sealed class CovarianceTimes(double[] mean, double[][] vectors) : IStatistic<CovarianceTimes, double[][]>
{
    private readonly double[][] sums = [.. vectors.Select(vector => new double[vector.Length])];

    public static string StateName => "covariance times vectors 1";

    public CovarianceTimes Empty() => new(mean, vectors);

    public void Observe(RowBatch rows)
    {
        double[] centred = new double[mean.Length];
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> x = rows[row];
            for (int k = 0; k < centred.Length; k++) centred[k] = x[k] - mean[k];
            for (int v = 0; v < vectors.Length; v++) DoubleVectors.AddMultiple(sums[v], DoubleVectors.Dot(centred, vectors[v]), centred);
        }
    }

    public void Combine(CovarianceTimes later)
    {
        for (int v = 0; v < sums.Length; v++) DoubleVectors.AddMultiple(sums[v], 1, later.sums[v]);
    }

    public double[][] Finish() => [.. sums.Select(sum => (double[])sum.Clone())];

    public void Write(BinaryWriter writer)
    {
        writer.Write(mean.Length);
        writer.Write(vectors.Length);
        foreach (double[] row in vectors.Prepend(mean).Concat(sums))
            foreach (double x in row) writer.Write(x);
    }

    public static CovarianceTimes Read(BinaryReader reader)
    {
        int d = reader.ReadInt32(), count = reader.ReadInt32();
        if (d is < 1 or > 65_536 || count is < 1 or > 65_536) throw new InvalidDataException($"{count} vectors of {d}");
        double[] Row() => [.. Enumerable.Range(0, d).Select(_ => reader.ReadDouble())];
        double[] mean = Row();
        CovarianceTimes state = new(mean, [.. Enumerable.Range(0, count).Select(_ => Row())]);
        for (int v = 0; v < count; v++) Row().CopyTo(state.sums[v], 0);
        return state;
    }
}
