using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>Mean and scatter of rows.</summary>
/// <param name="RowsSeen">Number of rows.</param>
/// <param name="Mean">The mean row.</param>
/// <param name="Scatter">Sum of (x - mean)(x - mean)^T: divide by RowsSeen - 1 for the sample covariance.</param>
public sealed record CovarianceResult(long RowsSeen, double[] Mean, SymmetricMatrix Scatter)
{
    /// <summary>Scatter / (RowsSeen - 1), as np.cov gives it.</summary>
    /// <exception cref="InvalidOperationException">Fewer than two rows.</exception>
    public SymmetricMatrix Sample
        => RowsSeen > 1 ? Scatter.Scaled(1.0 / (RowsSeen - 1)) : throw new InvalidOperationException($"a sample covariance needs two rows, there are {RowsSeen}");

    /// <summary>Scatter / RowsSeen.</summary>
    public SymmetricMatrix Population => RowsSeen > 0 ? Scatter.Scaled(1.0 / RowsSeen) : throw new InvalidOperationException("there are no rows");
}

/// <summary>
/// Mean and covariance. State: the mean and the centred scatter in double. A chunk is accumulated around the mean of its first batch, by float products of at most 256 rows
/// added up in double, and centred when it ends; two chunks combine by Chan, Golub and LeVeque (1983). Memory: about 4 d^2 bytes per state.
/// </summary>
#pragma warning disable CA1001 // the open chunk frees its memory when the chunk is settled, or by its finalizer
public sealed class Covariance : IStatistic<Covariance, CovarianceResult>
#pragma warning restore CA1001
{
    private readonly int dimension;
    private long count;
    private double[] mean;      // of the rows, or the shift while a chunk is open
    private double[]? scatter;  // panels of the upper triangle; null while nothing was seen
    private OpenChunk? open;

    private sealed class OpenChunk(int dimension) : IDisposable
    {
        public readonly float[] Shift = new float[dimension];
        public readonly double[] Sums = new double[dimension];
        public readonly NativeBlock<float> Packed = new(PanelProduct.PackedLength(dimension, Scan.BatchRows));
        public long Rows;

        public void Dispose() => Packed.Dispose();
    }

    /// <summary>An empty state for rows of a dimension.</summary>
    public Covariance(int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1);
        this.dimension = dimension;
        mean = new double[dimension];
    }

    /// <inheritdoc/>
    public static string StateName => "covariance 1";

    /// <inheritdoc/>
    public Covariance Empty() => new(dimension);

    /// <inheritdoc/>
    public unsafe void Observe(RowBatch rows)
    {
        if (rows.Dimension != dimension) throw new ArgumentException($"rows of dimension {rows.Dimension}, the statistic has {dimension}", nameof(rows));
        if (rows.Count == 0) return;
        if (open is null && count > 0)
        {
            Covariance next = new(dimension);
            next.Observe(rows);
            Combine(next);
            return;
        }
        if (open is null)
        {
            open = new(dimension);
            MeanOf(rows, open.Shift);
            scatter ??= GC.AllocateArray<double>(checked((int)SymmetricProduct.TriangleLength(dimension)), pinned: true);
        }
        for (int at = 0; at < rows.Count; at += Scan.BatchRows)
        {
            int taken = Math.Min(Scan.BatchRows, rows.Count - at);
            SymmetricProduct.Pack(rows.Values.Slice(at * dimension, taken * dimension), dimension, open.Shift, open.Packed.Base, open.Sums);
            fixed (double* triangle = scatter) SymmetricProduct.Add(open.Packed.Base, taken, dimension, triangle);
        }
        open.Rows += rows.Count;
    }

    /// <inheritdoc/>
    public void Combine(Covariance later)
    {
        Settle();
        later.Settle();
        if (later.count == 0) return;
        if (count == 0)
        {
            (count, mean, scatter) = (later.count, (double[])later.mean.Clone(), (double[])later.scatter!.Clone());
            return;
        }
        double total = (double)count + later.count, weight = count * (later.count / total);
        double[] difference = new double[dimension];
        for (int k = 0; k < dimension; k++) difference[k] = later.mean[k] - mean[k];
        AddScaled(scatter, later.scatter, 1);
        AddOuter(scatter!, difference, weight);
        for (int k = 0; k < dimension; k++) mean[k] += difference[k] * (later.count / total);
        count += later.count;
    }

    /// <inheritdoc/>
    public CovarianceResult Finish()
    {
        Settle();
        double[] full = new double[checked(dimension * dimension)];
        if (count > 0)
        {
            for (int i = 0; i < dimension; i++)
                for (int j = i; j < dimension; j++)
                    full[i * dimension + j] = full[j * dimension + i] = scatter![SymmetricProduct.Index(i, j)];
        }
        return new(count, (double[])mean.Clone(), new(dimension, full));
    }

    /// <inheritdoc/>
    public void Write(BinaryWriter writer)
    {
        Settle();
        writer.Write(dimension);
        writer.Write(count);
        if (count == 0) return;
        foreach (double x in mean) writer.Write(x);
        foreach (double x in scatter!) writer.Write(x);
    }

    /// <inheritdoc/>
    public static Covariance Read(BinaryReader reader)
    {
        int dimension = reader.ReadInt32();
        if (dimension is < 1 or > 65_536) throw new InvalidDataException($"a covariance of dimension {dimension}");
        Covariance state = new(dimension) { count = reader.ReadInt64() };
        if (state.count == 0) return state;
        long length = SymmetricProduct.TriangleLength(dimension);
        if ((reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(double) < dimension + length) throw new InvalidDataException("a covariance cut short");
        for (int k = 0; k < dimension; k++) state.mean[k] = reader.ReadDouble();
        state.scatter = new double[length];
        for (long i = 0; i < length; i++) state.scatter[i] = reader.ReadDouble();
        return state;
    }

    /// <summary>Closes an open chunk: from sums around the shift to the centred state.</summary>
    private void Settle()
    {
        if (open is null) return;
        count = open.Rows;
        double[] offset = new double[dimension];
        for (int k = 0; k < dimension; k++)
        {
            offset[k] = open.Sums[k] / count;
            mean[k] = open.Shift[k] + offset[k];
        }
        AddOuter(scatter!, offset, -count);
        open.Dispose();
        open = null;
    }

    private void MeanOf(RowBatch rows, float[] shift)
    {
        double[] sum = new double[dimension];
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> x = rows[row];
            for (int k = 0; k < sum.Length; k++) sum[k] += x[k];
        }
        for (int k = 0; k < sum.Length; k++) shift[k] = (float)(sum[k] / rows.Count);
    }

    private static void AddScaled(double[]? target, double[]? source, double factor)
    {
        for (int i = 0; i < target!.Length; i++) target[i] += factor * source![i];
    }

    /// <summary>scatter += weight * vector vector^T, on the panels of the upper triangle.</summary>
    private void AddOuter(double[] triangle, double[] vector, double weight)
    {
        for (int panel = 0; panel < PanelProduct.Panels(dimension); panel++)
        {
            int column = panel * PanelProduct.Width, width = Math.Min(PanelProduct.Width, dimension - column);
            ReadOnlySpan<double> right = vector.AsSpan(column, width);
            for (int i = 0; i < Math.Min(dimension, column + PanelProduct.Width); i++)
            {
                Span<double> target = triangle.AsSpan((int)(SymmetricProduct.PanelStart(panel) + (long)i * PanelProduct.Width), width);
                double factor = weight * vector[i];
                for (int k = 0; k < target.Length; k++) target[k] += factor * right[k];
            }
        }
    }
}
