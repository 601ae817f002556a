namespace VecStore.Analysis;

/// <summary>Statistics of ranks.</summary>
public static class RankStatistics
{
    /// <summary>Area under the ROC curve: the chance that a positive score is above a negative one, ties counted half. n log n work. NaN when one side is empty.</summary>
    public static double AreaUnderCurve(ReadOnlySpan<double> positive, ReadOnlySpan<double> negative)
    {
        if (positive.IsEmpty || negative.IsEmpty) return double.NaN;
        double[] all = [.. positive, .. negative];
        double[] ranks = Ranks(all);
        double sum = 0;
        for (int i = 0; i < positive.Length; i++) sum += ranks[i];
        return (sum - positive.Length * (positive.Length + 1.0) / 2) / ((double)positive.Length * negative.Length);
    }

    /// <summary>Ranks from 1; equal values share the mean of their ranks.</summary>
    public static double[] Ranks(ReadOnlySpan<double> values)
    {
        double[] keys = values.ToArray();
        int[] order = new int[keys.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(keys, order);
        double[] ranks = new double[order.Length];
        for (int i = 0; i < order.Length;)
        {
            int end = i + 1;
            while (end < order.Length && keys[end] == keys[i]) end++;
            for (int j = i; j < end; j++) ranks[order[j]] = (i + 1 + end) / 2.0;
            i = end;
        }
        return ranks;
    }

    /// <summary>Pearson correlation. NaN when one side does not vary.</summary>
    public static double Pearson(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length) throw new ArgumentException($"{x.Length} and {y.Length} values", nameof(y));
        double meanX = 0, meanY = 0, xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            meanX += x[i] / x.Length;
            meanY += y[i] / y.Length;
        }
        for (int i = 0; i < x.Length; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
            xy += (x[i] - meanX) * (y[i] - meanY);
        }
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : double.NaN;
    }

    /// <summary>Spearman correlation: Pearson's of the ranks.</summary>
    public static double Spearman(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => Pearson(Ranks(x), Ranks(y));

    /// <summary>Difference of means over the pooled standard deviation, with Hedges' correction for small samples. NaN without variance.</summary>
    public static double HedgesG(double meanA, double varianceA, double countA, double meanB, double varianceB, double countB)
    {
        double freedom = countA + countB - 2;
        if (freedom < 1) return double.NaN;
        double pooled = Math.Sqrt(((countA - 1) * varianceA + (countB - 1) * varianceB) / freedom);
        return pooled > 0 ? (meanA - meanB) / pooled * (1 - 3 / (4 * freedom - 1)) : double.NaN;
    }
}
