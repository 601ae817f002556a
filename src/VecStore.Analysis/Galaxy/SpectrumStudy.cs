namespace VecStore.Analysis;

/// <summary>What a spectrum study is to do.</summary>
public sealed record SpectrumOptions
{
    /// <summary>First rank of the power-law fit, counted from 1.</summary>
    public int FirstRank { get; init; } = 11;

    /// <summary>Last rank of the fit, inclusive; null means the smaller of 150 and 90 % of the dimension.</summary>
    public int? LastRank { get; init; }

    /// <summary>The inner product: rows are mapped by it. Null means Euclidean; <see cref="InnerProduct.Cosine"/> takes rows at unit length.</summary>
    public InnerProduct? Inner { get; init; }

    /// <summary>The covariance of the rows, mapped by the inner product, where it is there already (combined from parts, say); null means that it is computed.</summary>
    public CovarianceResult? Covariance { get; init; }

    /// <summary>Resamples of the rows for the interval of the slope; each costs as much as the covariance itself. 0 leaves the interval out.</summary>
    public int BootstrapDraws { get; init; } = 50;

    /// <summary>Draws of the Gaussian control; each costs one eigenvalue problem, whatever the number of rows.</summary>
    public int ControlDraws { get; init; } = 20;

    /// <summary>Level of the intervals.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Where the covariance of sealed segments is kept and looked for; resamples are not kept. Null for nowhere.</summary>
    public PartialCache? Cache { get; init; }

    /// <summary>Told the number of rows seen, in all passes together, of (1 + BootstrapDraws) times the rows.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>The spectrum of a collection: eigenvalues of the sample covariance, its power law, and what chance alone gives for the same shape.</summary>
public sealed record SpectrumReport : IAnalysisResult
{
    /// <summary>Rows seen; all of them, so the eigenvalues are exact to rounding.</summary>
    public required long RowsSeen { get; init; }

    /// <summary>Elements per row.</summary>
    public required int Dimension { get; init; }

    /// <summary>The inner product under which rows were taken, in words.</summary>
    public required string InnerProduct { get; init; }

    /// <summary>The eigenvalues and what they say.</summary>
    public required Spectrum Spectrum { get; init; }

    /// <summary>The straight line.</summary>
    public required PowerLawFit Fit { get; init; }

    /// <summary>The slope +- the normal quantile times its standard deviation over resampled rows; null when none was asked for.</summary>
    public required Interval? Slope { get; init; }

    /// <summary>
    /// Mean slope of the resamples minus the slope of the rows. Sampling spreads eigenvalues; the rows' own slope is off that of an endless population by about as much.
    /// </summary>
    public required double? SlopeBias { get; init; }

    /// <summary>
    /// The steepness alpha against independent standard normal rows of the same number and dimension: p is the chance that noise alone is as steep.
    /// A finite sample of noise has a slope too.
    /// </summary>
    public required NullTest AlphaAgainstGaussian { get; init; }

    /// <summary>Alpha of the Marchenko-Pastur law of the same shape: the Gaussian control without its sampling error.</summary>
    public required double MarchenkoPasturAlpha { get; init; }

    /// <summary>Sum of the natural logarithms of the eigenvalues in the fitted range.</summary>
    public required double LogDeterminant { get; init; }

    /// <summary>Eigenvalues of the Marchenko-Pastur law of the same shape with the rows' mean variance, largest first: the second control.</summary>
    public required IReadOnlyList<double> MarchenkoPastur { get; init; }

    /// <summary>Mean eigenvalues of the Gaussian control, with the rows' mean variance, largest first.</summary>
    public required IReadOnlyList<double> Gaussian { get; init; }

    string IAnalysisResult.Title => "Spectrum of the covariance with its power law and controls";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rows_seen", RowsSeen), new("dimension", Dimension), new("exact", true), new("inner_product", InnerProduct),
        new("fit", new ResultFact[]
        {
            new("first_rank", Fit.FirstRank), new("last_rank", Fit.LastRank), new("alpha", Fit.Alpha), new("slope", Fit.Slope), new("intercept", Fit.Intercept), new("r2", Fit.R2),
            new("ols_half_width", Fit.OlsHalfWidth),
        }),
        Slope is null ? new("slope_interval", null) : ResultFact.Of("slope_interval", Slope), new("slope_bias", SlopeBias),
        ResultFact.Of("alpha_against_gaussian", AlphaAgainstGaussian), new("marchenko_pastur_alpha", MarchenkoPasturAlpha),
        new("total_variance", Spectrum.Trace), new("participation_ratio", Spectrum.ParticipationRatio), new("effective_rank", Spectrum.EffectiveRank),
        new("stable_rank", Spectrum.StableRank), new("log_determinant", LogDeterminant, "nats"), new("iso_score", Spectrum.IsoScore),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("eigenvalues", new("rank", typeof(int)), new("eigenvalue", typeof(double)), new("cumulated", typeof(double)), new("fitted", typeof(double)),
                new("gaussian", typeof(double)), new("marchenko_pastur", typeof(double)));
            double[] explained = Spectrum.ExplainedVariance();
            for (int rank = 1; rank <= Dimension; rank++)
            {
                double? fitted = rank >= Fit.FirstRank && rank <= Fit.LastRank ? Fit.At(rank) : null;
                table.Add(rank, Spectrum.Eigenvalues[rank - 1], explained[rank - 1], fitted, Gaussian[rank - 1], MarchenkoPastur[rank - 1]);
            }
            return [table];
        }
    }

    /// <summary>Eigenvalues over ranks, both axes logarithmic, with the straight line and both controls.</summary>
    public LinePlot Plot()
    {
        double[] ranks = [.. Enumerable.Range(1, Dimension).Select(rank => (double)rank)], fitted = ranks[(Fit.FirstRank - 1)..Fit.LastRank];
        return new("Spectrum of the covariance", new("rank", Logarithmic: true), new("eigenvalue", Logarithmic: true),
        [
            new("rows", ranks, Spectrum.Eigenvalues),
            new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"alpha {Fit.Alpha:F3}, ranks {Fit.FirstRank} to {Fit.LastRank}"), fitted, [.. fitted.Select(rank => Fit.At((int)rank))]),
            new("Gaussian rows", ranks, Gaussian), new("Marchenko-Pastur", ranks, MarchenkoPastur) { Dashed = true },
        ])
        {
            Note = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{RowsSeen:N0} rows x {Dimension}; {InnerProduct}; R² {Fit.R2:F3}"),
        };
    }
}

/// <summary>The large-scale shape of a space: the eigenvalue spectrum with its controls.</summary>
public static class SpectrumStudy
{
    /// <summary>Runs the study. Passes over the rows: 1 + BootstrapDraws. Memory: some 4 d^2 bytes per thread and open node, 16 d^2 for the eigenvalues.</summary>
    public static SpectrumReport Run(IRowSource rows, SpectrumOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        int last = options.LastRank ?? LastRankFor(rows.Dimension);
        if (options.FirstRank < 1 || last > rows.Dimension || last < options.FirstRank + 2) // known before the pass, not after it
            throw new ArgumentException($"ranks {options.FirstRank}..{last} of {rows.Dimension} cannot be fitted: three or more are needed, counted from 1", nameof(options));
        if (rows.Count <= last) throw new ArgumentException($"{rows.Count} rows have {Math.Max(0, rows.Count - 1)} eigenvalues above 0: ranks {options.FirstRank}..{last} cannot be fitted", nameof(rows));
        IRowSource source = options.Inner?.Map(rows) ?? rows;
        ScanOptions scan = new() { Threads = options.Threads, Progress = options.Progress };
        CovarianceResult covariance = options.Covariance ?? Scan.Run(source, new Covariance(rows.Dimension), scan with { Cache = options.Cache }, cancellation);
        if (covariance.Scatter.Size != rows.Dimension || covariance.RowsSeen != rows.Count)
            throw new ArgumentException($"a covariance of {covariance.RowsSeen} rows x {covariance.Scatter.Size} for {rows.Count} rows x {rows.Dimension}", nameof(options));
        Spectrum spectrum = new(SymmetricEigen.Values(covariance.Sample), covariance.RowsSeen);
        PowerLawFit fit = spectrum.FitPowerLaw(options.FirstRank, last);

        double variance = spectrum.Trace / rows.Dimension;
        double[] limit = Analysis.MarchenkoPastur.Eigenvalues(covariance.RowsSeen, rows.Dimension);

        double[] slopes = new double[options.BootstrapDraws];
        for (int draw = 0; draw < slopes.Length; draw++)
        {
            SelectedRows resampled = new(source, Resample(rows.Count, new(options.Seed, "spectrum bootstrap", draw)));
            ScanOptions pass = scan with { Progress = options.Progress is { } told ? new Offset(told, (draw + 1L) * rows.Count) : null };
            double[] values = SymmetricEigen.Values(Scan.Run(resampled, new Covariance(rows.Dimension), pass, cancellation).Sample);
            slopes[draw] = PowerLawFit.Of(values, options.FirstRank, last).Slope;
        }
        double[] control = new double[options.ControlDraws], gaussian = new double[rows.Dimension];
        for (int draw = 0; draw < control.Length; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] values = Wishart.SampleEigenvalues(covariance.RowsSeen, rows.Dimension, new(options.Seed, "gaussian control", draw));
            for (int i = 0; i < gaussian.Length; i++) gaussian[i] += values[i] * variance / control.Length;
            control[draw] = PowerLawFit.Of(values, options.FirstRank, last).Alpha;
        }
        return new()
        {
            RowsSeen = covariance.RowsSeen,
            Dimension = rows.Dimension,
            InnerProduct = (options.Inner ?? Analysis.InnerProduct.Euclidean).Description,
            Spectrum = spectrum,
            Fit = fit,
            Slope = slopes.Length > 0 ? Interval.Normal(fit.Slope, slopes, options.Level, options.Seed) : null,
            SlopeBias = slopes.Length > 0 ? slopes.Average() - fit.Slope : null,
            AlphaAgainstGaussian = NullTest.Of(fit.Alpha, control, options.Seed, "independent standard normal rows of the same number and dimension"),
            MarchenkoPasturAlpha = PowerLawFit.Of(limit, options.FirstRank, last).Alpha,
            MarchenkoPastur = [.. limit.Select(value => value * variance)],
            Gaussian = gaussian,
            LogDeterminant = spectrum.LogDeterminant(options.FirstRank, last),
        };
    }

    /// <summary>Where a fit ends when nobody says.</summary>
    internal static int LastRankFor(int dimension) => Math.Min(150, (int)(0.9 * dimension));

    internal sealed class Offset(IProgress<long> inner, long before) : IProgress<long>
    {
        public void Report(long value) => inner.Report(before + value);
    }

    /// <summary>As many rows, drawn with replacement, in ascending order so that they are read forwards.</summary>
    private static int[] Resample(int count, SeededRandom random)
    {
        int[] times = new int[count], drawn = new int[count];
        for (int i = 0; i < count; i++) times[random.NextInt32(count)]++;
        for (int row = 0, at = 0; row < count; row++)
            for (int i = 0; i < times[row]; i++) drawn[at++] = row;
        return drawn;
    }
}
