namespace VecStore.Analysis;

/// <summary>Eigenvalues, largest first, and their eigenvectors.</summary>
/// <param name="Values">Eigenvalues, in descending order.</param>
/// <param name="Vectors">Vectors[i] is the unit eigenvector of Values[i]; its largest element is positive. Empty where only values were asked.</param>
public sealed record EigenResult(double[] Values, double[][] Vectors);

/// <summary>
/// All eigenvalues and eigenvectors of a symmetric matrix: Householder tridiagonalisation then the implicit QL
/// method (Bowdler, Martin, Reinsch and Wilkinson 1968), whose rotations are kept and applied to strips of the eigenvectors that fit the cache.
/// Work about 4/3 n^3 for values, 7 n^3 with vectors; memory 3 n^2 doubles. Backward stable: |error of a value| is a small multiple of 2^-53 |A|.
/// </summary>
public static class SymmetricEigen
{
    /// <summary>Eigenvalues and eigenvectors. The same bits for any number of threads.</summary>
    public static EigenResult Decompose(SymmetricMatrix matrix, int threads = 0)
    {
        int n = matrix.Size;
        Tridiagonal t = Tridiagonal.Reduce(matrix);
        (double[] d, double[] e, bool turned) = t.LargeLast();

        // Row i of the eigenvector matrix will be the i-th eigenvector of the tridiagonal matrix; a rotation mixes two rows. Kept in strips of columns.
        RotatedStrips strips = new(n, threads);
        ImplicitQl(d, e, strips.Add);
        double[][] rows = strips.Rows();

        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(i => d[i])];
        double[][] vectors = [.. order.Select(i => rows[i])];
        t.BackTransform(vectors, turned, threads);
        foreach (double[] vector in vectors) FixSign(vector);
        return new([.. order.Select(i => d[i])], vectors);
    }

    /// <summary>Eigenvalues only, largest first.</summary>
    public static double[] Values(SymmetricMatrix matrix)
    {
        Tridiagonal t = Tridiagonal.Reduce(matrix);
        (double[] d, double[] e, _) = t.LargeLast();
        ImplicitQl(d, e, null);
        Array.Sort(d, (x, y) => y.CompareTo(x));
        return d;
    }

    /// <summary>The element of largest absolute value is made positive (the first of equals), so that signs do not depend on the method.</summary>
    internal static void FixSign(Span<double> vector)
    {
        int largest = 0;
        for (int k = 1; k < vector.Length; k++)
            if (Math.Abs(vector[k]) > Math.Abs(vector[largest])) largest = k;
        if (vector.Length > 0 && vector[largest] < 0)
            for (int k = 0; k < vector.Length; k++) vector[k] = -vector[k];
    }

    /// <summary>The rotations of rows (first + i, first + i + 1), to be applied for i from the last down to 0.</summary>
    internal readonly record struct Sweep(int First, double[] Cosines, double[] Sines);

    private static void ImplicitQl(double[] d, double[] e, Action<Sweep>? rotations)
    {
        int n = d.Length;
        double norm = 0;
        for (int i = 0; i < n; i++) norm = Math.Max(norm, Math.Abs(d[i]) + Math.Abs(e[i]));
        // Beside its neighbours, or 16 orders below the rounding of the largest element, a coupling is nothing.
        double negligible = 1e-32 * norm;
        for (int l = 0; l < n; l++)
        {
            for (int iteration = 0; ; iteration++)
            {
                int m = l;
                for (; m < n - 1; m++)
                {
                    double scale = Math.Abs(d[m]) + Math.Abs(d[m + 1]);
                    if (Math.Abs(e[m]) <= Math.Max(1.1102230246251565e-16 * scale, negligible)) break;
                }
                if (m == l) break;
                if (iteration == 60) throw new InvalidOperationException("the QL iteration did not converge; are all elements finite?");
                double g = (d[l + 1] - d[l]) / (2 * e[l]);
                double r = Hypotenuse(g, 1);
                g = d[m] - d[l] + e[l] / (g + Math.CopySign(r, g));
                double s = 1, c = 1, p = 0;
                double[]? cosines = rotations is null ? null : new double[m - l], sines = rotations is null ? null : new double[m - l];
                int i = m - 1;
                for (; i >= l; i--)
                {
                    double f = s * e[i], b = c * e[i];
                    r = Hypotenuse(f, g);
                    e[i + 1] = r;
                    if (r == 0)
                    {
                        d[i + 1] -= p;
                        e[m] = 0;
                        break;
                    }
                    s = f / r;
                    c = g / r;
                    g = d[i + 1] - p;
                    r = (d[i] - g) * s + 2 * c * b;
                    p = s * r;
                    d[i + 1] = g + p;
                    g = c * r - b;
                    if (cosines is null) continue;
                    cosines[i - l] = c;
                    sines![i - l] = s;
                }
                int skipped = Math.Max(0, i - l + 1); // rotations below an early end are identities
                if (rotations is not null && m - l > skipped) rotations(new(l + skipped, cosines![skipped..], sines![skipped..]));
                if (i >= l) continue;
                d[l] -= p;
                e[l] = g;
                e[m] = 0;
            }
        }
    }

    private static double Hypotenuse(double x, double y)
    {
        double large = Math.Max(Math.Abs(x), Math.Abs(y)), small = Math.Min(Math.Abs(x), Math.Abs(y));
        if (large is > 1e-140 and < 1e140) return Math.Sqrt(x * x + y * y);
        return large == 0 ? 0 : large * Math.Sqrt(1 + small / large * (small / large));
    }
}
