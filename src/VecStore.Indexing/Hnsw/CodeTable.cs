using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>
/// The geometry and arithmetic of the codes. A vector x (the unit row when the metric is cosine) is coded as c = round((x - mean) / scale),
/// scale = max|x - mean| / 127, kept as c + 128 in a byte. With y = x - mean the inner product of two vectors is
/// y1 . y2 + mean . x1 + mean . x2 - |mean|^2, hence offset(x) = mean . x - |mean|^2 / 2; the squared distance is |y1|^2 + |y2|^2 - 2 y1 . y2,
/// hence offset(x) = -|y|^2 and scales times the square root of 2.
/// </summary>
internal static unsafe class CodeTable
{
    /// <summary>Bytes from one record to the next. Scale and offset are its last eight bytes; where the padding has room they lie in it.</summary>
    public static int Stride(int dimension) => (dimension + 8 + 31) & ~31;

    /// <summary>The mean of the vectors of some rows, summed in double in their order by chunks of 4,096.</summary>
    public static float[] Mean<T>(RowScorer<T> rows, int[] which, Metric metric, int threads, CancellationToken cancellation) where T : unmanaged
    {
        const int chunkRows = 4096;
        int count = which.Length, dimension = rows.Rows.Dimension, chunks = (count + chunkRows - 1) / chunkRows;
        var partial = new double[chunks][];
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, chunk =>
        {
            var sum = new double[dimension];
            var row = new float[dimension];
            fixed (float* x = row)
            {
                for (int i = chunk * chunkRows; i < Math.Min(count, (chunk + 1) * chunkRows); i++)
                {
                    rows.Decode(which[i], x);
                    if (metric == Metric.Cosine) Norm.Normalize(row);
                    for (int j = 0; j < sum.Length; j++) sum[j] += row[j];
                }
            }
            partial[chunk] = sum;
        });
        var mean = new float[dimension];
        for (int j = 0; j < dimension; j++)
        {
            double sum = 0;
            foreach (double[] part in partial) sum += part[j];
            mean[j] = count == 0 ? 0 : (float)(sum / count);
        }
        return mean;
    }

    /// <summary>Codes a vector (of length 1 when the metric is cosine) into a record; <paramref name="vector"/> is left centred.</summary>
    public static void Encode(Span<float> vector, ReadOnlySpan<float> mean, Metric metric, byte* record)
    {
        int stride = Stride(vector.Length);
        float offset = Center(vector, mean, metric);
        float scale = Int8Code.Encode(vector, new Span<byte>(record, stride - 8));
        *(float*)(record + stride - 8) = Scaled(scale, metric);
        *(float*)(record + stride - 4) = offset;
    }

    /// <summary>Codes a query into the buffer that <see cref="CodeSpace"/> reads; <paramref name="vector"/> is left centred.</summary>
    public static void EncodeQuery(Span<float> vector, ReadOnlySpan<float> mean, Metric metric, byte* buffer)
    {
        var elements = (sbyte*)buffer + CodeSpace.QueryHeader;
        float offset = Center(vector, mean, metric);
        float scale = Int8Code.EncodeQuery(vector, new Span<sbyte>(elements, (vector.Length + 63) & ~63));
        *(float*)buffer = Scaled(scale, metric);
        *(float*)(buffer + 4) = offset;
        *(Int8Query*)(buffer + CodeSpace.KernelQuery) = new Int8Query(elements, vector.Length);
    }

    private static float Scaled(float scale, Metric metric) => metric == Metric.Euclidean ? scale * MathF.Sqrt(2) : scale;

    /// <summary>Takes the mean off and returns the offset. Sums in double, so that a file does not depend on the width of the lanes.</summary>
    public static float Center(Span<float> vector, ReadOnlySpan<float> mean, Metric metric)
    {
        const float largest = float.MaxValue / 4;
        double meanDot = 0, meanSquare = 0, square = 0;
        for (int i = 0; i < vector.Length; i++)
        {
            float m = mean[i], y = Math.Clamp(vector[i] - m, -largest, largest);
            meanDot += (double)m * vector[i];
            meanSquare += (double)m * m;
            square += (double)y * y;
            vector[i] = y;
        }
        return metric == Metric.Euclidean ? (float)-square : (float)(meanDot - (meanSquare / 2));
    }
}
