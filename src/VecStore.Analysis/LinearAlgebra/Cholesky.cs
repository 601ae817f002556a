namespace VecStore.Analysis;

/// <summary>A = L L^T for a symmetric positive definite matrix, and what follows from it. Work n^3 / 3, memory n^2 / 2 doubles.</summary>
public sealed class Cholesky
{
    private readonly double[][] lower;

    private Cholesky(double[][] lower) => this.lower = lower;

    /// <summary>Logarithm of the determinant of A.</summary>
    public double LogDeterminant
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < lower.Length; i++) sum += 2 * Math.Log(lower[i][i]);
            return sum;
        }
    }

    /// <summary>Factors a matrix.</summary>
    /// <exception cref="ArgumentException">It is not positive definite: a ridge makes it so.</exception>
    public static Cholesky Factor(SymmetricMatrix matrix)
        => TryFactor(matrix, out Cholesky? factor, out int row)
            ? factor!
            : throw new ArgumentException($"the matrix is not positive definite (row {row} of {matrix.Size}); add a ridge to its diagonal", nameof(matrix));

    internal static bool TryFactor(SymmetricMatrix matrix, out Cholesky? factor, out int failedRow)
    {
        int n = matrix.Size;
        double[][] lower = new double[n][];
        for (int i = 0; i < n; i++)
        {
            double[] row = lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++)
            {
                double value = matrix[i, j] - DoubleVectors.Dot(row.AsSpan(0, j), lower[j].AsSpan(0, j));
                if (j < i)
                {
                    row[j] = value / lower[j][j];
                }
                else if (value > 0 && double.IsFinite(value))
                {
                    row[i] = Math.Sqrt(value);
                }
                else
                {
                    (factor, failedRow) = (null, i);
                    return false;
                }
            }
        }
        (factor, failedRow) = (new(lower), -1);
        return true;
    }

    /// <summary>x with A x = b.</summary>
    public double[] Solve(ReadOnlySpan<double> b)
    {
        double[] x = SolveLower(b);
        for (int i = x.Length - 1; i >= 0; i--)
        {
            x[i] /= lower[i][i];
            DoubleVectors.AddMultiple(x.AsSpan(0, i), -x[i], lower[i].AsSpan(0, i));
        }
        return x;
    }

    /// <summary>y with L y = b. |y|^2 = b . A^-1 b, so L^-1 whitens.</summary>
    public double[] SolveLower(ReadOnlySpan<double> b)
    {
        if (b.Length != lower.Length) throw new ArgumentException($"a vector of {b.Length} for a matrix of {lower.Length}", nameof(b));
        double[] y = new double[b.Length];
        for (int i = 0; i < y.Length; i++) y[i] = (b[i] - DoubleVectors.Dot(lower[i].AsSpan(0, i), y.AsSpan(0, i))) / lower[i][i];
        return y;
    }
}
