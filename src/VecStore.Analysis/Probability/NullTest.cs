namespace VecStore.Analysis;

/// <summary>A figure beside what chance gives.</summary>
/// <param name="Observed">The figure on the data.</param>
/// <param name="NullMean">Mean of the figure over the draws from the null.</param>
/// <param name="NullDeviation">Its standard deviation there (n - 1).</param>
/// <param name="Hits">Draws at least as large as the figure.</param>
/// <param name="Draws">Number of draws.</param>
/// <param name="Seed">Their seed.</param>
/// <param name="Null">What was left to chance, in words.</param>
public sealed record NullTest(double Observed, double NullMean, double NullDeviation, int Hits, int Draws, ulong Seed, string Null)
{
    /// <summary>(1 + hits) / (1 + draws): one-sided, large figures are surprising; never zero.</summary>
    public double PValue => (1.0 + Hits) / (1.0 + Draws);

    /// <summary>Observed minus the mean of the null: the effect, in the figure's own unit.</summary>
    public double Effect => Observed - NullMean;

    /// <summary>The effect in standard deviations of the null. It grows as the null narrows and is no effect size; NaN when the null has no spread.</summary>
    public double Z => NullDeviation > 0 ? Effect / NullDeviation : double.NaN;

    internal static NullTest Of(double observed, IReadOnlyList<double> draws, ulong seed, string description)
    {
        (double mean, double variance) = Sample.Moments(draws);
        return new(observed, mean, Math.Sqrt(variance), draws.Count(draw => draw >= observed), draws.Count, seed, description);
    }
}
