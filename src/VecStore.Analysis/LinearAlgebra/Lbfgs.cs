namespace VecStore.Analysis;

/// <summary>A minimum that was looked for.</summary>
/// <param name="Point">Where it is.</param>
/// <param name="Value">The value there.</param>
/// <param name="GradientNorm">Length of the gradient there.</param>
/// <param name="Iterations">Steps taken.</param>
/// <param name="Converged">The gradient became as small as was asked.</param>
public sealed record Minimum(double[] Point, double Value, double GradientNorm, int Iterations, bool Converged);

/// <summary>When a minimisation ends. Whichever comes first counts as converged, but for the iterations.</summary>
public sealed record LbfgsOptions
{
    /// <summary>|gradient| &lt;= this.</summary>
    public double GradientNorm { get; init; }

    /// <summary>No element of the gradient is larger than this.</summary>
    public double LargestElement { get; init; }

    /// <summary>A step lowers the value by no more than this share of max(|value|, 1).</summary>
    public double RelativeDecrease { get; init; }

    /// <summary>Most steps.</summary>
    public int MaximumIterations { get; init; } = 1_000;
}

/// <summary>Minimises a smooth function by the limited-memory BFGS method (Nocedal 1980) with ten corrections and a backtracking line search.</summary>
public static class Lbfgs
{
    private const int Memory = 10;

    /// <summary>Writes the gradient at a point and gives the value.</summary>
    public delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

    /// <summary>Goes downhill from a start until |gradient| &lt;= tolerance, or no step goes further down, or the iterations are used up.</summary>
    public static Minimum Minimize(Objective objective, double[] start, double tolerance, int maximumIterations = 1_000)
        => Minimize(objective, start, new() { GradientNorm = tolerance, MaximumIterations = maximumIterations });

    /// <summary>Goes downhill from a start until one of the ends is reached, or no step goes further down.</summary>
    public static Minimum Minimize(Objective objective, double[] start, LbfgsOptions options)
    {
        int n = start.Length;
        double[] x = (double[])start.Clone(), gradient = new double[n], next = new double[n], nextGradient = new double[n], direction = new double[n];
        double value = objective(x, gradient);
        List<(double[] Step, double[] Change, double Product)> corrections = [];
        double[] weights = new double[Memory];
        for (int iteration = 0; ; iteration++)
        {
            double norm = DoubleVectors.Norm(gradient);
            bool converged = norm <= options.GradientNorm || (options.LargestElement > 0 && Largest(gradient) <= options.LargestElement);
            if (converged || iteration == options.MaximumIterations) return new(x, value, norm, iteration, converged);

            for (int k = 0; k < n; k++) direction[k] = -gradient[k];
            for (int i = corrections.Count - 1; i >= 0; i--)
            {
                weights[i] = DoubleVectors.Dot(corrections[i].Step, direction) / corrections[i].Product;
                DoubleVectors.AddMultiple(direction, -weights[i], corrections[i].Change);
            }
            if (corrections.Count > 0)
            {
                (double[] _, double[] change, double product) = corrections[^1];
                DoubleVectors.Scale(direction, product / DoubleVectors.Dot(change, change));
            }
            for (int i = 0; i < corrections.Count; i++)
                DoubleVectors.AddMultiple(direction, weights[i] - DoubleVectors.Dot(corrections[i].Change, direction) / corrections[i].Product, corrections[i].Step);

            double slope = DoubleVectors.Dot(direction, gradient);
            if (slope >= 0)
            {
                if (corrections.Count == 0) return new(x, value, norm, iteration, false);
                corrections.Clear();
                continue;
            }
            double step = corrections.Count == 0 ? Math.Min(1, 1 / norm) : 1, nextValue;
            while (true)
            {
                x.CopyTo(next, 0);
                DoubleVectors.AddMultiple(next, step, direction);
                nextValue = objective(next, nextGradient);
                if (nextValue <= value + 1e-4 * step * slope) break;
                step /= 2;
                if (step < 1e-14) break;
            }
            if (step < 1e-14)
            {
                // Nothing further down in this direction: rounding, or a stale curvature. Once more along the gradient, then it is what it is.
                if (corrections.Count == 0) return new(x, value, norm, iteration, false);
                corrections.Clear();
                continue;
            }
            double[] taken = DoubleVectors.Subtract(next, x), changed = DoubleVectors.Subtract(nextGradient, gradient);
            double curvature = DoubleVectors.Dot(taken, changed);
            if (curvature > 1e-14 * DoubleVectors.Norm(taken) * DoubleVectors.Norm(changed))
            {
                if (corrections.Count == Memory) corrections.RemoveAt(0);
                corrections.Add((taken, changed, curvature));
            }
            (x, next) = (next, x);
            (gradient, nextGradient) = (nextGradient, gradient);
            double decrease = value - nextValue;
            value = nextValue;
            if (decrease <= options.RelativeDecrease * Math.Max(Math.Abs(value), 1) && options.RelativeDecrease > 0)
                return new(x, value, DoubleVectors.Norm(gradient), iteration + 1, true);
        }
    }

    private static double Largest(double[] gradient)
    {
        double largest = 0;
        foreach (double x in gradient) largest = Math.Max(largest, Math.Abs(x));
        return largest;
    }
}
