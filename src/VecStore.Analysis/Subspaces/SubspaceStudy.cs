namespace VecStore.Analysis;

/// <summary>What a subspace study is to do.</summary>
public sealed record SubspaceOptions
{
    /// <summary>The inner product: rows are mapped by it. Null means Euclidean.</summary>
    public InnerProduct? Inner { get; init; }

    /// <summary>Components that make the subspace of a group, where groups are compared.</summary>
    public int Components { get; init; } = 10;

    /// <summary>Rows on which the intrinsic dimension is estimated; 0 leaves it out. n^2 d work.</summary>
    public int IntrinsicRows { get; init; } = 5_000;

    /// <summary>Neighbours of the maximum likelihood estimate.</summary>
    public int Neighbors { get; init; } = 20;

    /// <summary>Draws from the null of the overlap of two groups.</summary>
    public int NullDraws { get; init; } = 99;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads, and where states of sealed segments are kept.</summary>
    public ScanOptions Scan { get; init; } = new();
}

/// <summary>What first and second moments say about a space, with its intrinsic dimension and, where two groups were given, the angles between their subspaces.</summary>
public sealed record SubspaceReport : IAnalysisResult
{
    /// <summary>The inner product under which rows were taken, in words.</summary>
    public required string InnerProduct { get; init; }

    /// <summary>Mean, variance, skewness, kurtosis, extremes of each column; lengths and mean cosine of the rows.</summary>
    public required MomentsResult Moments { get; init; }

    /// <summary>Eigenvalues of the sample covariance and what they say.</summary>
    public required Spectrum Spectrum { get; init; }

    /// <summary>Largest absolute correlation of two columns; NaN for one column.</summary>
    public required double LargestCorrelation { get; init; }

    /// <summary>Intrinsic dimension; null when it was left out.</summary>
    public required IntrinsicDimensionResult? Intrinsic { get; init; }

    /// <summary>The subspaces of the rows and of a second group; null without one.</summary>
    public required GroupSubspacesResult? Groups { get; init; }

    /// <summary>Number of eigenvalues above 1e-12 of the largest, at most one fewer than rows: those that the log-determinant takes.</summary>
    public int Rank => (int)Math.Min(Moments.RowsSeen - 1, Spectrum.Eigenvalues.Count(value => value > 1e-12 * Spectrum.Eigenvalues[0]));

    /// <summary>Sum of the natural logarithms of the eigenvalues up to <see cref="Rank"/>.</summary>
    public double LogDeterminant => Rank > 0 ? Spectrum.LogDeterminant(1, Rank) : double.NaN;

    string IAnalysisResult.Title => "The space that the rows fill";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rows_seen", Moments.RowsSeen), new("dimension", Moments.Mean.Length), new("exact", true), new("inner_product", InnerProduct), new("zero_rows", Moments.ZeroRows),
        new("mean_length", DoubleVectors.Norm(Moments.Mean)), new("mean_squared_length", Moments.MeanSquaredLength), new("mean_cosine", Moments.MeanCosine),
        new("total_variance", Spectrum.Trace), new("participation_ratio", Spectrum.ParticipationRatio), new("effective_rank", Spectrum.EffectiveRank),
        new("stable_rank", Spectrum.StableRank), new("iso_score", Spectrum.IsoScore), new("rank", Rank), new("log_determinant", LogDeterminant, "nats"),
        new("largest_correlation", LargestCorrelation), new("intrinsic_dimension", Intrinsic is IAnalysisResult intrinsic ? intrinsic.Facts : null),
        new("groups", Groups is IAnalysisResult groups ? groups.Facts : null),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable spectrum = new("eigenvalues", new("rank", typeof(int)), new("eigenvalue", typeof(double)), new("cumulated", typeof(double)));
            double[] explained = Spectrum.ExplainedVariance();
            for (int i = 0; i < explained.Length; i++) spectrum.Add(i + 1, Spectrum.Eigenvalues[i], explained[i]);
            ResultTable columns = new("columns", new("column", typeof(int)), new("mean", typeof(double)), new("variance", typeof(double)), new("skewness", typeof(double)),
                new("excess_kurtosis", typeof(double)), new("minimum", typeof(float)), new("maximum", typeof(float)));
            for (int k = 0; k < Moments.Mean.Length; k++)
                columns.Add(k, Moments.Mean[k], Moments.Variance[k], Moments.Skewness[k], Moments.ExcessKurtosis[k], Moments.Minimum[k], Moments.Maximum[k]);
            return Groups is IAnalysisResult groups ? [spectrum, columns, .. groups.Tables] : [spectrum, columns];
        }
    }

    /// <summary>Explained variance over the number of components.</summary>
    public LinePlot Plot()
    {
        double[] ranks = [.. Enumerable.Range(1, Spectrum.Eigenvalues.Count).Select(rank => (double)rank)];
        return new("Explained variance", new("components"), new("share of the variance"),
        [
            new("rows", ranks, Spectrum.ExplainedVariance()),
            new("the same variance in every direction", ranks, [.. ranks.Select(rank => rank / ranks.Length)]),
        ])
        {
            Note = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Moments.RowsSeen} rows; {InnerProduct}; participation ratio {Spectrum.ParticipationRatio:F1}"),
        };
    }
}

/// <summary>Moments, spectrum, intrinsic dimension and groups of a space together.</summary>
public static class SubspaceStudy
{
    /// <summary>Runs it: one pass for moments and covariance, another over the second group. Memory: that of the covariance, and IntrinsicRows x dimension doubles.</summary>
    /// <param name="rows">The rows; where groups are compared, the first group.</param>
    /// <param name="other">The second group, or null.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Fewer than two rows.</exception>
    public static SubspaceReport Run(IRowSource rows, IRowSource? other = null, SubspaceOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (rows.Count < 2) throw new ArgumentException($"{rows.Count} rows have no covariance; two are needed", nameof(rows));
        IRowSource source = options.Inner?.Map(rows) ?? rows;
        (CovarianceResult covariance, MomentsResult moments) = Scan.Run(source, new Covariance(rows.Dimension), new Moments(rows.Dimension), options.Scan, cancellation);
        SymmetricMatrix sample = covariance.Sample;
        double correlation = double.NaN;
        for (int i = 0; i < sample.Size; i++)
            for (int j = 0; j < i; j++)
                if (sample[i, i] > 0 && sample[j, j] > 0) correlation = Math.Max(double.IsNaN(correlation) ? 0 : correlation, Math.Abs(sample[i, j]) / Math.Sqrt(sample[i, i] * sample[j, j]));
        IntrinsicDimensionResult? intrinsic = options.IntrinsicRows > 0 && rows.Count >= 20
            ? IntrinsicDimension.Estimate(source, options.Neighbors, options.IntrinsicRows, options.Seed, options.Scan.Threads, cancellation)
            : null;
        GroupSubspacesResult? groups = null;
        if (other is not null)
        {
            IRowSource second = options.Inner?.Map(other) ?? other;
            if (second.Count < 2) throw new ArgumentException($"{second.Count} rows of the second group have no covariance; two are needed", nameof(other));
            CovarianceResult otherCovariance = Scan.Run(second, new Covariance(second.Dimension), options.Scan, cancellation);
            int components = (int)Math.Min(Math.Min(options.Components, rows.Dimension), Math.Min(covariance.RowsSeen, otherCovariance.RowsSeen) - 1);
            groups = GroupSubspaces.Compare(covariance, otherCovariance, components, options.NullDraws, options.Seed);
        }
        return new()
        {
            InnerProduct = (options.Inner ?? Analysis.InnerProduct.Euclidean).Description,
            Moments = moments,
            Spectrum = new(SymmetricEigen.Values(sample), covariance.RowsSeen),
            LargestCorrelation = correlation,
            Intrinsic = intrinsic,
            Groups = groups,
        };
    }
}
