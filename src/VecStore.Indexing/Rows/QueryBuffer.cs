using System.Runtime.InteropServices;

namespace VecStore.Indexing;

/// <summary>A prepared float query in native memory, for the length of one search.</summary>
internal readonly unsafe ref struct QueryBuffer : IDisposable
{
    public QueryBuffer(ReadOnlySpan<float> query, Metric metric)
    {
        Query = (float*)NativeMemory.AlignedAlloc((nuint)PreparedQuery.PaddedLength(query.Length) * sizeof(float), 64);
        PreparedQuery.Prepare(query, metric, Query);
    }

    public float* Query { get; }

    public void Dispose() => NativeMemory.AlignedFree(Query);
}
