namespace VecStore.Analysis;

/// <summary>An estimate with an interval by resampling.</summary>
/// <param name="Estimate">The figure on the data themselves.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
/// <param name="Level">The share of resamples inside, for example 0.95.</param>
/// <param name="Draws">Number of resamples.</param>
/// <param name="Seed">Their seed.</param>
public sealed record Interval(double Estimate, double Low, double High, double Level, int Draws, ulong Seed)
{
    /// <summary>Whether a value lies inside.</summary>
    public bool Contains(double value) => value >= Low && value <= High;

    /// <summary>Percentile interval of the draws.</summary>
    internal static Interval Percentile(double estimate, double[] draws, double level, ulong seed)
    {
        double[] sorted = [.. draws.Order()];
        return new(estimate, SortedQuantile.Of(sorted, (1 - level) / 2), SortedQuantile.Of(sorted, (1 + level) / 2), level, draws.Length, seed);
    }

    /// <summary>Estimate +- normal quantile times the standard deviation of the draws: always about the estimate, whatever bias resampling has.</summary>
    internal static Interval Normal(double estimate, double[] draws, double level, ulong seed)
    {
        double half = MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, (1 + level) / 2) * Math.Sqrt(Sample.Moments(draws).Variance);
        return new(estimate, estimate - half, estimate + half, level, draws.Length, seed);
    }
}

/// <summary>Quantiles of values in ascending order.</summary>
public static class SortedQuantile
{
    /// <summary>Linear interpolation between the two nearest order statistics (the default of NumPy, type 7 of Hyndman and Fan 1996).</summary>
    public static double Of(ReadOnlySpan<double> sorted, double probability)
    {
        if (sorted.IsEmpty) return double.NaN;
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        double place = probability * (sorted.Length - 1);
        int low = (int)place;
        int high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
    }
}
