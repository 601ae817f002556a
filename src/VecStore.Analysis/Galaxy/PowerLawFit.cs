using MathNet.Numerics.Distributions;

namespace VecStore.Analysis;

/// <summary>
/// eigenvalue ~ rank^Slope by ordinary least squares on log10 of both. The error is that of the straight line alone: eigenvalues are neither
/// independent nor equally uncertain, so it is too small; the bootstrap over rows says what the slope is worth.
/// </summary>
/// <param name="FirstRank">First rank of the fit, counted from 1.</param>
/// <param name="LastRank">Last rank of the fit, inclusive.</param>
/// <param name="Slope">d log10(eigenvalue) / d log10(rank).</param>
/// <param name="Intercept">log10(eigenvalue) at rank 1.</param>
/// <param name="R2">Share of the variance of log10(eigenvalue) that the line explains.</param>
/// <param name="OlsHalfWidth">t(0.975, n - 2) times the standard error of the slope.</param>
public sealed record PowerLawFit(int FirstRank, int LastRank, double Slope, double Intercept, double R2, double OlsHalfWidth)
{
    /// <summary>-Slope, the exponent as papers quote it.</summary>
    public double Alpha => -Slope;

    /// <summary>The line's eigenvalue at a rank.</summary>
    public double At(int rank) => Math.Pow(10, Intercept + Slope * Math.Log10(rank));

    /// <summary>Fits eigenvalues in descending order.</summary>
    /// <exception cref="ArgumentException">Fewer than three ranks, or an eigenvalue in the range that is 0 but for rounding: 1e-12 of the largest, or less.</exception>
    public static PowerLawFit Of(IReadOnlyList<double> eigenvalues, int firstRank, int lastRank)
    {
        int n = lastRank - firstRank + 1;
        if (n < 3) throw new ArgumentException($"a fit needs three ranks, {firstRank}..{lastRank} has {n}", nameof(lastRank));
        double[] x = new double[n], y = new double[n];
        for (int i = 0; i < n; i++)
        {
            double value = eigenvalues[firstRank - 1 + i];
            if (!(value > 1e-12 * eigenvalues[0]))
                throw new ArgumentException($"the eigenvalue of rank {firstRank + i} is 0, but for rounding: there is no logarithm to fit, end the fit before that rank", nameof(eigenvalues));
            x[i] = Math.Log10(firstRank + i);
            y[i] = Math.Log10(value);
        }
        double meanX = x.Average(), meanY = y.Average(), sxx = 0, sxy = 0, syy = 0;
        for (int i = 0; i < n; i++)
        {
            sxx += (x[i] - meanX) * (x[i] - meanX);
            sxy += (x[i] - meanX) * (y[i] - meanY);
            syy += (y[i] - meanY) * (y[i] - meanY);
        }
        double slope = sxy / sxx, residual = 0;
        for (int i = 0; i < n; i++)
        {
            double rest = y[i] - meanY - slope * (x[i] - meanX);
            residual += rest * rest;
        }
        double error = Math.Sqrt(residual / (n - 2) / sxx);
        return new(firstRank, lastRank, slope, meanY - slope * meanX, syy > 0 ? sxy * sxy / (sxx * syy) : 1, StudentT.InvCDF(0, 1, n - 2, 0.975) * error);
    }
}
