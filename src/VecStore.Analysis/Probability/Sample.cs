namespace VecStore.Analysis;

/// <summary>Moments of a few values.</summary>
internal static class Sample
{
    /// <summary>Mean and variance (n - 1; 0 for one value). The mean of none is NaN.</summary>
    public static (double Mean, double Variance) Moments(IReadOnlyList<double> values)
    {
        if (values.Count == 0) return (double.NaN, 0);
        double mean = values.Average();
        return (mean, values.Sum(x => (x - mean) * (x - mean)) / Math.Max(1, values.Count - 1));
    }
}
