namespace VecStore.Analysis;

/// <summary>Eigenvalues of the sample covariance of independent standard normal rows, drawn without drawing the rows (Bartlett 1933).</summary>
internal static class Wishart
{
    /// <summary>Descending eigenvalues of np.cov of rows x dimension standard normal numbers; zeros where there are fewer rows than dimensions.</summary>
    public static double[] SampleEigenvalues(long rows, int dimension, SeededRandom random)
    {
        if (rows < 2) throw new ArgumentOutOfRangeException(nameof(rows), rows, "a covariance needs two rows");
        // X^T X and X X^T share their eigenvalues: draw the smaller.
        long freedom = rows - 1;
        int size = (int)Math.Min(dimension, freedom);
        double degrees = Math.Max(dimension, freedom);
        double[][] lower = new double[size][];
        for (int i = 0; i < size; i++)
        {
            lower[i] = new double[i + 1];
            for (int j = 0; j < i; j++) lower[i][j] = random.NextGaussian();
            lower[i][i] = Math.Sqrt(ChiSquared(degrees - i, random));
        }
        double[] product = new double[size * size];
        for (int i = 0; i < size; i++)
            for (int j = 0; j <= i; j++)
                product[i * size + j] = product[j * size + i] = DoubleVectors.Dot(lower[i].AsSpan(0, j + 1), lower[j]) / freedom;
        double[] values = new double[dimension];
        SymmetricEigen.Values(new(size, product)).CopyTo(values, 0);
        return values;
    }

    /// <summary>Chi-squared of any positive number of degrees (Marsaglia and Tsang 2000).</summary>
    private static double ChiSquared(double degrees, SeededRandom random)
    {
        double shape = degrees / 2, boost = 1;
        if (shape < 1)
        {
            boost = Math.Pow(1 - random.NextDouble(), 1 / shape);
            shape += 1;
        }
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = random.NextGaussian(), v = 1 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            double u = 1 - random.NextDouble();
            if (Math.Log(u) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return 2 * d * v * boost;
        }
    }
}
