namespace VecStore.Analysis;

/// <summary>How well labelled points separate (Rousseeuw 1987).</summary>
public static class Silhouette
{
    /// <summary>
    /// Mean over points of (b - a) / max(a, b): a is the mean Euclidean distance to the point's own group, b to the nearest other group; 0 for a point alone in its group.
    /// n^2 d work, n x groups memory.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer than two groups.</exception>
    public static double Mean(IReadOnlyList<double[]> points, IReadOnlyList<int> groups, int threads = 0)
    {
        int n = points.Count, groupCount = groups.Max() + 1;
        int[] sizes = new int[groupCount];
        foreach (int group in groups) sizes[group]++;
        if (sizes.Count(size => size > 0) < 2) throw new ArgumentException("a silhouette needs two groups", nameof(groups));
        double[] widths = new double[n];
        int parts = Workers.Count(threads, n / 64);
        Workers.Run(parts, part =>
        {
            double[] sums = new double[groupCount];
            for (int i = part; i < n; i += parts)
            {
                Array.Clear(sums);
                double[] x = points[i];
                for (int j = 0; j < n; j++)
                {
                    double[] y = points[j];
                    double squared = 0;
                    for (int k = 0; k < x.Length; k++) squared += (x[k] - y[k]) * (x[k] - y[k]);
                    sums[groups[j]] += Math.Sqrt(squared);
                }
                int own = groups[i];
                if (sizes[own] == 1) continue;
                double a = sums[own] / (sizes[own] - 1), b = double.PositiveInfinity;
                for (int group = 0; group < groupCount; group++)
                    if (group != own && sizes[group] > 0) b = Math.Min(b, sums[group] / sizes[group]);
                widths[i] = Math.Max(a, b) > 0 ? (b - a) / Math.Max(a, b) : 0;
            }
        });
        return widths.Sum() / n;
    }
}
