using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>How to look for rows near given vectors.</summary>
public sealed record NearestOptions
{
    /// <summary>How many rows for each vector.</summary>
    public int Count { get; init; } = 10;

    /// <summary>Only the first rows are candidates; null means all.</summary>
    public int? Restrict { get; init; }

    /// <summary>The inner product whose cosines are meant; null means Euclidean. Vectors and rows are mapped by it before anything else.</summary>
    public InnerProduct? Inner { get; init; }

    /// <summary>Keys left out of the answers.</summary>
    public IReadOnlyCollection<string> Except { get; init; } = [];

    /// <summary>Threads; the answer is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }
}

/// <summary>Rows near vectors by cosine under an inner product, by an exact scan: the vectors are taken together, each block of rows is read once.</summary>
public static unsafe class NearestRows
{
    /// <summary>For each vector the rows of highest cosine, best first. A zero vector has cosine 0 with everything.</summary>
    public static ScoredKey[][] Find(IKeyedRows rows, IReadOnlyList<float[]> vectors, NearestOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (options.Inner is { } inner)
        {
            rows = inner.Map(rows);
            vectors = [.. vectors.Select(vector => Map(inner, vector))];
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Count, 1, nameof(options));
        int candidates = Math.Min(rows.Count, options.Restrict ?? rows.Count);
        HashSet<int> except = [];
        foreach (string key in options.Except)
            if (rows.TryFind(key, out int row)) except.Add(row);

        using NativeBlock<float> queries = new((long)vectors.Count * rows.Dimension);
        for (int q = 0; q < vectors.Count; q++)
        {
            if (vectors[q].Length != rows.Dimension) throw new ArgumentException($"a vector of {vectors[q].Length} elements, the rows have {rows.Dimension}", nameof(vectors));
            Span<float> query = queries.Span((long)q * rows.Dimension, rows.Dimension);
            vectors[q].CopyTo(query);
            UnitRow.Normalize(query);
        }

        BoundedBest[][] found = CandidateBlocks.Walk(
            rows, candidates, queries.Base, vectors.Count, options.Threads, () => vectors.Select(_ => new BoundedBest(Math.Min(options.Count, candidates))).ToArray(), (best, products, first, count) =>
            {
                for (int q = 0; q < best.Length; q++)
                {
                    float* cosines = products + (nint)q * CandidateBlocks.BlockRows;
                    for (int i = 0; i < count; i++)
                        if (!except.Contains(first + i)) best[q].Offer(cosines[i], first + i);
                }
            }, cancellation);
        return [.. vectors.Select((_, q) => BoundedBest.Of([.. found.Select(part => part[q])]).Ordered().Select(item => new ScoredKey(rows.KeyOf(item.Row), item.Row, item.Score)).ToArray())];
    }

    private static float[] Map(InnerProduct inner, float[] vector) => [.. inner.Map([.. vector.Select(x => (double)x)]).Select(x => (float)x)];
}
