namespace VecStore.Analysis;

/// <summary>Mean, variance, skewness and excess kurtosis of each column, its extremes, and the lengths of the rows.</summary>
public sealed record MomentsResult(
    long RowsSeen, double[] Mean, double[] Variance, double[] Skewness, double[] ExcessKurtosis, float[] Minimum, float[] Maximum,
    double MeanSquaredLength, double MeanUnitLength, long ZeroRows)
{
    /// <summary>
    /// Mean cosine over all pairs of different rows, zero rows left out: (n |mean unit row|^2 - 1) / (n - 1). 0 for directions all around, 1 for one direction.
    /// </summary>
    public double MeanCosine
    {
        get
        {
            double n = RowsSeen - ZeroRows;
            return n > 1 ? (n * MeanUnitLength * MeanUnitLength - 1) / (n - 1) : double.NaN;
        }
    }
}

/// <summary>
/// The first four central moments of every column, centred and in double (Pébay 2008 for combining); each batch makes its own sums around its mean. State: 7 d doubles.
/// </summary>
public sealed class Moments : IStatistic<Moments, MomentsResult>
{
    private readonly int dimension;
    private readonly double[] mean, second, third, fourth, unitSum;
    private readonly float[] minimum, maximum;
    private long count, zeroRows;
    private double squaredLengths;

    /// <summary>An empty state for rows of a dimension.</summary>
    public Moments(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        this.dimension = dimension;
        mean = new double[dimension];
        second = new double[dimension];
        third = new double[dimension];
        fourth = new double[dimension];
        unitSum = new double[dimension];
        minimum = new float[dimension];
        maximum = new float[dimension];
        Array.Fill(minimum, float.PositiveInfinity);
        Array.Fill(maximum, float.NegativeInfinity);
    }

    /// <inheritdoc/>
    public static string StateName => "moments 1";

    /// <inheritdoc/>
    public Moments Empty() => new(dimension);

    /// <inheritdoc/>
    public void Observe(RowBatch rows)
    {
        if (rows.Dimension != dimension) throw new ArgumentException($"rows of dimension {rows.Dimension}, the statistic has {dimension}", nameof(rows));
        if (rows.Count == 0) return;
        Moments batch = new(dimension) { count = rows.Count };
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> x = rows[row];
            double squared = 0;
            for (int k = 0; k < x.Length; k++)
            {
                batch.mean[k] += x[k];
                squared += (double)x[k] * x[k];
                batch.minimum[k] = Math.Min(batch.minimum[k], x[k]);
                batch.maximum[k] = Math.Max(batch.maximum[k], x[k]);
            }
            batch.squaredLengths += squared;
            if (squared == 0)
            {
                batch.zeroRows++;
                continue;
            }
            double scale = 1 / Math.Sqrt(squared);
            for (int k = 0; k < x.Length; k++) batch.unitSum[k] += scale * x[k];
        }
        for (int k = 0; k < dimension; k++) batch.mean[k] /= rows.Count;
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> x = rows[row];
            for (int k = 0; k < x.Length; k++)
            {
                double y = x[k] - batch.mean[k], square = y * y;
                batch.second[k] += square;
                batch.third[k] += square * y;
                batch.fourth[k] += square * square;
            }
        }
        Combine(batch);
    }

    /// <inheritdoc/>
    public void Combine(Moments later)
    {
        if (later.count == 0) return;
        double a = count, b = later.count, n = a + b;
        for (int k = 0; k < dimension; k++)
        {
            double delta = later.mean[k] - mean[k], perN = delta / n;
            double m2 = second[k], m3 = third[k], l2 = later.second[k], l3 = later.third[k];
            fourth[k] += later.fourth[k] + delta * perN * perN * perN * a * b * (a * a - a * b + b * b)
                + 6 * perN * perN * (a * a * l2 + b * b * m2) + 4 * perN * (a * l3 - b * m3);
            third[k] += l3 + delta * perN * perN * a * b * (a - b) + 3 * perN * (a * l2 - b * m2);
            second[k] += l2 + delta * perN * a * b;
            mean[k] += perN * b;
            unitSum[k] += later.unitSum[k];
            minimum[k] = Math.Min(minimum[k], later.minimum[k]);
            maximum[k] = Math.Max(maximum[k], later.maximum[k]);
        }
        count += later.count;
        zeroRows += later.zeroRows;
        squaredLengths += later.squaredLengths;
    }

    /// <inheritdoc/>
    public MomentsResult Finish()
    {
        double n = count;
        double[] variance = [.. second.Select(m2 => n > 1 ? m2 / (n - 1) : 0)];
        double[] skewness = [.. third.Select((m3, k) => second[k] > 0 ? m3 / n / Math.Pow(second[k] / n, 1.5) : 0)];
        double[] kurtosis = [.. fourth.Select((m4, k) => second[k] > 0 ? m4 * n / (second[k] * second[k]) - 3 : 0)];
        double units = Math.Max(1, count - zeroRows);
        double meanUnit = Math.Sqrt(unitSum.Sum(x => x / units * (x / units)));
        return new(count, (double[])mean.Clone(), variance, skewness, kurtosis, (float[])minimum.Clone(), (float[])maximum.Clone(),
            count > 0 ? squaredLengths / n : 0, meanUnit, zeroRows);
    }

    /// <inheritdoc/>
    public void Write(BinaryWriter writer)
    {
        writer.Write(dimension);
        writer.Write(count);
        writer.Write(zeroRows);
        writer.Write(squaredLengths);
        foreach (double[] column in new[] { mean, second, third, fourth, unitSum })
            foreach (double x in column) writer.Write(x);
        foreach (float[] column in new[] { minimum, maximum })
            foreach (float x in column) writer.Write(x);
    }

    /// <inheritdoc/>
    public static Moments Read(BinaryReader reader)
    {
        int dimension = reader.ReadInt32();
        if (dimension is < 1 or > 65_536) throw new InvalidDataException($"moments of dimension {dimension}");
        Moments state = new(dimension) { count = reader.ReadInt64(), zeroRows = reader.ReadInt64(), squaredLengths = reader.ReadDouble() };
        foreach (double[] column in new[] { state.mean, state.second, state.third, state.fourth, state.unitSum })
            for (int k = 0; k < dimension; k++) column[k] = reader.ReadDouble();
        foreach (float[] column in new[] { state.minimum, state.maximum })
            for (int k = 0; k < dimension; k++) column[k] = reader.ReadSingle();
        return state;
    }
}
