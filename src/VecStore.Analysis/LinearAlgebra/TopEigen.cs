namespace VecStore.Analysis;

/// <summary>How the largest eigenpairs are looked for.</summary>
public sealed record TopEigenOptions
{
    /// <summary>Seed of the start vectors.</summary>
    public ulong Seed { get; init; }

    /// <summary>Residual |A v - value v| at which a pair counts as found, relative to the largest value.</summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>Most products with the matrix before giving up.</summary>
    public int MaximumProducts { get; init; } = 5_000;
}

/// <summary>
/// The k largest eigenpairs of a symmetric matrix that is only multiplied with: Lanczos with full reorthogonalisation and thick restarts (Wu and Simon 2000).
/// Memory (2 k + 40) vectors.
/// </summary>
public static class TopEigen
{
    /// <summary>Finds the largest eigenpairs.</summary>
    /// <param name="size">Rows of the matrix.</param>
    /// <param name="product">Gives A x.</param>
    /// <param name="count">How many pairs.</param>
    /// <param name="options">Seed and accuracy.</param>
    /// <exception cref="InvalidOperationException">The wanted accuracy was not reached.</exception>
    public static EigenResult Find(int size, Func<double[], double[]> product, int count, TopEigenOptions? options = null)
    {
        options ??= new();
        if (count < 1 || count > size) throw new ArgumentOutOfRangeException(nameof(count), count, $"1 to {size} eigenpairs");
        int steps = Math.Min(size, 2 * count + 40);
        List<double[]> basis = [];
        double[] t = new double[steps * steps]; // the projected matrix, which after a restart has an arrow in front
        SeededRandom random = new(options.Seed, "lanczos");
        double[] next = Random(size, random, basis);
        int kept = 0, products = 0;
        while (true)
        {
            double beta = 0;
            for (int j = kept; j < steps; j++)
            {
                basis.Add(next);
                double[] w = (double[])product(next).Clone();
                products++;
                for (int pass = 0; pass < 2; pass++)
                {
                    for (int i = 0; i < basis.Count; i++)
                    {
                        double h = DoubleVectors.Dot(basis[i], w);
                        DoubleVectors.AddMultiple(w, -h, basis[i]);
                        if (i == j) t[j * steps + j] += h;
                    }
                }
                beta = DoubleVectors.Norm(w);
                double scale = Math.Abs(t[j * steps + j]) + 1e-300;
                if (beta <= 1e-14 * scale)
                {
                    beta = 0;
                    w = basis.Count < size ? Random(size, random, basis) : w;
                }
                else
                {
                    DoubleVectors.Scale(w, 1 / beta);
                }
                if (j + 1 < steps) t[j * steps + j + 1] = t[(j + 1) * steps + j] = beta;
                next = w;
            }
            EigenResult small = SymmetricEigen.Decompose(new(steps, (double[])t.Clone()), threads: 1);
            double largest = Math.Max(Math.Abs(small.Values[0]), Math.Abs(small.Values[^1]));
            int found = 0;
            while (found < count && Math.Abs(beta * small.Vectors[found][steps - 1]) <= options.Tolerance * largest) found++;
            if (found == count || steps == size)
            {
                double[][] vectors = [.. Enumerable.Range(0, count).Select(i => Combine(basis, small.Vectors[i]))];
                foreach (double[] vector in vectors) SymmetricEigen.FixSign(vector);
                return new(small.Values[..count], vectors);
            }
            if (products >= options.MaximumProducts)
                throw new InvalidOperationException($"after {products} products {found} of {count} eigenpairs were found to {options.Tolerance:G2}");

            kept = Math.Min(steps - 2, count + Math.Min(count, 20) / 2 + 10);
            List<double[]> restarted = [.. Enumerable.Range(0, kept).Select(i => Combine(basis, small.Vectors[i]))];
            Array.Clear(t);
            for (int i = 0; i < kept; i++)
            {
                t[i * steps + i] = small.Values[i];
                t[i * steps + kept] = t[kept * steps + i] = beta * small.Vectors[i][steps - 1];
            }
            basis = restarted;
        }
    }

    private static double[] Combine(List<double[]> basis, double[] weights)
    {
        double[] sum = new double[basis[0].Length];
        for (int i = 0; i < weights.Length; i++) DoubleVectors.AddMultiple(sum, weights[i], basis[i]);
        return sum;
    }

    private static double[] Random(int size, SeededRandom random, List<double[]> basis)
    {
        double[] x = new double[size];
        for (int k = 0; k < size; k++) x[k] = random.NextGaussian();
        for (int pass = 0; pass < 2; pass++)
            foreach (double[] b in basis) DoubleVectors.AddMultiple(x, -DoubleVectors.Dot(x, b), b);
        DoubleVectors.Normalize(x);
        return x;
    }
}
