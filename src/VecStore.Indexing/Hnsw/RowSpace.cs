using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Indexing;

/// <summary>Walks on the full rows: each node stands for a row of the segment. A query buffer is a prepared float query.</summary>
internal readonly unsafe struct RowSpace<T>(RowScorer<T> scorer, Metric metric, int* rowOf) : IVectorSpace where T : unmanaged
{
    public int QueryBytes => PreparedQuery.PaddedLength(scorer.Rows.Dimension) * sizeof(float);

    public int NodesAhead => 4;

    public void LoadNode(uint node, byte* query)
    {
        float* vector = (float*)query;
        int dimension = scorer.Rows.Dimension, row = rowOf[node];
        scorer.Decode(row, vector);
        if (metric == Metric.Cosine)
        {
            float inverse = scorer.Rows.InverseNorms[row] / (scorer.Rows.Scales == null ? 1 : scorer.Rows.Scales[row]);
            if (!float.IsFinite(inverse)) inverse = 0;
            for (int i = 0; i < dimension; i++) vector[i] *= inverse;
        }
        new Span<float>(vector + dimension, PreparedQuery.PaddedLength(dimension) - dimension).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint node)
    {
        if (!Sse.IsSupported) return;
        byte* row = scorer.Row(rowOf[node]);
        for (int i = 0; i < Math.Min(scorer.Rows.StrideBytes, 512); i += 64) Sse.Prefetch0(row + i);
    }

    public void Score(byte* query, uint* nodes, int count, float* scores)
    {
        int* rows = stackalloc int[64];
        for (int start = 0; start < count; start += 64)
        {
            int some = Math.Min(64, count - start);
            for (int i = 0; i < some; i++) rows[i] = rowOf[nodes[start + i]];
            scorer.Gather((float*)query, rows, some, scores + start);
        }
    }
}
