namespace VecStore.Analysis;

/// <summary>Functions of a symmetric matrix through its eigenvectors.</summary>
public static class SymmetricFunctions
{
    /// <summary>The matrix with f applied to its eigenvalues.</summary>
    public static SymmetricMatrix Apply(EigenResult eigen, Func<double, double> function)
    {
        int n = eigen.Values.Length;
        double[] values = new double[(long)n * n];
        for (int e = 0; e < n; e++)
        {
            double weight = function(eigen.Values[e]);
            double[] v = eigen.Vectors[e];
            for (int i = 0; i < n; i++) DoubleVectors.AddMultiple(values.AsSpan(i * n, n), weight * v[i], v);
        }
        return new(n, values);
    }

    /// <summary>(A + ridge I)^power, symmetric. The ridge is a fraction of the mean eigenvalue, so that it means the same at any scale.</summary>
    /// <exception cref="ArgumentException">A negative power, and A + ridge I is not positive definite.</exception>
    public static SymmetricMatrix Power(SymmetricMatrix matrix, double ridge, double power)
        => Power(SymmetricEigen.Decompose(matrix), ridge, power);

    /// <summary>The same from eigenvectors that are there already.</summary>
    internal static SymmetricMatrix Power(EigenResult eigen, double ridge, double power)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ridge);
        double added = ridge * eigen.Values.Average();
        double smallest = eigen.Values[^1] + added;
        if (power < 0 && !(smallest > 1e-14 * (eigen.Values[0] + added)))
            throw new ArgumentException($"the smallest eigenvalue with its ridge is {smallest:G3}: too small to invert; give a larger ridge", nameof(ridge));
        return Apply(eigen, value => Math.Pow(Math.Max(0, value + added), power));
    }
}
