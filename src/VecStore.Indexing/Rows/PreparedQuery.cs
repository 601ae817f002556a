using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>The float query that the row kernels read: aligned to 64 bytes, padded with zeros, of length 1 when the metric is cosine.</summary>
internal static unsafe class PreparedQuery
{
    /// <summary>Floats in the buffer of a query.</summary>
    public static int PaddedLength(int dimension) => QueryBlock.PaddedLength(dimension);

    public static void Prepare(ReadOnlySpan<float> query, Metric metric, float* buffer)
    {
        var padded = new Span<float>(buffer, PaddedLength(query.Length));
        query.CopyTo(padded);
        padded[query.Length..].Clear();
        if (metric == Metric.Cosine) Norm.Normalize(padded[..query.Length]);
    }

    /// <summary>Refuses a query of another dimension or with an element that is not finite.</summary>
    public static void Check(ReadOnlySpan<float> query, int dimension)
    {
        if (query.Length != dimension) throw new ArgumentException($"the query has dimension {query.Length}, the rows have {dimension}", nameof(query));
        foreach (float x in query)
        {
            if (!float.IsFinite(x)) throw new ArgumentException($"the query holds {x}; vectors are finite", nameof(query));
        }
    }
}
