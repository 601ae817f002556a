namespace VecStore.Analysis;

/// <summary>A logistic regression on rows: P(positive) = 1 / (1 + exp(-(w . x + b))).</summary>
/// <param name="Weights">w, in the units of the rows.</param>
/// <param name="Intercept">b.</param>
/// <param name="LogLoss">Summed negative log likelihood at the end, without the penalty.</param>
/// <param name="Iterations">Steps of the minimisation.</param>
/// <param name="Converged">The gradient became as small as asked, 1e-6 per row.</param>
public sealed record LogisticProbe(double[] Weights, double Intercept, double LogLoss, int Iterations, bool Converged)
{
    /// <summary>Log-odds of a row being positive.</summary>
    public double LogOdds(ReadOnlySpan<double> row) => DoubleVectors.Dot(Weights, row) + Intercept;

    /// <summary>Minimises the summed log loss + penalty / 2 |w|^2; the intercept is not penalised. n d work per step.</summary>
    public static LogisticProbe Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> positive, double penalty)
    {
        if (rows.Count != positive.Count) throw new ArgumentException($"{rows.Count} rows, {positive.Count} labels", nameof(positive));
        if (!positive.Contains(true) || !positive.Contains(false)) throw new ArgumentException("both labels are needed", nameof(positive));
        if (!(penalty > 0)) throw new ArgumentOutOfRangeException(nameof(penalty), penalty, "a penalty above 0 is needed: separable rows have no finite weights");
        int d = rows[0].Length;
        Minimum minimum = Lbfgs.Minimize((point, gradient) =>
        {
            ReadOnlySpan<double> w = point[..d];
            double loss = 0.5 * penalty * DoubleVectors.Dot(w, w);
            for (int k = 0; k < d; k++) gradient[k] = penalty * w[k];
            gradient[d] = 0;
            for (int i = 0; i < rows.Count; i++)
            {
                double margin = DoubleVectors.Dot(w, rows[i]) + point[d], signed = positive[i] ? -margin : margin;
                loss += SoftPlus(signed);
                double slope = 1 / (1 + Math.Exp(-signed)) * (positive[i] ? -1 : 1);
                DoubleVectors.AddMultiple(gradient[..d], slope, rows[i]);
                gradient[d] += slope;
            }
            return loss;
        }, new double[d + 1], 1e-6 * rows.Count);
        double[] weights = minimum.Point[..d];
        return new(weights, minimum.Point[d], minimum.Value - 0.5 * penalty * DoubleVectors.Dot(weights, weights), minimum.Iterations, minimum.Converged);
    }

    /// <summary>ln(1 + e^x) without overflow.</summary>
    internal static double SoftPlus(double x) => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x));
}
