namespace VecStore.Analysis;

/// <summary>Fits one direction to two sets of rows. The result has length 1 and points from the negative to the positive set.</summary>
internal static class DirectionFit
{
    public static double[] Fit(IReadOnlyList<double[]> positive, IReadOnlyList<double[]> negative, DirectionOptions options)
    {
        double[] direction = options.Method switch
        {
            DirectionMethod.MeanDifference => DoubleVectors.Subtract(DoubleVectors.Mean(positive), DoubleVectors.Mean(negative)),
            DirectionMethod.LinearDiscriminant => Discriminant(positive, negative, options.Shrinkage),
            DirectionMethod.LogisticProbe => LogisticProbe.Fit([.. positive, .. negative], [.. positive.Select(_ => true), .. negative.Select(_ => false)], options.Penalty).Weights,
            _ => throw new ArgumentException($"{options.Method} needs pairs, not two sets", nameof(options)),
        };
        DoubleVectors.Normalize(direction);
        return direction;
    }

    private static double[] Discriminant(IReadOnlyList<double[]> positive, IReadOnlyList<double[]> negative, double shrinkage)
    {
        double[] meanP = DoubleVectors.Mean(positive), meanN = DoubleVectors.Mean(negative);
        double freedom = Math.Max(1, positive.Count + negative.Count - 2);
        double[][] centred = [.. positive.Select(row => DoubleVectors.Subtract(row, meanP)), .. negative.Select(row => DoubleVectors.Subtract(row, meanN))];
        int d = meanP.Length;
        double trace = centred.Sum(row => DoubleVectors.Dot(row, row)) / freedom;
        if (trace == 0) return DoubleVectors.Subtract(meanP, meanN);
        double ridge = shrinkage * trace / d;
        if (ridge == 0 && centred.Length < d + 2)
            throw new ArgumentException($"{centred.Length} rows leave the covariance of {d} dimensions singular: a shrinkage above 0 is needed", nameof(shrinkage));
        return RidgeSystem.Solve(centred, (1 - shrinkage) / freedom, ridge, DoubleVectors.Subtract(meanP, meanN));
    }
}
