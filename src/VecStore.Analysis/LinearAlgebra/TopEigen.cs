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

    /// <summary>Orthonormal eigenvectors that are known already: pairs are looked for in what is orthogonal to them.</summary>
    public IReadOnlyList<double[]> Known { get; init; } = [];

    /// <summary>Threads of the orthogonalisation; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>
/// The k largest eigenpairs of a symmetric matrix that is only multiplied with: Lanczos with full reorthogonalisation and thick restarts (Wu and Simon 2000).
/// Memory (2 k + 40) vectors. One start vector meets one vector of a multiple eigenvalue; give the others as <see cref="TopEigenOptions.Known"/> where they are known.
/// </summary>
public static class TopEigen
{
    private const int ChunkRows = 1_024; // a chunk of all basis vectors stays in the second-level cache; also the grain of the fixed order of sums

    /// <summary>Finds the largest eigenpairs.</summary>
    /// <param name="size">Rows of the matrix.</param>
    /// <param name="product">Gives A x.</param>
    /// <param name="count">How many pairs.</param>
    /// <param name="options">Seed and accuracy.</param>
    /// <exception cref="InvalidOperationException">The wanted accuracy was not reached.</exception>
    public static EigenResult Find(int size, Func<double[], double[]> product, int count, TopEigenOptions? options = null)
        => Find(size, (x, y) => product(x).CopyTo(y, 0), count, options, out _);

    /// <summary>Finds the largest eigenpairs and says how many products that took.</summary>
    /// <param name="size">Rows of the matrix.</param>
    /// <param name="product">Writes A x (first argument x) into the second.</param>
    /// <param name="count">How many pairs.</param>
    /// <param name="options">Seed and accuracy.</param>
    /// <param name="products">Products with the matrix.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">The wanted accuracy was not reached.</exception>
    public static EigenResult Find(
        int size, Action<double[], double[]> product, int count, TopEigenOptions? options, out int products, CancellationToken cancellation = default)
    {
        options ??= new();
        int room = size - options.Known.Count;
        if (count < 1 || count > room) throw new ArgumentOutOfRangeException(nameof(count), count, $"1 to {room} eigenpairs");
        int steps = Math.Min(room, 2 * count + 40);
        Basis basis = new(options.Known, options.Threads);
        double[] t = new double[steps * steps]; // the projected matrix, which after a restart has an arrow in front
        SeededRandom random = new(options.Seed, "lanczos");
        double[] next = Random(size, random, basis);
        int kept = 0, agreed = 0, look = 0;
        double norm = 0; // of the matrix, from below
        products = 0;
        while (true)
        {
            double beta = 0;
            for (int j = kept; j < steps; j++)
            {
                cancellation.ThrowIfCancellationRequested();
                basis.Add(next);
                double[] w = basis.Room(size);
                product(next, w);
                products++;
                t[j * steps + j] = basis.Orthogonalize(w, j == kept ? 0 : 2); // A v lies along the last two, but after a restart along all that were kept
                beta = DoubleVectors.Norm(w);
                norm = Math.Max(norm, Math.Max(Math.Abs(t[j * steps + j]), beta));
                if (beta <= 1e-14 * norm + 1e-300) // rounding alone is left of w: it says nothing about the matrix and may lie in the basis
                {
                    beta = 0;
                    w = basis.Count < room ? Random(size, random, basis) : w;
                }
                else
                {
                    DoubleVectors.Scale(w, 1 / beta);
                }
                if (j + 1 < steps) t[j * steps + j + 1] = t[(j + 1) * steps + j] = beta;
                next = w;
                // Wide gaps are settled long before the space is full. Two looks in a row must agree, so that a pair that comes late is not passed over.
                if (beta == 0 || j + 1 == steps || j + 1 < kept + count + 8 || j + 1 < look) continue;
                EigenResult early = Leading(t, steps, j + 1);
                agreed = Found(early, beta, count, options.Tolerance) == count ? agreed + 1 : 0;
                if (agreed == 2) return Result(basis, early, count);
                look = j + 1 + (agreed > 0 ? 4 : 8);
            }
            agreed = look = 0;
            EigenResult small = Leading(t, steps, steps);
            int found = Found(small, beta, count, options.Tolerance);
            if (found == count || steps == room) return Result(basis, small, count);
            if (products >= options.MaximumProducts)
                throw new InvalidOperationException($"after {products} products {found} of {count} eigenpairs were found to {options.Tolerance:G2}");

            kept = Math.Min(steps - 2, count + Math.Min(count, 20) / 2 + 10);
            double[][] restarted = basis.Combine(small.Vectors, kept);
            Array.Clear(t);
            for (int i = 0; i < kept; i++)
            {
                t[i * steps + i] = small.Values[i];
                t[i * steps + kept] = t[kept * steps + i] = beta * small.Vectors[i][steps - 1];
            }
            basis.Restart(restarted);
        }
    }

    private static EigenResult Leading(double[] t, int steps, int size)
    {
        double[] block = new double[size * size];
        for (int i = 0; i < size; i++) t.AsSpan(i * steps, size).CopyTo(block.AsSpan(i * size));
        return SymmetricEigen.Decompose(new(size, block), threads: 1);
    }

    /// <summary>How many of the largest pairs have a small residual.</summary>
    private static int Found(EigenResult small, double beta, int count, double tolerance)
    {
        double largest = Math.Max(Math.Abs(small.Values[0]), Math.Abs(small.Values[^1]));
        int found = 0;
        while (found < count && Math.Abs(beta * small.Vectors[found][^1]) <= tolerance * largest) found++;
        return found;
    }

    private static EigenResult Result(Basis basis, EigenResult small, int count)
    {
        double[][] vectors = basis.Combine(small.Vectors, count);
        foreach (double[] vector in vectors) SymmetricEigen.FixSign(vector);
        return new(small.Values[..count], vectors);
    }

    private static double[] Random(int size, SeededRandom random, Basis basis)
    {
        double[] x = new double[size];
        for (int k = 0; k < size; k++) x[k] = random.NextGaussian();
        basis.Orthogonalize(x, 0);
        DoubleVectors.Normalize(x);
        return x;
    }

    /// <summary>Orthonormal vectors, the known ones in front, walked through in chunks of elements.</summary>
    private sealed class Basis(IReadOnlyList<double[]> known, int threads)
    {
        private readonly List<double[]> vectors = [.. known];
        private readonly Stack<double[]> unused = [];

        public int Count => vectors.Count - known.Count;

        public void Add(double[] vector) => vectors.Add(vector);

        /// <summary>A vector with anything in it.</summary>
        public double[] Room(int size) => unused.TryPop(out double[]? vector) ? vector : new double[size];

        public void Restart(double[][] with)
        {
            foreach (double[] vector in vectors.Skip(known.Count)) unused.Push(vector);
            vectors.RemoveRange(known.Count, Count);
            vectors.AddRange(with);
        }

        /// <summary>
        /// Takes what lies along the vectors out of w and gives the coefficient of the last one. Gram and Schmidt twice; once is enough where what is known to be large, the part along
        /// the last few vectors, was taken out before and little more went (Daniel, Gragg, Kaufman, Stewart 1976: not less than .7 of the length is left).
        /// </summary>
        public double Orthogonalize(double[] w, int last)
        {
            last = Math.Min(last, vectors.Count);
            double along = last == 0 ? 0 : TakeOut(w, vectors.Count - last), length = last == 0 ? double.PositiveInfinity : DoubleVectors.Norm(w);
            along += TakeOut(w, 0);
            return last > 0 && DoubleVectors.Norm(w) >= 0.7 * length ? along : along + TakeOut(w, 0);
        }

        public double[][] Combine(double[][] weights, int count)
        {
            int size = vectors[0].Length;
            double[][] sums = [.. Enumerable.Range(0, count).Select(_ => Room(size))];
            Chunks(size, (start, length, _) =>
            {
                for (int c = 0; c < count; c++)
                {
                    Span<double> sum = sums[c].AsSpan(start, length);
                    sum.Clear();
                    for (int i = 0; i < Count; i++) DoubleVectors.AddMultiple(sum, weights[c][i], vectors[known.Count + i].AsSpan(start, length));
                }
            });
            return sums;
        }

        private double TakeOut(double[] w, int from)
        {
            int count = vectors.Count - from;
            if (count == 0) return 0;
            double[][] parts = new double[(w.Length + ChunkRows - 1) / ChunkRows][];
            Chunks(w.Length, (start, length, chunk) =>
            {
                double[] part = parts[chunk] = new double[count];
                for (int i = 0; i < count; i++) part[i] = DoubleVectors.Dot(vectors[from + i].AsSpan(start, length), w.AsSpan(start, length));
            });
            for (int chunk = 1; chunk < parts.Length; chunk++)
                for (int i = 0; i < count; i++) parts[0][i] += parts[chunk][i];
            Chunks(w.Length, (start, length, _) =>
            {
                for (int i = 0; i < count; i++) DoubleVectors.AddMultiple(w.AsSpan(start, length), -parts[0][i], vectors[from + i].AsSpan(start, length));
            });
            return parts[0][^1];
        }

        private void Chunks(int size, Action<int, int, int> work)
        {
            int chunks = (size + ChunkRows - 1) / ChunkRows, parts = Workers.Count((long)size * vectors.Count < 1 << 19 ? 1 : threads, chunks);
            Workers.Run(parts, part =>
            {
                for (int chunk = part; chunk < chunks; chunk += parts) work(chunk * ChunkRows, Math.Min(ChunkRows, size - chunk * ChunkRows), chunk);
            });
        }
    }
}
