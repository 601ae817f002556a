using MathNet.Numerics.LinearAlgebra;

namespace VecStore.Analysis.Tests.LinearAlgebra;

public sealed class SymmetricEigenTests
{
    public static TheoryData<int, string> Matrices()
    {
        TheoryData<int, string> data = [];
        foreach (int n in new[] { 1, 2, 3, 16, 17, 50, 129, 200 })
            foreach (string kind in new[] { "random", "graded", "repeated", "diagonal", "zero", "low rank", "decaying low rank", "graded upwards", "negative" }) data.Add(n, kind);
        return data;
    }

    [Theory]
    [MemberData(nameof(Matrices))]
    public void Eigenvectors_diagonalise_the_matrix_and_are_orthonormal(int n, string kind)
    {
        SymmetricMatrix matrix = Make(n, kind);
        EigenResult eigen = SymmetricEigen.Decompose(matrix);
        double scale = Math.Max(1e-300, eigen.Values.Max(Math.Abs)), slack = 3e-15 * n + 1e-14;
        for (int i = 0; i < n; i++)
        {
            double[] product = matrix.Times(eigen.Vectors[i]);
            for (int k = 0; k < n; k++) Assert.True(Math.Abs(product[k] - eigen.Values[i] * eigen.Vectors[i][k]) <= slack * scale, $"{kind} {n}: pair {i}");
            for (int j = 0; j <= i; j++) Assert.Equal(i == j ? 1 : 0, DoubleVectors.Dot(eigen.Vectors[i], eigen.Vectors[j]), slack);
            if (i > 0) Assert.True(eigen.Values[i] <= eigen.Values[i - 1]);
        }
        double[] values = SymmetricEigen.Values(matrix);
        for (int i = 0; i < n; i++) Assert.True(Math.Abs(values[i] - eigen.Values[i]) <= slack * scale);
    }

    [Fact]
    public void Values_agree_with_another_implementation()
    {
        SymmetricMatrix matrix = Make(80, "random");
        double[] other = [.. Matrix<double>.Build.Dense(80, 80, matrix.Values).Evd(Symmetricity.Symmetric).EigenValues.Select(x => x.Real).OrderDescending()];
        double[] ours = SymmetricEigen.Values(matrix);
        for (int i = 0; i < 80; i++) Assert.Equal(other[i], ours[i], 1e-12);
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_threads()
    {
        SymmetricMatrix matrix = Make(300, "random");
        EigenResult one = SymmetricEigen.Decompose(matrix, threads: 1), seven = SymmetricEigen.Decompose(matrix, threads: 7);
        Assert.Equal(one.Values, seven.Values);
        for (int i = 0; i < 300; i++) Assert.Equal(one.Vectors[i], seven.Vectors[i]);
    }

    [Theory]
    [InlineData(40, 3)]
    [InlineData(300, 10)]
    [InlineData(300, 50)]
    [InlineData(12, 12)]
    public void Lanczos_finds_the_largest_pairs(int n, int count)
    {
        SymmetricMatrix matrix = Make(n, "random");
        EigenResult all = SymmetricEigen.Decompose(matrix), top = TopEigen.Find(n, x => matrix.Times(x), count);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(all.Values[i], top.Values[i], 1e-9);
            Assert.Equal(1, Math.Abs(DoubleVectors.Dot(all.Vectors[i], top.Vectors[i])), 1e-9);
        }
    }

    [Fact]
    public void Lanczos_goes_on_when_the_krylov_space_is_exhausted()
    {
        SymmetricMatrix matrix = Make(60, "low rank"); // rank 3
        EigenResult top = TopEigen.Find(60, x => matrix.Times(x), 5);
        double[] all = SymmetricEigen.Values(matrix);
        for (int i = 0; i < 5; i++) Assert.Equal(all[i], top.Values[i], 1e-9 * all[0]);
    }

    [Theory]
    [InlineData(1e-170)]
    [InlineData(1e-308)]
    [InlineData(1e170)]
    public void Couplings_whose_squares_are_no_numbers_do_no_harm(double coupling)
    {
        // The arrow of a restarted Lanczos iteration, whose first pairs were found long ago.
        const int n = 12;
        double[] values = new double[n * n];
        for (int i = 0; i < n; i++) values[i * n + i] = Math.Min(1, 1e-160 * coupling) + (n - i) * Math.Max(1, coupling);
        for (int i = 0; i < 5; i++) values[i * n + 5] = values[5 * n + i] = coupling * (i + 1);
        EigenResult eigen = SymmetricEigen.Decompose(new(n, values));
        double[] expected = [.. new MathNet.Numerics.LinearAlgebra.Double.DenseMatrix(n, n, [.. values.Select(x => x / Math.Max(1, coupling))]).Evd().EigenValues.Select(x => x.Real).OrderDescending()];
        Golden.Close(expected, [.. eigen.Values.Select(x => x / Math.Max(1, coupling))], 1e-12);
    }

    [Fact]
    public void The_inverse_square_root_whitens()
    {
        SymmetricMatrix matrix = Make(30, "random").PlusDiagonal(40);
        double ridge = 0.1, added = ridge * matrix.Trace / 30;
        SymmetricMatrix root = SymmetricFunctions.Power(matrix, ridge, -0.5), shifted = matrix.PlusDiagonal(added);
        for (int i = 0; i < 30; i++)
        {
            double[] unit = new double[30];
            unit[i] = 1;
            double[] back = root.Times(shifted.Times(root.Times(unit)));
            for (int k = 0; k < 30; k++) Assert.Equal(unit[k], back[k], 1e-12);
        }
    }

    [Fact]
    public void A_singular_matrix_has_no_inverse_square_root_without_a_ridge()
    {
        SymmetricMatrix matrix = Make(20, "low rank");
        Assert.Throws<ArgumentException>(() => SymmetricFunctions.Power(matrix, 0, -0.5));
        SymmetricFunctions.Power(matrix, 1e-3, -0.5);
    }

    [Fact]
    public void Cholesky_solves_and_gives_the_log_determinant()
    {
        SymmetricMatrix matrix = Make(25, "random").PlusDiagonal(30);
        Cholesky factor = Cholesky.Factor(matrix);
        double[] b = [.. Enumerable.Range(0, 25).Select(i => Math.Sin(i))], x = factor.Solve(b), back = matrix.Times(x);
        for (int k = 0; k < 25; k++) Assert.Equal(b[k], back[k], 1e-12);
        Assert.Equal(SymmetricEigen.Values(matrix).Sum(Math.Log), factor.LogDeterminant, 1e-11);
        Assert.Throws<ArgumentException>(() => Cholesky.Factor(Make(25, "negative")));
    }

    [Fact]
    public void Principal_angles_are_exact_at_both_ends()
    {
        const int d = 12;
        double[] angles = [0, 1e-9, 1e-4, 0.5, Math.PI / 2 - 1e-9, Math.PI / 2];
        double[][] first = new double[6][], second = new double[6][];
        for (int i = 0; i < 6; i++)
        {
            (first[i] = new double[d])[i] = 1;
            second[i] = new double[d];
            second[i][i] = Math.Cos(angles[i]);
            second[i][6 + i] = Math.Sin(angles[i]);
        }
        // Another basis of the same subspace: the angles are the subspaces', not the bases'.
        EigenResult turn = SymmetricEigen.Decompose(Make(6, "random"));
        double[][] turned = [.. turn.Vectors.Select(w => Enumerable.Range(0, d).Select(k => Enumerable.Range(0, 6).Sum(i => w[i] * second[i][k])).ToArray())];
        double[] found = Orthonormal.PrincipalAngles(first, turned);
        for (int i = 0; i < 6; i++) Assert.Equal(angles[i], found[i], 2e-15 + 1e-14 * angles[i] + 1e-15 / Math.Max(1e-3, Math.Cos(angles[i])));
    }

    internal static SymmetricMatrix Make(int n, string kind)
    {
        SeededRandom random = new(17, kind, n);
        double[] values = new double[n * n];
        double[][] factors = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, n).Select(_ => random.NextGaussian()).ToArray())];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double x = kind switch
                {
                    "random" => random.NextGaussian(),
                    "graded" => random.NextGaussian() * Math.Pow(10, -12.0 * (i + j) / (2 * n)),
                    "graded upwards" => random.NextGaussian() * Math.Pow(10, 12.0 * (i + j) / (2 * n)),
                    "decaying low rank" => factors.Select((f, rank) => f[i] * f[j] * Math.Pow(10, -3 * rank)).Sum(),
                    "repeated" => i == j ? 2 : 1,
                    "diagonal" => i == j ? (i * 7) % 5 : 0,
                    "zero" => 0,
                    "low rank" => factors.Sum(f => f[i] * f[j]),
                    "negative" => i == j ? -n - 1 : random.NextGaussian() / n,
                    _ => throw new ArgumentException(kind),
                };
                values[i * n + j] = values[j * n + i] = x;
            }
        }
        return new(n, values);
    }
}
