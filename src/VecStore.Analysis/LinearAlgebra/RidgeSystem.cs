namespace VecStore.Analysis;

/// <summary>Solves (weight X^T X + ridge I) w = v through whichever is smaller, the dimensions or the rows (Woodbury). Work n d min(n, d).</summary>
internal static class RidgeSystem
{
    public static double[] Solve(IReadOnlyList<double[]> rows, double weight, double ridge, double[] v)
    {
        int n = rows.Count, d = v.Length;
        if (n >= d || ridge == 0)
        {
            double[] matrix = new double[d * d];
            foreach (double[] row in rows)
                for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(matrix.AsSpan(k * d, d), weight * row[k], row);
            return Cholesky.Factor(new SymmetricMatrix(d, matrix).PlusDiagonal(ridge)).Solve(v);
        }
        // w = (v - X^T (ridge / weight I + X X^T)^-1 X v) / ridge
        double[] gram = new double[n * n], projected = new double[n];
        for (int i = 0; i < n; i++)
        {
            projected[i] = DoubleVectors.Dot(rows[i], v);
            for (int j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = DoubleVectors.Dot(rows[i], rows[j]);
        }
        double[] y = Cholesky.Factor(new SymmetricMatrix(n, gram).PlusDiagonal(ridge / weight)).Solve(projected), w = (double[])v.Clone();
        for (int i = 0; i < n; i++) DoubleVectors.AddMultiple(w, -y[i], rows[i]);
        DoubleVectors.Scale(w, 1 / ridge);
        return w;
    }
}
