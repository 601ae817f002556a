namespace VecStore.Analysis;

/// <summary>The concepts of a latent variable model in its embeddings and unembeddings, each figure beside random pairs of rows.</summary>
public sealed record LinearOriginsGeometry
{
    /// <summary>Steering vectors of tokens: within and across concepts.</summary>
    public required LinearRepresentationResult Unembeddings { get; init; }

    /// <summary>Steering vectors of contexts; null when fewer than two concepts have two pairs of contexts.</summary>
    public required LinearRepresentationResult? Embeddings { get; init; }

    /// <summary>Mean cosine of the mean embedding with the mean unembedding steering vector of a concept, against concepts shuffled; and |cosine| of different ones.</summary>
    public required AlignmentResult Alignment { get; init; }

    /// <summary>Mean over concepts of the mean pairwise cosine of unembedding steering vectors.</summary>
    public double UnembeddingWithinCosine => Unembeddings.Concepts.Average(concept => concept.WithinCosine.Observed);

    /// <summary>The same for embeddings; NaN without pairs.</summary>
    public double EmbeddingWithinCosine => Embeddings?.Concepts.Average(concept => concept.WithinCosine.Observed) ?? double.NaN;

    /// <summary>Mean |cosine| of the mean unembedding steering vectors of different concepts.</summary>
    public double UnembeddingAcrossCosine => Unembeddings.MeanAcrossCosine.Observed;

    /// <summary>The same for embeddings; NaN without pairs.</summary>
    public double EmbeddingAcrossCosine => Embeddings?.MeanAcrossCosine.Observed ?? double.NaN;

    /// <summary>Measures trained vectors.</summary>
    /// <param name="model">The model behind them.</param>
    /// <param name="embeddings">One row per context, with the keys of <see cref="LatentConceptModel.ContextKey"/>.</param>
    /// <param name="unembeddings">One row per token, with the keys of <see cref="LatentConceptModel.TokenKey"/>.</param>
    /// <param name="draws">Draws of random pairs.</param>
    /// <param name="seed">Their seed.</param>
    /// <exception cref="KeyNotFoundException">A context or token has no row.</exception>
    public static LinearOriginsGeometry Of(LatentConceptModel model, IKeyedRows embeddings, IKeyedRows unembeddings, int draws = 99, ulong seed = 0)
    {
        double[][] f = [.. Enumerable.Range(0, model.Contexts.Count).Select(x => Vector(embeddings, model.ContextKey(x)))];
        double[][] g = [.. Enumerable.Range(0, model.Joint.Count).Select(token => Vector(unembeddings, model.TokenKey(token)))];
        IReadOnlyList<ConceptDifferences> ofTokens = model.TokenDifferences(g), ofContexts = model.ContextDifferences(f);
        ConceptDifferences[] paired = [.. ofContexts.Where(concept => concept.Differences.Count > 1)];
        return new()
        {
            Unembeddings = LinearRepresentationTest.Run(ofTokens, unembeddings, draws: draws, seed: seed),
            Embeddings = paired.Length > 1 ? LinearRepresentationTest.Run(paired, embeddings, draws: draws, seed: seed) : null,
            Alignment = ofContexts.All(concept => concept.Differences.Count > 0)
                ? LinearRepresentationTest.Align(ofContexts, ofTokens, seed: seed)
                : new(NullTest.Of(double.NaN, [], seed, "a concept has no pair of contexts"), double.NaN, []),
        };
    }

    private static double[] Vector(IKeyedRows rows, string key)
    {
        if (!rows.TryFind(key, out int row)) throw new KeyNotFoundException($"'{key}' is no key: these are not the rows of this model.");
        return RowKeys.Vector(rows, row);
    }
}
