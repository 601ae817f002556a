using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace VecStore.Hosting;

/// <summary>
/// Records whose vectors are computed from their text by an embedding generator: upserted and searched by text. Asynchronous where the generator is asked; the rest is
/// <see cref="Records"/>.
/// </summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="TRecord">The record type; its <see cref="VectorStoreVectorAttribute"/> stands on a string property, the text.</typeparam>
public sealed class TextCollection<TKey, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicConstructors)] TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;

    /// <summary>A collection whose texts this generator embeds.</summary>
    /// <exception cref="ArgumentException">The vector property of the record type is no text.</exception>
    public TextCollection(TypedCollection<TKey, TRecord> records, IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(generator);
        if (!records.VectorIsText)
            throw new ArgumentException($"The vector property of {typeof(TRecord).Name} is no text: [VectorStoreVector] must stand on a string property.", nameof(records));
        Records = records;
        _generator = generator;
    }

    /// <summary>The records, for all that needs no embedding: get, delete, filters, searches by vector.</summary>
    public TypedCollection<TKey, TRecord> Records { get; }

    /// <summary>Embeds the text of a record, adds or replaces it and commits.</summary>
    public Task UpsertAsync(TRecord record, CancellationToken cancellation = default) => UpsertAsync([record], cancellation: cancellation);

    /// <summary>Embeds the texts of records, and adds or replaces them in commits of at most <paramref name="batchSize"/>; after a failure whole commits are there.</summary>
    /// <param name="records">The records.</param>
    /// <param name="batchSize">Texts given to the generator at once.</param>
    /// <param name="cancellation">Ends it between two commits.</param>
    /// <exception cref="InvalidOperationException">The generator gave vectors of another number or dimension.</exception>
    public async Task UpsertAsync(IEnumerable<TRecord> records, int batchSize = 64, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        foreach (TRecord[] chunk in records.Chunk(batchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<ReadOnlyMemory<float>> vectors = await EmbedAsync([.. chunk.Select(Records.TextOf)], cancellation).ConfigureAwait(false);
            using TypedWriteBatch<TKey, TRecord> batch = Records.BeginWrite();
            for (int i = 0; i < chunk.Length; i++) batch.Upsert(chunk[i], vectors[i].Span);
            batch.Commit();
        }
    }

    /// <summary>Embeds a text and finds the records whose texts are nearest to it, best first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="options">Filter, skip, threshold.</param>
    /// <param name="cancellation">Is given to the generator.</param>
    /// <exception cref="InvalidOperationException">The generator gave a vector of another dimension.</exception>
    public async Task<IReadOnlyList<VectorSearchResult<TRecord>>> SearchAsync(string text, int top, VectorSearchOptions<TRecord>? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        IReadOnlyList<ReadOnlyMemory<float>> vectors = await EmbedAsync([text], cancellation).ConfigureAwait(false);
        return Records.Search(vectors[0].Span, top, options);
    }

    private async Task<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(string[] texts, CancellationToken cancellation)
    {
        GeneratedEmbeddings<Embedding<float>> embeddings = await _generator.GenerateAsync(texts, cancellationToken: cancellation).ConfigureAwait(false);
        if (embeddings.Count != texts.Length) throw new InvalidOperationException($"The embedding generator gave {embeddings.Count} vectors for {texts.Length} texts.");
        int dimension = Records.Collection.Schema.Dimension;
        foreach (Embedding<float> embedding in embeddings)
        {
            if (embedding.Vector.Length != dimension)
                throw new InvalidOperationException($"The embedding generator gives vectors of dimension {embedding.Vector.Length}; {typeof(TRecord).Name} says {dimension}.");
        }

        return [.. embeddings.Select(embedding => embedding.Vector)];
    }
}
