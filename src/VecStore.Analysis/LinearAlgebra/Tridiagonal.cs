namespace VecStore.Analysis;

/// <summary>A symmetric matrix reduced to tridiagonal form, A = Q T Q^T, with Q kept as Householder reflectors.</summary>
internal sealed class Tridiagonal
{
    private readonly int n;
    private readonly double[][] reflectors; // reflectors[k] acts on elements k + 1 .. n - 1
    private readonly double[] factors;      // H = I - factor v v^T

    private Tridiagonal(int n)
    {
        this.n = n;
        Diagonal = new double[n];
        OffDiagonal = new double[n];
        reflectors = new double[Math.Max(0, n - 2)][];
        factors = new double[Math.Max(0, n - 2)];
    }

    public double[] Diagonal { get; }

    /// <summary>OffDiagonal[i] couples i and i + 1; the last is 0.</summary>
    public double[] OffDiagonal { get; }

    public static Tridiagonal Reduce(SymmetricMatrix matrix)
    {
        int n = matrix.Size;
        Tridiagonal t = new(n);
        // Lower triangle, row i holding elements 0 .. i, turned about so that the part still to be reduced is a prefix: we eliminate the last row first.
        double[][] lower = new double[n][];
        for (int i = 0; i < n; i++)
        {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) lower[i][j] = matrix[n - 1 - i, n - 1 - j];
        }

        double[] product = new double[n];
        for (int k = 0; k < n - 2; k++)
        {
            int last = n - 1 - k, m = last; // eliminate row `last`; m elements stand left of its diagonal
            t.Diagonal[k] = lower[last][last];
            double[] v = lower[last][..m];
            double scale = Scale(v);
            double x = v[m - 1], norm = DoubleVectors.Norm(v), tail = DoubleVectors.Norm(v.AsSpan(0, m - 1));
            if (tail == 0 || norm == 0)
            {
                t.OffDiagonal[k] = x / scale;
                t.reflectors[k] = [];
                continue;
            }
            double beta = -Math.CopySign(norm, x);
            v[m - 1] = x - beta;
            double factor = 2 / DoubleVectors.Dot(v, v);
            t.OffDiagonal[k] = beta / scale;
            t.factors[k] = factor;
            t.reflectors[k] = v;

            // p = factor A v, with the lower triangle only: each row gives a dot product and an update.
            Span<double> p = product.AsSpan(0, m);
            p.Clear();
            for (int i = 0; i < m; i++)
            {
                double[] row = lower[i];
                p[i] += DoubleVectors.Dot(row.AsSpan(0, i + 1), v.AsSpan(0, i + 1));
                DoubleVectors.AddMultiple(p[..i], v[i], row.AsSpan(0, i));
            }
            DoubleVectors.Scale(p, factor);
            // w = p - (factor / 2) (p . v) v;  A -= v w^T + w v^T
            DoubleVectors.AddMultiple(p, -0.5 * factor * DoubleVectors.Dot(p, v), v);
            for (int i = 0; i < m; i++)
            {
                Span<double> row = lower[i].AsSpan(0, i + 1);
                DoubleVectors.AddMultiple(row, -v[i], p[..(i + 1)]);
                DoubleVectors.AddMultiple(row, -p[i], v.AsSpan(0, i + 1));
            }
        }
        if (n >= 2)
        {
            t.Diagonal[n - 2] = lower[1][1];
            t.OffDiagonal[n - 2] = lower[1][0];
        }
        if (n >= 1) t.Diagonal[n - 1] = lower[0][0];
        // In the turned order, element k of T is row n - 1 - k of the turned matrix, which is row k of the given one.
        return t;
    }

    /// <summary>Lifts a row whose squares would not be numbers any more (those of eigenpairs found long ago, after a restart) and gives the factor, a power of two.</summary>
    private static double Scale(double[] v)
    {
        double largest = 0;
        foreach (double x in v) largest = Math.Max(largest, Math.Abs(x));
        if (largest is 0 or (> 1e-100 and < 1e100)) return 1;
        double scale = Math.ScaleB(1, -Math.Max(-1000, Math.ILogB(largest)));
        DoubleVectors.Scale(v, scale);
        return scale;
    }

    /// <summary>
    /// Copies of diagonal and coupling, turned end for end where the large elements come first: the QL iteration runs towards large elements, and
    /// against them it may not converge.
    /// </summary>
    public (double[] Diagonal, double[] OffDiagonal, bool Turned) LargeLast()
    {
        double[] d = (double[])Diagonal.Clone(), e = (double[])OffDiagonal.Clone();
        bool turned = n > 1 && Math.Abs(d[0]) > Math.Abs(d[n - 1]);
        if (turned)
        {
            Array.Reverse(d);
            Array.Reverse(e, 0, n - 1);
        }
        return (d, e, turned);
    }

    /// <summary>From eigenvectors of T to eigenvectors of A, in place.</summary>
    public void BackTransform(double[][] vectors, bool turned, int threads)
    {
        int parts = n < 128 ? 1 : Workers.Count(threads, vectors.Length);
        Workers.Run(parts, part =>
        {
            int end = (int)((long)vectors.Length * (part + 1) / parts);
            // A few vectors at a time, so that the reflectors pass through the cache once for all of them.
            for (int first = (int)((long)vectors.Length * part / parts); first < end; first += 16)
            {
                int count = Math.Min(16, end - first);
                for (int i = 0; i < count && !turned; i++) vectors[first + i].AsSpan().Reverse();
                for (int k = reflectors.Length - 1; k >= 0; k--)
                {
                    double[] v = reflectors[k];
                    if (v.Length == 0) continue;
                    for (int i = 0; i < count; i++)
                    {
                        Span<double> x = vectors[first + i].AsSpan(0, v.Length);
                        DoubleVectors.AddMultiple(x, -factors[k] * DoubleVectors.Dot(v, x), v);
                    }
                }
                for (int i = 0; i < count; i++) vectors[first + i].AsSpan().Reverse();
            }
        });
    }
}
