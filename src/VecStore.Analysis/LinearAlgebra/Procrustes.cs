namespace VecStore.Analysis;

/// <summary>The orthogonal matrix nearest to a given one (Schönemann 1966).</summary>
internal static class Procrustes
{
    /// <summary>
    /// For M = U S V^T (rows given) the rotation R = U V^T that maximises trace(R^T M), and the sum of the singular values. Through the eigenvectors of M^T M: singular
    /// values below 1e-7 of the largest have no direction of their own in M, and their left vectors are completed to a basis.
    /// </summary>
    public static (double[][] Rotation, double Nuclear) Rotation(double[][] m)
    {
        int d = m.Length;
        double[] gram = new double[d * d];
        foreach (double[] row in m)
            for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(gram.AsSpan(k * d, d), row[k], row);
        EigenResult right = SymmetricEigen.Decompose(new(d, gram));
        double nuclear = 0, largest = Math.Sqrt(Math.Max(0, right.Values[0]));
        List<double[]> left = [];
        for (int i = 0; i < d; i++)
        {
            double[] image = [.. m.Select(row => DoubleVectors.Dot(row, right.Vectors[i]))];
            double singular = DoubleVectors.Norm(image);
            nuclear += singular;
            if (singular > 1e-7 * largest) left.Add(image);
        }
        double[][] basis = Orthonormal.Basis([.. left, .. Enumerable.Range(0, d).Select(i => Enumerable.Range(0, d).Select(k => k == i ? 1.0 : 0).ToArray())], 1e-6);
        double[][] rotation = [.. Enumerable.Range(0, d).Select(_ => new double[d])];
        for (int i = 0; i < d; i++)
            for (int k = 0; k < d; k++) DoubleVectors.AddMultiple(rotation[k], basis[i][k], right.Vectors[i]);
        return (rotation, nuclear);
    }
}
