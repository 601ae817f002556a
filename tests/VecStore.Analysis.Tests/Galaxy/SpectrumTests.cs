using System.Text.Json;

namespace VecStore.Analysis.Tests.Galaxy;

public sealed class SpectrumTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(false, "wink_top30000_raw")]
    [InlineData(true, "wink_top30000_unit")]
    public void Eigenvalues_and_slopes_equal_the_reference(bool unit, string name)
    {
        JsonElement reference = SharedData.Reference("pca_powerlaw.json").GetProperty(name);
        IRowSource rows = SharedData.Words(30_000);
        if (unit) rows = new UnitRows(rows);
        CovarianceResult covariance = Scan.Run(rows, new Covariance(100));
        Spectrum spectrum = new(SymmetricEigen.Values(covariance.Sample), covariance.RowsSeen);
        double worst = 0;
        string list = reference.TryGetProperty("all_eigenvalues", out _) ? "all_eigenvalues" : "eigenvalues_first10";
        foreach ((JsonElement expected, int i) in reference.GetProperty(list).EnumerateArray().Select((e, i) => (e, i)))
            worst = Math.Max(worst, Math.Abs(spectrum.Eigenvalues[i] / expected.GetDouble() - 1));
        output.WriteLine($"{name}: largest relative error of an eigenvalue {worst:E2}");
        Assert.InRange(worst, 0, 1e-6);
        Assert.Equal(reference.GetProperty("trace").GetDouble(), spectrum.Trace, 1e-5);
        Assert.Equal(reference.GetProperty("participation_ratio").GetDouble(), spectrum.ParticipationRatio, 1e-5);
        Assert.Equal(reference.GetProperty("explained_first10").GetDouble(), spectrum.ExplainedVariance()[9], 1e-8);
        Assert.Equal(reference.GetProperty("mean_vector_norm").GetDouble(), Math.Sqrt(covariance.Mean.Sum(x => x * x)), 1e-6); // the reference summed in float32
        foreach (JsonElement expected in reference.GetProperty("fits").EnumerateArray())
        {
            int from = expected.GetProperty("slice")[0].GetInt32() + 1, to = expected.GetProperty("slice")[1].GetInt32();
            PowerLawFit fit = spectrum.FitPowerLaw(from, to);
            Assert.Equal(expected.GetProperty("slope").GetDouble(), fit.Slope, 1e-6);
            Assert.Equal(expected.GetProperty("r2").GetDouble(), fit.R2, 1e-6);
            Assert.Equal(expected.GetProperty("ci95").GetDouble(), fit.OlsHalfWidth, 1e-6);
            Assert.Equal(expected.GetProperty("logdet_slice").GetDouble(), spectrum.LogDeterminant(from, to), 1e-4);
        }
    }

    [Fact]
    public void The_study_puts_interval_and_controls_beside_the_slope()
    {
        JsonElement gaussian = SharedData.Reference("pca_powerlaw.json").GetProperty("gauss_30000x100").GetProperty("fits")[0];
        SpectrumReport report = SpectrumStudy.Run(SharedData.Words(30_000), new() { FirstRank = 11, LastRank = 90, BootstrapDraws = 20, ControlDraws = 50 });
        output.WriteLine($"slope {report.Fit.Slope:F4} [{report.Slope!.Low:F4}, {report.Slope.High:F4}], gaussian alpha {report.AlphaAgainstGaussian.NullMean:F4} +- "
            + $"{report.AlphaAgainstGaussian.NullDeviation:F4}, Marchenko-Pastur {report.MarchenkoPasturAlpha:F4}");
        Assert.True(report.Slope.Contains(report.Fit.Slope));
        Assert.InRange(report.Slope.High - report.Slope.Low, 0.001, 0.05); // far narrower than the straight line's own error of +- 0.062
        Assert.InRange(report.SlopeBias!.Value, -0.02, 0);
        NullTest control = report.AlphaAgainstGaussian;
        // One NumPy sample of the same shape lies within its sampling error of our control.
        Assert.InRange(gaussian.GetProperty("alpha").GetDouble(), control.NullMean - 4 * control.NullDeviation, control.NullMean + 4 * control.NullDeviation);
        Assert.Equal(control.NullMean, report.MarchenkoPasturAlpha, 4 * control.NullDeviation);
        Assert.Equal(1.0 / 51, control.PValue, 1e-12);
    }

    [Theory]
    [InlineData(1000, 10)]
    [InlineData(60, 50)]
    [InlineData(30, 50)]
    public void Wishart_draws_have_the_moments_of_sampled_rows(int rows, int dimension)
    {
        // E trace = d; E sum l^2 = d (n' + d + 1) / n' with n' = rows - 1 (Wishart moments).
        const int draws = 400;
        double trace = 0, squares = 0;
        for (int draw = 0; draw < draws; draw++)
        {
            double[] values = Wishart.SampleEigenvalues(rows, dimension, new(3, "test", draw));
            Assert.Equal(dimension, values.Length);
            Assert.All(values.Skip(rows - 1), value => Assert.Equal(0, value, 1e-10));
            trace += values.Sum() / draws;
            squares += values.Sum(x => x * x) / draws;
        }
        double freedom = rows - 1, expected = dimension * (freedom + dimension + 1) / freedom;
        Assert.Equal(dimension, trace, 5 * Math.Sqrt(2.0 * dimension / freedom / draws));
        Assert.Equal(expected, squares, 0.03 * expected);
    }

    [Theory]
    [InlineData(2000, 100)]
    [InlineData(150, 100)]
    [InlineData(101, 100)]
    [InlineData(50, 100)]
    public void Marchenko_pastur_has_trace_one_per_dimension_and_agrees_with_draws(int rows, int dimension)
    {
        double[] law = MarchenkoPastur.Eigenvalues(rows, dimension);
        Assert.Equal(dimension, law.Sum(), 0.02 * dimension);
        double[] mean = new double[dimension];
        for (int draw = 0; draw < 50; draw++)
        {
            double[] values = Wishart.SampleEigenvalues(rows, dimension, new(9, "test", draw));
            for (int i = 0; i < dimension; i++) mean[i] += values[i] / 50;
        }
        for (int i = 5; i < Math.Min(dimension, rows - 1) - 5; i++) Assert.Equal(mean[i], law[i], 0.03 * mean[i] + 0.01);
    }

    [Fact]
    public void A_perfect_power_law_is_found_exactly()
    {
        double[] values = [.. Enumerable.Range(1, 50).Select(rank => 3 * Math.Pow(rank, -0.47))];
        PowerLawFit fit = new Spectrum(values, 1000).FitPowerLaw(5, 50);
        Assert.Equal(0.47, fit.Alpha, 1e-12);
        Assert.Equal(Math.Log10(3), fit.Intercept, 1e-12);
        Assert.Equal(1, fit.R2, 1e-12);
    }

    [Fact]
    public void Simple_spectra_have_the_ranks_one_expects()
    {
        Spectrum flat = new([2, 2, 2, 2], 10), line = new([5, 0, 0], 10);
        Assert.Equal(4, flat.ParticipationRatio, 1e-12);
        Assert.Equal(4, flat.EffectiveRank, 1e-12);
        Assert.Equal(4, flat.StableRank, 1e-12);
        Assert.Equal(1, line.ParticipationRatio, 1e-12);
        Assert.Equal(1, line.EffectiveRank, 1e-12);
        Assert.Equal(double.NegativeInfinity, line.LogDeterminant(1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => flat.FitPowerLaw(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => flat.FitPowerLaw(1, 5));
    }
}
