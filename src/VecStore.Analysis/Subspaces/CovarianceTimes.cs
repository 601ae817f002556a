using System.Runtime.Intrinsics;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// The scatter matrix times some vectors, without the matrix: sum (x - mean) ((x - mean) . q), and the sum of |x - mean|^2. Both products run register-blocked in float over the rows
/// of a batch and are added up in double: |error| &lt;= (256 + d) * 2^-24 * sum |x - mean|^2 |q|, which is below that of a randomised basis.
/// </summary>
internal sealed unsafe class CovarianceTimes : IStatistic<CovarianceTimes, (double[][] Products, double SquaredLengths)>
{
    private readonly double[] mean;
    private readonly double[][] vectors;
    private readonly double[] sums; // vector by vector
    private readonly Packed packed; // the vectors as floats in panels: made once, shared by all states
    private double squares;

    private sealed record Packed(float[] Panels, float[] Mean);

    public CovarianceTimes(double[] mean, double[][] vectors)
        : this(mean, vectors, Pack(mean, vectors))
    {
    }

    private CovarianceTimes(double[] mean, double[][] vectors, Packed packed)
    {
        (this.mean, this.vectors, this.packed) = (mean, vectors, packed);
        sums = new double[vectors.Length * mean.Length];
    }

    public static string StateName => "covariance times vectors 2";

    public CovarianceTimes Empty() => new(mean, vectors, packed);

    public void Observe(RowBatch rows)
    {
        const int width = PanelProduct.Width;
        int d = mean.Length, panels = PanelProduct.Panels(vectors.Length), padded = panels * width, count = rows.Count;
        using NativeBlock<float> centred = new((long)count * d), panel = new((long)count * width);
        using NativeBlock<float> projections = new((long)count * padded), products = new((long)vectors.Length * width);
        for (int row = 0; row < count; row++)
        {
            ReadOnlySpan<float> x = rows[row];
            Span<float> y = centred.Span((long)row * d, d);
            for (int k = 0; k < y.Length; k++) y[k] = x[k] - packed.Mean[k];
            squares += SquaredLength(y);
        }
        fixed (float* start = packed.Panels) PanelProduct.Multiply(new(centred.Base, count, d), start, panels, projections.Base, padded);
        for (int column = 0; column < d; column += width)
        {
            int kept = Math.Min(width, d - column);
            PanelProduct.Pack(new(centred.Base + column, 1, kept, count, step: d), panel.Base);
            PanelProduct.Multiply(new(projections.Base, 1, vectors.Length, count, step: padded), panel.Base, 1, products.Base, width);
            for (int v = 0; v < vectors.Length; v++)
            {
                Span<double> target = sums.AsSpan(v * d + column, kept);
                float* product = products.Base + (nint)v * width;
                for (int k = 0; k < target.Length; k++) target[k] += product[k];
            }
        }
    }

    /// <summary>In double, sixteen interleaved sums.</summary>
    private static double SquaredLength(ReadOnlySpan<float> row)
    {
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        int k = 0;
        for (; k + 16 <= row.Length; k += 16)
        {
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Create(row.Slice(k, 8)));
            (Vector256<double> c, Vector256<double> e) = Vector256.Widen(Vector256.Create(row.Slice(k + 8, 8)));
            s0 += a * a;
            s1 += b * b;
            s2 += c * c;
            s3 += e * e;
        }
        double sum = Vector256.Sum(s0 + s1 + (s2 + s3));
        for (; k < row.Length; k++) sum += (double)row[k] * row[k];
        return sum;
    }

    public void Combine(CovarianceTimes later)
    {
        DoubleVectors.AddMultiple(sums, 1, later.sums);
        squares += later.squares;
    }

    public (double[][] Products, double SquaredLengths) Finish() => ([.. sums.Chunk(mean.Length)], squares);

    public void Write(BinaryWriter writer)
    {
        writer.Write(mean.Length);
        writer.Write(vectors.Length);
        foreach (double[] row in vectors.Prepend(mean).Append(sums))
            foreach (double x in row) writer.Write(x);
        writer.Write(squares);
    }

    public static CovarianceTimes Read(BinaryReader reader)
    {
        int d = reader.ReadInt32(), count = reader.ReadInt32();
        if (d is < 1 or > 65_536 || count is < 1 or > 65_536) throw new InvalidDataException($"{count} vectors of {d}");
        double[] Row(int length) => [.. Enumerable.Range(0, length).Select(_ => reader.ReadDouble())];
        double[] mean = Row(d);
        CovarianceTimes state = new(mean, [.. Enumerable.Range(0, count).Select(_ => Row(d))]);
        Row(d * count).CopyTo(state.sums, 0);
        state.squares = reader.ReadDouble();
        return state;
    }

    private static Packed Pack(double[] mean, double[][] vectors)
    {
        float[] rows = [.. vectors.SelectMany(vector => vector).Select(x => (float)x)], panels = new float[PanelProduct.PackedLength(vectors.Length, mean.Length)];
        fixed (float* source = rows, target = panels) PanelProduct.Pack(new(source, vectors.Length, mean.Length), target);
        return new(panels, [.. mean.Select(x => (float)x)]);
    }
}

/// <summary>The mean row: sums in double.</summary>
internal sealed class MeanRow(int dimension) : IStatistic<MeanRow, (long RowsSeen, double[] Mean)>
{
    private readonly double[] sums = new double[dimension];
    private long count;

    public static string StateName => "mean row 1";

    public MeanRow Empty() => new(dimension);

    public void Observe(RowBatch rows)
    {
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> x = rows[row];
            Span<double> target = sums;
            for (int k = 0; k < target.Length; k++) target[k] += x[k];
        }
        count += rows.Count;
    }

    public void Combine(MeanRow later)
    {
        DoubleVectors.AddMultiple(sums, 1, later.sums);
        count += later.count;
    }

    public (long RowsSeen, double[] Mean) Finish() => (count, [.. sums.Select(sum => sum / Math.Max(1, count))]);

    public void Write(BinaryWriter writer)
    {
        writer.Write(dimension);
        writer.Write(count);
        foreach (double sum in sums) writer.Write(sum);
    }

    public static MeanRow Read(BinaryReader reader)
    {
        int d = reader.ReadInt32();
        if (d is < 1 or > 65_536) throw new InvalidDataException($"a mean row of dimension {d}");
        MeanRow state = new(d) { count = reader.ReadInt64() };
        for (int k = 0; k < d; k++) state.sums[k] = reader.ReadDouble();
        return state;
    }
}
