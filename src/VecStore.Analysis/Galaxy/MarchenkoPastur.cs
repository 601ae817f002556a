namespace VecStore.Analysis;

/// <summary>
/// The limit law of the eigenvalues of the sample covariance of independent rows of variance 1 (Marchenko and Pastur 1967), for dimension / rows = ratio.
/// </summary>
public static class MarchenkoPastur
{
    private const int Steps = 4_096;

    /// <summary>The expected eigenvalues, largest first: the quantiles at (rank - 1/2) / dimension; zeros beyond the number of rows.</summary>
    public static double[] Eigenvalues(long rows, int dimension)
    {
        if (rows < 2) throw new ArgumentOutOfRangeException(nameof(rows), rows, "a covariance needs two rows");
        double ratio = (double)dimension / (rows - 1), root = Math.Sqrt(ratio);
        double low = (1 - root) * (1 - root), high = (1 + root) * (1 + root);
        int positive = (int)Math.Min(dimension, rows - 1);

        // x = middle - half cos(t) takes away the square root at both ends; cumulated by Simpson's rule on half steps.
        double middle = (low + high) / 2, half = (high - low) / 2, step = Math.PI / Steps;
        double[] cumulated = new double[Steps + 1];
        for (int i = 0; i < Steps; i++)
        {
            double t = i * step;
            cumulated[i + 1] = cumulated[i] + step / 6 * (Density(t) + 4 * Density(t + step / 2) + Density(t + step));
        }
        double[] values = new double[dimension];
        for (int rank = 1; rank <= positive; rank++)
        {
            double wanted = (1 - (rank - 0.5) / positive) * cumulated[Steps];
            int i = Array.BinarySearch(cumulated, wanted);
            if (i < 0) i = Math.Clamp(~i - 1, 0, Steps - 1);
            double inside = i < Steps && cumulated[i + 1] > cumulated[i] ? (wanted - cumulated[i]) / (cumulated[i + 1] - cumulated[i]) : 0;
            values[rank - 1] = middle - half * Math.Cos((i + inside) * step);
        }
        return values;

        // density(x) dx/dt, with density = sqrt((high - x)(x - low)) / (2 pi ratio x)
        double Density(double t)
        {
            double sin = Math.Sin(t), x = middle - half * Math.Cos(t);
            return x > 0 ? half * half * sin * sin / (2 * Math.PI * ratio * x) : ratio == 1 ? half / (2 * Math.PI) * (1 + Math.Cos(t)) : 0;
        }
    }
}
