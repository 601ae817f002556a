using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Scores a prepared query against rows of one segment, by the metric, on the rows as they are stored.</summary>
internal readonly unsafe struct RowScorer<T>(VectorRows rows, Metric metric) where T : unmanaged
{
    private readonly RowBlock<T> _block = new((T*)rows.Base, rows.StrideBytes, rows.Count, rows.Dimension);
    private readonly MappedSection? _section = rows.Section;

    public VectorRows Rows => rows;

    /// <summary>Verifies what is about to be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ensure(int row, int count) => _section?.Ensure(row * (long)_block.StrideBytes, count * (long)_block.StrideBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Row(int row) => (byte*)_block.Row(row);

    /// <summary>Scores consecutive rows.</summary>
    public void Range(float* query, int first, int count, float* scores)
    {
        Ensure(first, count);
        var results = new Span<float>(scores, count);
        RowBlock<T> some = _block.Slice(first, count);
        if (metric != Metric.Euclidean) Dot.Rows(query, some, results);
        else if (typeof(T) == typeof(sbyte)) SquaredEuclidean.Rows(query, Integers(some), rows.Scales + first, results);
        else SquaredEuclidean.Rows(query, some, results);
        Finish(first, count, scores);
    }

    /// <summary>Scores rows in any order.</summary>
    public void Gather(float* query, int* picks, int count, float* scores)
    {
        if (_section is { IsVerified: false })
        {
            for (int i = 0; i < count; i++) Ensure(picks[i], 1);
        }
        var results = new Span<float>(scores, count);
        var picked = new ReadOnlySpan<int>(picks, count);
        if (metric != Metric.Euclidean) Dot.Gather(query, _block, picked, results);
        else if (typeof(T) == typeof(sbyte)) SquaredEuclidean.Gather(query, Integers(_block), rows.Scales, picked, results);
        else SquaredEuclidean.Gather(query, _block, picked, results);
        Finish(picks, count, scores);
    }

    /// <summary>Scores consecutive rows for several queries: those of query q begin at <c>scores + (q * count)</c>.</summary>
    public void Tile(in RowBlock<float> queries, int first, int count, float* scores)
    {
        Ensure(first, count);
        RowBlock<T> some = _block.Slice(first, count);
        if (metric != Metric.Euclidean) Dot.Tile(queries, some, scores, count);
        else if (typeof(T) == typeof(sbyte)) SquaredEuclidean.Tile(queries, Integers(some), rows.Scales + first, scores, count);
        else SquaredEuclidean.Tile(queries, some, scores, count);
        for (int query = 0; query < queries.Count; query++) Finish(first, count, scores + ((nint)query * count));
    }

    /// <summary>Widens a row to floats, the int8 scale applied.</summary>
    public void Decode(int row, float* into)
    {
        Ensure(row, 1);
        var vector = new Span<float>(into, rows.Dimension);
        if (typeof(T) == typeof(sbyte)) Kernels.Convert.ToFloat(new ReadOnlySpan<sbyte>(_block.Row(row), rows.Dimension), rows.Scales[row], vector);
        else Kernels.Convert.ToFloat(new ReadOnlySpan<T>(_block.Row(row), rows.Dimension), vector);
    }

    /// <summary>Turns kernel results of consecutive rows into scores.</summary>
    private void Finish(int first, int count, float* scores)
    {
        int i = 0;
        switch (metric)
        {
            case Metric.Cosine:
                float* inverse = rows.InverseNorms + first;
                for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
                {
                    Vector256<float> cosine = Vector256.Load(scores + i) * Vector256.Load(inverse + i);
                    Vector256.Min(Vector256.Max(cosine, -Vector256<float>.One), Vector256<float>.One).Store(scores + i);
                }
                for (; i < count; i++) scores[i] = Clamped(scores[i] * inverse[i]);
                break;
            case Metric.Dot when typeof(T) == typeof(sbyte):
                for (; i < count; i++) scores[i] *= rows.Scales[first + i];
                break;
            case Metric.Euclidean:
                for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count) (-Vector256.Sqrt(Vector256.Load(scores + i))).Store(scores + i);
                for (; i < count; i++) scores[i] = -MathF.Sqrt(scores[i]);
                break;
        }
    }

    private void Finish(int* picks, int count, float* scores)
    {
        switch (metric)
        {
            case Metric.Cosine:
                for (int i = 0; i < count; i++) scores[i] = Clamped(scores[i] * rows.InverseNorms[picks[i]]);
                break;
            case Metric.Dot when typeof(T) == typeof(sbyte):
                for (int i = 0; i < count; i++) scores[i] *= rows.Scales[picks[i]];
                break;
            case Metric.Euclidean:
                for (int i = 0; i < count; i++) scores[i] = -MathF.Sqrt(scores[i]);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Clamped(float cosine) => MathF.Min(MathF.Max(cosine, -1), 1);

    // Only reached when T is sbyte.
    private static RowBlock<sbyte> Integers(in RowBlock<T> block) => new((sbyte*)block.First, block.StrideBytes, block.Count, block.Dimension);
}
