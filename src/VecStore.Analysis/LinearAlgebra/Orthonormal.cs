using MathNet.Numerics.LinearAlgebra;

namespace VecStore.Analysis;

/// <summary>Orthonormal bases and the angles between them. Vectors are rows.</summary>
public static class Orthonormal
{
    /// <summary>
    /// An orthonormal basis of the span of some vectors, in their order (Gram and Schmidt, twice). A vector whose part outside the span of those before it is
    /// below <paramref name="tolerance"/> times its length adds nothing.
    /// </summary>
    public static double[][] Basis(IEnumerable<double[]> vectors, double tolerance = 1e-10)
    {
        List<double[]> basis = [];
        foreach (double[] vector in vectors)
        {
            double[] rest = (double[])vector.Clone();
            double length = DoubleVectors.Norm(rest);
            if (length == 0) continue;
            for (int pass = 0; pass < 2; pass++)
                foreach (double[] b in basis) DoubleVectors.AddMultiple(rest, -DoubleVectors.Dot(rest, b), b);
            if (DoubleVectors.Norm(rest) <= tolerance * length) continue;
            DoubleVectors.Normalize(rest);
            basis.Add(rest);
        }
        return [.. basis];
    }

    /// <summary>
    /// The principal angles between two subspaces, smallest first, in radians: min(dimensions) of them. Cosines for large angles, sines for small ones
    /// (Björck and Golub 1973), so that both ends are exact to rounding.
    /// </summary>
    /// <param name="first">Orthonormal rows.</param>
    /// <param name="second">Orthonormal rows.</param>
    public static double[] PrincipalAngles(IReadOnlyList<double[]> first, IReadOnlyList<double[]> second)
    {
        if (first.Count == 0 || second.Count == 0) return [];
        if (first.Count < second.Count) (first, second) = (second, first);
        int d = first[0].Length;
        if (second[0].Length != d) throw new ArgumentException($"subspaces of {d} and {second[0].Length} dimensions", nameof(second));
        Matrix<double> cosines = Matrix<double>.Build.Dense(first.Count, second.Count, (i, j) => DoubleVectors.Dot(first[i], second[j]));
        double[] cos = [.. cosines.Svd(computeVectors: false).S.Select(x => Math.Min(1, x))];
        // What the second basis has outside the first subspace: its singular values are the sines.
        Matrix<double> outside = Matrix<double>.Build.Dense(d, second.Count);
        for (int j = 0; j < second.Count; j++)
        {
            double[] rest = (double[])second[j].Clone();
            for (int i = 0; i < first.Count; i++) DoubleVectors.AddMultiple(rest, -cosines[i, j], first[i]);
            outside.SetColumn(j, rest);
        }
        double[] sin = [.. outside.Svd(computeVectors: false).S.Select(x => Math.Min(1, x)).Order()];
        double[] angles = new double[second.Count];
        for (int i = 0; i < angles.Length; i++) angles[i] = cos[i] * cos[i] > 0.5 ? Math.Asin(sin[i]) : Math.Acos(cos[i]);
        return angles;
    }
}
