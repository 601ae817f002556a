namespace VecStore.Analysis;

/// <summary>The principal subspaces of two groups of rows, compared.</summary>
/// <param name="Angles">Principal angles in radians, smallest first.</param>
/// <param name="EnergyOfSecondInFirst">Share of the second group's variance that lies in the subspace of the first.</param>
/// <param name="EnergyOfFirstInSecond">And the other way round.</param>
/// <param name="Overlap">
/// Mean squared cosine of the angles (0 perpendicular, 1 equal), against random subspaces of the same dimensions; in d dimensions these have k / d.
/// </param>
/// <param name="RowsSeen">Rows of both groups.</param>
public sealed record GroupSubspacesResult(
    double[] Angles, double EnergyOfSecondInFirst, double EnergyOfFirstInSecond, NullTest Overlap, (long First, long Second) RowsSeen)
    : IAnalysisResult
{
    string IAnalysisResult.Title => "Principal subspaces of two groups";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rows_of_first", RowsSeen.First), new("rows_of_second", RowsSeen.Second), new("exact", true), new("components", Angles.Length), ResultFact.Of("overlap", Overlap),
        new("energy_of_second_in_first", EnergyOfSecondInFirst), new("energy_of_first_in_second", EnergyOfFirstInSecond),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("angles", new("rank", typeof(int)), new("angle", typeof(double), "rad"), new("cosine", typeof(double)));
            for (int i = 0; i < Angles.Length; i++) table.Add(i + 1, Angles[i], Math.Cos(Angles[i]));
            return [table];
        }
    }
}

/// <summary>Subspaces of groups: principal angles and energies.</summary>
public static class GroupSubspaces
{
    /// <summary>Compares the first principal components of two groups.</summary>
    public static GroupSubspacesResult Compare(IRowSource first, IRowSource second, int components, int nullDraws = 99, ulong seed = 0, ScanOptions? scan = null)
    {
        if (first.Dimension != second.Dimension) throw new ArgumentException($"rows of {first.Dimension} and {second.Dimension} elements", nameof(second));
        return Compare(Scan.Run(first, new Covariance(first.Dimension), scan), Scan.Run(second, new Covariance(second.Dimension), scan), components, nullDraws, seed);
    }

    /// <summary>The same from covariances that are there already.</summary>
    public static GroupSubspacesResult Compare(CovarianceResult a, CovarianceResult b, int components, int nullDraws = 99, ulong seed = 0)
    {
        PrincipalComponents inA = PrincipalComponents.Of(a, components), inB = PrincipalComponents.Of(b, components);
        double[] angles = Orthonormal.PrincipalAngles(inA.Components, inB.Components);
        double[] nulls = new double[nullDraws];
        for (int draw = 0; draw < nullDraws; draw++)
        {
            // A random subspace against a fixed one has the same law as two random ones.
            SeededRandom random = new(seed, "random subspace", draw);
            double[][] basis = Orthonormal.Basis(inB.Components.Select(c => c.Select(_ => random.NextGaussian()).ToArray()));
            nulls[draw] = Overlap(basis, inA.Components);
        }
        NullTest overlap = NullTest.Of(Overlap(inA.Components, inB.Components), nulls, seed, "a random subspace in place of the second");
        return new(angles, Energy(b, inA.Components), Energy(a, inB.Components), overlap, (a.RowsSeen, b.RowsSeen));
    }

    /// <summary>Share of the variance of rows that lies in the span of an orthonormal basis.</summary>
    public static double Energy(CovarianceResult rows, IReadOnlyList<double[]> basis)
    {
        double trace = rows.Scatter.Trace;
        return trace > 0 ? basis.Sum(axis => DoubleVectors.Dot(axis, rows.Scatter.Times(axis))) / trace : double.NaN;
    }

    private static double Overlap(double[][] x, double[][] y)
    {
        double sum = 0;
        foreach (double[] a in x)
            foreach (double[] b in y) sum += Math.Pow(DoubleVectors.Dot(a, b), 2);
        return sum / Math.Min(x.Length, y.Length);
    }
}
