namespace VecStore.Analysis.Tests.LinearAlgebra;

public sealed class SingularTopEigenTests
{
    [Fact]
    public void The_first_eigenvector_of_a_matrix_of_low_rank_is_found_also_after_its_range_is_exhausted()
    {
        for (int draw = 0; draw < 120; draw++)
        {
            // Few different rows, each of them several times: the range of X X^T ends long before the steps of Lanczos do.
            SeededRandom random = new(11, "resampled", draw);
            const int n = 49, d = 100;
            int distinct = 3 + draw % 30;
            double[][] rows = [.. Enumerable.Range(0, distinct).Select(_ => Enumerable.Range(0, d).Select(k => random.NextGaussian() + (k < 30 ? 1 : 0)).ToArray())];
            double[][] drawn = [.. Enumerable.Range(0, n).Select(_ => rows[random.NextInt32(distinct)])];
            double[] gram = [.. drawn.SelectMany(x => drawn.Select(y => DoubleVectors.Dot(x, y)))];
            EigenResult all = SymmetricEigen.Decompose(new(n, gram), threads: 1);
            double[] sum = new double[d];
            EigenResult top = TopEigen.Find(n, x =>
            {
                Array.Clear(sum);
                for (int i = 0; i < n; i++) DoubleVectors.AddMultiple(sum, x[i], drawn[i]);
                return [.. drawn.Select(row => DoubleVectors.Dot(row, sum))];
            }, 1, new() { Tolerance = 1e-8 });
            Assert.Equal(all.Values[0], top.Values[0], 1e-9 * all.Values[0]);
            Assert.Equal(1, Math.Abs(DoubleVectors.Dot(all.Vectors[0], top.Vectors[0])), 1e-7);
        }
    }
}
