using System.Runtime.CompilerServices;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Scores a prepared query against rows of one segment, by the metric, on the rows as they are stored.</summary>
internal readonly unsafe struct RowScorer<T>(VectorRows rows, Metric metric) where T : unmanaged
{
    private readonly byte* _base = rows.Base;
    private readonly nint _stride = rows.StrideBytes;
    private readonly int _dimension = rows.Dimension;

    public VectorRows Rows => rows;

    /// <summary>Verifies what is about to be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ensure(int row, int count) => rows.Section?.Ensure(row * (long)_stride, count * (long)_stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Row(int row) => _base + (row * _stride);

    /// <summary>Scores consecutive rows.</summary>
    public void Range(float* query, int first, int count, float* scores)
    {
        Ensure(first, count);
        for (int i = 0; i < count; i++) scores[i] = Raw(query, first + i);
        Finish(first, count, scores);
    }

    /// <summary>Scores rows in any order.</summary>
    public void Gather(float* query, int* picks, int count, float* scores)
    {
        for (int i = 0; i < count; i++)
        {
            Ensure(picks[i], 1);
            scores[i] = Raw(query, picks[i]);
        }
        Finish(picks, count, scores);
    }

    private float Raw(float* query, int row) => metric == Metric.Euclidean
        ? RowKernel.Squared(query, (T*)Row(row), _dimension, rows.Scales == null ? 1 : rows.Scales[row])
        : RowKernel.Dot(query, (T*)Row(row), _dimension);

    /// <summary>Turns kernel results of consecutive rows into scores.</summary>
    public void Finish(int first, int count, float* scores)
    {
        switch (metric)
        {
            case Metric.Cosine:
                for (int i = 0; i < count; i++) scores[i] = Math.Clamp(scores[i] * rows.InverseNorms[first + i], -1f, 1f);
                break;
            case Metric.Dot when rows.Scales != null:
                for (int i = 0; i < count; i++) scores[i] *= rows.Scales[first + i];
                break;
            case Metric.Euclidean:
                for (int i = 0; i < count; i++) scores[i] = -MathF.Sqrt(scores[i]);
                break;
        }
    }

    private void Finish(int* picks, int count, float* scores)
    {
        switch (metric)
        {
            case Metric.Cosine:
                for (int i = 0; i < count; i++) scores[i] = Math.Clamp(scores[i] * rows.InverseNorms[picks[i]], -1f, 1f);
                break;
            case Metric.Dot when rows.Scales != null:
                for (int i = 0; i < count; i++) scores[i] *= rows.Scales[picks[i]];
                break;
            case Metric.Euclidean:
                for (int i = 0; i < count; i++) scores[i] = -MathF.Sqrt(scores[i]);
                break;
        }
    }

    /// <summary>Widens a row to floats, the int8 scale applied; the rest of <paramref name="into"/> is left as it is.</summary>
    public void Decode(int row, float* into)
    {
        Ensure(row, 1);
        RowKernel.Decode((T*)Row(row), _dimension, rows.Scales == null ? 1 : rows.Scales[row], into);
    }
}

/// <summary>The float query that the row kernels read: aligned to 64 bytes, padded with zeros, of length 1 when the metric is cosine.</summary>
internal static unsafe class PreparedQuery
{
    /// <summary>Floats in the buffer of a query.</summary>
    public static int PaddedLength(int dimension) => (dimension + 63) & ~63;

    public static void Prepare(ReadOnlySpan<float> query, Metric metric, float* buffer)
    {
        var padded = new Span<float>(buffer, PaddedLength(query.Length));
        query.CopyTo(padded);
        padded[query.Length..].Clear();
        if (metric == Metric.Cosine) Normalize(padded[..query.Length]);
    }

    /// <summary>Divides by the length, taken in double; a zero vector stays.</summary>
    public static void Normalize(Span<float> vector)
    {
        double sum = 0;
        foreach (float x in vector) sum += (double)x * x;
        if (sum == 0) return;
        double inverse = 1 / Math.Sqrt(sum);
        for (int i = 0; i < vector.Length; i++) vector[i] = (float)(vector[i] * inverse);
    }

    public static void Check(ReadOnlySpan<float> query, int dimension)
    {
        if (query.Length != dimension) throw new ArgumentException($"the query has dimension {query.Length}, the rows have {dimension}", nameof(query));
        foreach (float x in query)
        {
            if (!float.IsFinite(x)) throw new ArgumentException($"the query holds {x}; vectors are finite", nameof(query));
        }
    }
}

/// <summary>Runs a step with the element type of rows as its type argument: decided once for a search.</summary>
internal static class ElementTypes
{
    public static TResult Run<TStep, TResult>(ElementType type, TStep step) where TStep : struct, IElementStep<TResult>, allows ref struct => type switch
    {
        ElementType.Float32 => step.Run<float>(),
        ElementType.Float16 => step.Run<Half>(),
        ElementType.BFloat16 => step.Run<Kernels.BFloat16>(),
        ElementType.Int8 => step.Run<sbyte>(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such element type"),
    };
}

/// <summary>See <see cref="ElementTypes.Run"/>.</summary>
internal interface IElementStep<TResult>
{
    TResult Run<T>() where T : unmanaged;
}
