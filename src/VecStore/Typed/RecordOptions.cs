using System.Linq.Expressions;

namespace VecStore;

/// <summary>How records are read by key.</summary>
public sealed record RecordRetrievalOptions
{
    /// <summary>Also read the vector; otherwise the property keeps its type's default.</summary>
    public bool IncludeVectors { get; init; }
}

/// <summary>How records are read by a filter.</summary>
public sealed record FilteredRecordRetrievalOptions
{
    /// <summary>Records that pass and are left out first, in the order in which rows were written last.</summary>
    public int Skip { get; init; }

    /// <summary>Also read the vectors.</summary>
    public bool IncludeVectors { get; init; }
}

/// <summary>What a search for records may be told beside its vector.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
public sealed record VectorSearchOptions<TRecord>
{
    /// <summary>Only records that pass; null for all. What it may say is in <see cref="TypedCollection{TKey, TRecord}"/>.</summary>
    public Expression<Func<TRecord, bool>>? Filter { get; init; }

    /// <summary>The nearest records to be left out first, for pages.</summary>
    public int Skip { get; init; }

    /// <summary>Only records with at least this score; null for all.</summary>
    public float? ScoreThreshold { get; init; }

    /// <summary>Also read the vectors.</summary>
    public bool IncludeVectors { get; init; }

    /// <summary>How the store searches: method, effort, threads. Its own filter, if it has one, holds too.</summary>
    public SearchOptions Search { get; init; } = SearchOptions.Default;
}

/// <summary>A record that a search found.</summary>
/// <typeparam name="TRecord">The record type.</typeparam>
/// <param name="Record">The record.</param>
/// <param name="Score">Higher is nearer: cosine, inner product, or the Euclidean distance negated.</param>
public sealed record VectorSearchResult<TRecord>(TRecord Record, float Score);
