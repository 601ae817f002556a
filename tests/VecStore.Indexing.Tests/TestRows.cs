using System.Runtime.InteropServices;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing.Tests;

/// <summary>Encoded rows in memory, and what they mean in double.</summary>
internal sealed unsafe class TestRows : IDisposable
{
    private readonly byte* _bytes;
    private readonly float* _inverse;
    private readonly float* _scales;

    public TestRows(float[][] vectors, ElementType type = ElementType.Float32, Metric metric = Metric.Cosine)
    {
        int dimension = vectors.Length == 0 ? 4 : vectors[0].Length;
        int element = type switch { ElementType.Float32 => 4, ElementType.Int8 => 1, _ => 2 };
        nint stride = (((nint)dimension * element) + 63) / 64 * 64;
        nuint size = (nuint)Math.Max(64, vectors.Length * stride);
        _bytes = (byte*)NativeMemory.AlignedAlloc(size, 64);
        NativeMemory.Clear(_bytes, size);
        _inverse = (float*)NativeMemory.AllocZeroed((nuint)vectors.Length + 1, 4);
        _scales = (float*)NativeMemory.AllocZeroed((nuint)vectors.Length + 1, 4);
        Meaning = new double[vectors.Length][];
        for (int row = 0; row < vectors.Length; row++)
        {
            byte* at = _bytes + (row * stride);
            float scale = 1;
            if (type == ElementType.Int8) scale = vectors[row].Max(Math.Abs) / 127;
            var stored = new double[dimension];
            for (int i = 0; i < dimension; i++)
            {
                float x = vectors[row][i];
                switch (type)
                {
                    case ElementType.Float32: ((float*)at)[i] = x; stored[i] = x; break;
                    case ElementType.Float16: ((Half*)at)[i] = (Half)x; stored[i] = (float)(Half)x; break;
                    case ElementType.BFloat16: ((BFloat16*)at)[i] = (BFloat16)x; stored[i] = (float)(BFloat16)x; break;
                    case ElementType.Int8: ((sbyte*)at)[i] = scale > 0 ? (sbyte)MathF.Round(x / scale) : (sbyte)0; stored[i] = ((sbyte*)at)[i]; break;
                }
            }
            double norm = Math.Sqrt(stored.Sum(x => x * x));
            _inverse[row] = norm == 0 ? 0 : (float)(1 / norm);
            _scales[row] = scale;
            Meaning[row] = [.. stored.Select(x => x * (type == ElementType.Int8 ? scale : 1))];
        }
        Metric = metric;
        Rows = new VectorRows
        {
            Base = _bytes,
            StrideBytes = stride,
            Count = vectors.Length,
            Dimension = dimension,
            ElementType = type,
            InverseNorms = metric == Metric.Cosine ? _inverse : null,
            Scales = type == ElementType.Int8 ? _scales : null,
        };
    }

    public VectorRows Rows { get; }

    public Metric Metric { get; }

    public double[][] Meaning { get; }

    /// <summary>The score that the definition of the metric gives, in double.</summary>
    public double Score(float[] query, int row)
    {
        double[] x = Meaning[row];
        double dot = 0, square = 0, q = 0, n = 0;
        for (int i = 0; i < x.Length; i++)
        {
            dot += query[i] * x[i];
            square += (query[i] - x[i]) * (query[i] - x[i]);
            q += (double)query[i] * query[i];
            n += x[i] * x[i];
        }
        return Metric switch
        {
            Metric.Dot => dot,
            Metric.Euclidean => -Math.Sqrt(square),
            _ => q == 0 || n == 0 ? 0 : dot / Math.Sqrt(q * n),
        };
    }

    /// <summary>The nearest rows by the definition, ties by the smaller row.</summary>
    public (int Row, double Score)[] Nearest(float[] query, int k, Func<int, bool>? passes = null) =>
        [.. Enumerable.Range(0, Rows.Count).Where(row => passes == null || passes(row)).Select(row => (Row: row, Score: Score(query, row)))
            .OrderByDescending(x => x.Score).ThenBy(x => x.Row).Take(k)];

    public void Dispose()
    {
        NativeMemory.AlignedFree(_bytes);
        NativeMemory.Free(_inverse);
        NativeMemory.Free(_scales);
    }
}
