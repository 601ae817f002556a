namespace VecStore.Analysis;

/// <summary>Cosines of all pairs of vectors, without forming them one by one where only the mean is wanted.</summary>
public static class PairwiseCosine
{
    /// <summary>Mean over unordered pairs; a zero vector has cosine 0. n d work: (|sum of units|^2 - number of units) / (n (n - 1)). NaN for fewer than two.</summary>
    public static double Mean(IReadOnlyList<double[]> vectors)
    {
        if (vectors.Count < 2) return double.NaN;
        (double[] sum, int nonzero) = UnitSum(vectors);
        return (DoubleVectors.Dot(sum, sum) - nonzero) / ((double)vectors.Count * (vectors.Count - 1));
    }

    /// <summary>Mean and standard deviation (n in the denominator) over unordered pairs. n^2 d / 2 work.</summary>
    public static (double Mean, double Deviation) MeanAndDeviation(IReadOnlyList<double[]> vectors)
    {
        double mean = Mean(vectors), squares = 0;
        double[][] units = [.. vectors.Select(Unit)];
        for (int i = 0; i < units.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double difference = DoubleVectors.Dot(units[i], units[j]) - mean;
                squares += difference * difference;
            }
        }
        return (mean, Math.Sqrt(squares / (vectors.Count * (vectors.Count - 1) / 2.0)));
    }

    /// <summary>Mean over pairs with one vector from each of two different groups.</summary>
    public static double MeanBetween(IReadOnlyList<IReadOnlyList<double[]>> groups)
    {
        double[]? all = null;
        double within = 0, pairs = 0, count = 0;
        foreach (IReadOnlyList<double[]> group in groups)
        {
            if (group.Count == 0) continue;
            (double[] sum, _) = UnitSum(group);
            all ??= new double[sum.Length];
            DoubleVectors.AddMultiple(all, 1, sum);
            within += DoubleVectors.Dot(sum, sum);
            pairs -= (double)group.Count * group.Count;
            count += group.Count;
        }
        pairs += count * count;
        return all is null || pairs == 0 ? double.NaN : (DoubleVectors.Dot(all, all) - within) / pairs;
    }

    private static (double[] Sum, int Nonzero) UnitSum(IReadOnlyList<double[]> vectors)
    {
        double[] sum = new double[vectors[0].Length];
        int nonzero = 0;
        foreach (double[] vector in vectors)
        {
            double norm = DoubleVectors.Norm(vector);
            if (norm == 0) continue;
            nonzero++;
            DoubleVectors.AddMultiple(sum, 1 / norm, vector);
        }
        return (sum, nonzero);
    }

    internal static double[] Unit(double[] vector)
    {
        double[] unit = (double[])vector.Clone();
        DoubleVectors.Normalize(unit);
        return unit;
    }
}
