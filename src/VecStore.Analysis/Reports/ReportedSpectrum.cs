using System.Globalization;

namespace VecStore.Analysis;

/// <summary>The sections of a report about the spectrum and the shape of all rows.</summary>
internal static class ReportedSpectrum
{
    public static void Add(HtmlReport report, SnapshotRows rows, CovarianceResult covariance, CollectionReportOptions options, CancellationToken cancellation)
    {
        report.Section("Spectrum");
        int usable = (int)Math.Min(rows.Dimension, rows.Count - 1L);
        (int first, int last) = options.Fit ?? (usable >= 40 ? (11, Math.Min(150, usable * 9 / 10)) : (1, usable));
        if (last - first < 3)
        {
            report.Text($"{usable} eigenvalues are too few for a power law.");
            return;
        }

        // A draw of the control costs d^3.
        int draws = rows.Dimension <= 128 ? 99 : rows.Dimension <= 512 ? 19 : 10;
        SpectrumReport spectrum = SpectrumStudy.Run(rows, new()
        {
            FirstRank = first,
            LastRank = last,
            Covariance = covariance,
            BootstrapDraws = rows.Count > 20_000 ? 10 : 20,
            ControlDraws = draws,
            Seed = options.Seed,
            Threads = options.Threads,
        }, cancellation);
        report.Figures(Figures(spectrum)).Text(Sentence(spectrum)).Picture(spectrum.Plot()).Result(spectrum, "none");
    }

    public static void AddShape(HtmlReport report, IRowSource sample, int rows, CollectionReportOptions options, CancellationToken cancellation)
    {
        SubspaceReport subspace = SubspaceStudy.Run(sample, null, new() { Seed = options.Seed, Scan = new() { Threads = options.Threads } }, cancellation);
        report.Section("Shape").Text(sample.Count < rows ? string.Create(CultureInfo.InvariantCulture, $"On {sample.Count:N0} rows drawn at random.") : "On all rows.");
        List<(string, string, string)> figures =
        [
            ("mean cosine of two rows", Number(subspace.Moments.MeanCosine), "0: no preferred direction"),
            ("length of the mean", Number(DoubleVectors.Norm(subspace.Moments.Mean)), $"root mean squared length of rows {Number(Math.Sqrt(subspace.Moments.MeanSquaredLength))}"),
            ("IsoScore", Number(subspace.Spectrum.IsoScore), "1: the same variance in every direction"),
        ];
        if (subspace.Intrinsic is { } intrinsic)
        {
            figures.Insert(0, ("intrinsic dimension", Number(intrinsic.TwoNearest), "TwoNN: how many numbers place a row among its neighbours"));
            figures.Insert(1, ("the same by maximum likelihood", Number(intrinsic.MaximumLikelihood), $"{intrinsic.Neighbors} neighbours, {intrinsic.RowsUsed:N0} rows"));
        }

        report.Figures(figures).Result(subspace, "none");
    }

    private static (string, string, string)[] Figures(SpectrumReport spectrum) =>
    [
        ("alpha", Number(spectrum.Fit.Alpha), Invariant($"steepness over ranks {spectrum.Fit.FirstRank} to {spectrum.Fit.LastRank}")),
        ("R²", Number(spectrum.Fit.R2), "1: a straight line"),
        ("alpha of Gaussian rows", Number(spectrum.AlphaAgainstGaussian.NullMean), "the same number and dimension"),
        ("participation ratio", Number(spectrum.Spectrum.ParticipationRatio), Invariant($"of {spectrum.Dimension} dimensions")),
    ];

    private static string Sentence(SpectrumReport spectrum)
    {
        NullTest control = spectrum.AlphaAgainstGaussian;
        string interval = spectrum.Slope is { } slope ? Invariant($", {slope.Level:P0} interval {-slope.High:F3} to {-slope.Low:F3} from {slope.Draws} resamples") : "";
        string floor = control.Hits == 0 ? Invariant($", the least that {control.Draws} draws can say") : "";
        string fit = spectrum.Fit.R2 < 0.98
            ? "The points do not lie on a straight line (R² below 0.98): the curve says more than the slope."
            : "The points lie on a straight line in this range.";
        return Invariant($"Eigenvalues of the covariance fall with rank to the power -{spectrum.Fit.Alpha:F3}{interval}. Isotropic Gaussian rows of the same number and dimension give {control.NullMean:F3} ± {control.NullDeviation:G2} (p = {control.PValue:G2}{floor}; seed {control.Seed}). {fit}");
    }

    private static string Number(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
