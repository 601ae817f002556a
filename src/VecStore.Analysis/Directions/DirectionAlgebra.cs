namespace VecStore.Analysis;

/// <summary>Directions compared, combined and cleaned of each other, and rows moved along them.</summary>
public static class DirectionAlgebra
{
    /// <summary>Cosines of all pairs under an inner product.</summary>
    public static double[][] Cosines(IReadOnlyList<double[]> directions, InnerProduct? inner = null)
    {
        double[][] mapped = [.. directions.Select(direction => (inner ?? InnerProduct.Euclidean).Map(direction))];
        return [.. mapped.Select(x => mapped.Select(y => DoubleVectors.Cosine(x, y)).ToArray())];
    }

    /// <summary>A weighted sum of directions, of length 1.</summary>
    public static double[] Combine(IReadOnlyList<double[]> directions, IReadOnlyList<double> weights)
    {
        if (directions.Count != weights.Count) throw new ArgumentException($"{directions.Count} directions, {weights.Count} weights", nameof(weights));
        double[] sum = new double[directions[0].Length];
        for (int i = 0; i < directions.Count; i++) DoubleVectors.AddMultiple(sum, weights[i], directions[i]);
        DoubleVectors.Normalize(sum);
        return sum;
    }

    /// <summary>Each direction without its part along those before it, of length 1; a direction in their span adds nothing.</summary>
    public static double[][] Orthogonalize(IReadOnlyList<double[]> directions) => Orthonormal.Basis(directions);

    /// <summary>A vector without its part in the span of some directions.</summary>
    public static double[] Reject(ReadOnlySpan<double> vector, IReadOnlyList<double[]> directions)
    {
        double[] rest = vector.ToArray();
        foreach (double[] axis in Orthonormal.Basis(directions)) DoubleVectors.AddMultiple(rest, -DoubleVectors.Dot(rest, axis), axis);
        return rest;
    }

    /// <summary>A vector's part in the span of some directions.</summary>
    public static double[] Project(ReadOnlySpan<double> vector, IReadOnlyList<double[]> directions)
        => DoubleVectors.Subtract(vector, Reject(vector, directions));

    /// <summary>A vector moved by a multiple of a direction.</summary>
    public static double[] Steer(ReadOnlySpan<double> vector, ReadOnlySpan<double> direction, double multiple)
    {
        double[] moved = vector.ToArray();
        DoubleVectors.AddMultiple(moved, multiple, direction);
        return moved;
    }

    /// <summary>Points between two vectors, both ends in: on the straight line, or (spherical) on the great circle with the length going over evenly.</summary>
    /// <param name="from">Start.</param>
    /// <param name="to">End.</param>
    /// <param name="steps">Number of points, at least 2.</param>
    /// <param name="spherical">On the great circle; opposite directions have none and give the straight line.</param>
    public static double[][] Path(double[] from, double[] to, int steps, bool spherical)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        double a = DoubleVectors.Norm(from), b = DoubleVectors.Norm(to), angle = a > 0 && b > 0 ? Math.Acos(Math.Clamp(DoubleVectors.Dot(from, to) / (a * b), -1, 1)) : 0;
        bool circle = spherical && angle > 1e-9 && angle < Math.PI - 1e-9;
        double[][] path = new double[steps][];
        for (int i = 0; i < steps; i++)
        {
            double t = i / (steps - 1.0), u = 1 - t, v = t;
            if (circle)
            {
                double length = a * (1 - t) + b * t;
                u = Math.Sin((1 - t) * angle) / Math.Sin(angle) * length / a;
                v = Math.Sin(t * angle) / Math.Sin(angle) * length / b;
            }
            path[i] = new double[from.Length];
            DoubleVectors.AddMultiple(path[i], u, from);
            DoubleVectors.AddMultiple(path[i], v, to);
        }
        return path;
    }
}
