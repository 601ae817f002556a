using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using VecStore.Typed;

namespace VecStore;

/// <summary>
/// A collection seen as records of a class of the host: the terms and the meaning are those of Microsoft.Extensions.VectorData, so that an adapter is thin. Everything is
/// synchronous: reads never wait, and a write waits only for the disk. Safe for several threads.
/// </summary>
/// <remarks>
/// A filter is a condition in C# on the data properties: comparisons with values, <c>StartsWith</c> (byte by byte), <c>Contains</c> on a list property or on a list of
/// values, <c>HasValue</c>, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>. Anything else is refused with <see cref="NotSupportedException"/>, which names the part. Null is an absent field:
/// <c>r.Title == null</c> finds rows without it. A property that cannot be null and whose field a row lacks (it was written before the property was added) has its default
/// when it is read, but fails comparisons.
/// </remarks>
/// <typeparam name="TKey">The type of the key: long, int, string or Guid.</typeparam>
/// <typeparam name="TRecord">The record type, with <see cref="VectorStoreKeyAttribute"/>, <see cref="VectorStoreVectorAttribute"/> and <see cref="VectorStoreDataAttribute"/>.</typeparam>
public sealed class TypedCollection<TKey, [DynamicallyAccessedMembers(RecordModel.Needed)] TRecord>
    where TKey : notnull
    where TRecord : class
{
    private readonly RecordModel<TRecord> _model;

    internal TypedCollection(VectorStore store, string name)
    {
        _model = new RecordModel<TRecord>(typeof(TKey));
        CollectionSchema schema = _model.Schema;
        if (store.TryGet(name, out VectorCollection? existing))
        {
            FieldSchema[] added = [.. schema.Fields.Where(field => existing.Schema.Fields.All(there => there.Name != field.Name))];
            if (added.Length > 0) existing.AddFields(added);
        }

        Collection = store.OpenOrCreate(name, schema);
    }

    /// <summary>The collection itself.</summary>
    public VectorCollection Collection { get; }

    /// <summary>The name of the collection.</summary>
    public string Name => Collection.Name;

    /// <summary>True when the vector property is a text from which the vector is computed by whoever has an embedding generator.</summary>
    public bool VectorIsText => _model.VectorIsText;

    /// <summary>The text of a record from which its vector is computed.</summary>
    /// <exception cref="InvalidOperationException">The vector property is no text.</exception>
    public string TextOf(TRecord record) => _model.TextOf(record);

    /// <summary>Reads the record of a key; null when there is none.</summary>
    public TRecord? Get(TKey key, RecordRetrievalOptions? options = null)
    {
        using Snapshot snapshot = Collection.TakeSnapshot();
        return snapshot.TryFind(RecordKey.ToStore(key), out RowId row) ? Read(snapshot, row, options?.IncludeVectors ?? false) : null;
    }

    /// <summary>Reads the records of several keys, in their order; keys without a record are passed over.</summary>
    public IReadOnlyList<TRecord> Get(IEnumerable<TKey> keys, RecordRetrievalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        using Snapshot snapshot = Collection.TakeSnapshot();
        var records = new List<TRecord>();
        foreach (TKey key in keys)
        {
            if (snapshot.TryFind(RecordKey.ToStore(key), out RowId row)) records.Add(Read(snapshot, row, options?.IncludeVectors ?? false));
        }

        return records;
    }

    /// <summary>Reads the first records that pass a filter, in the order in which they were written last.</summary>
    /// <param name="filter">The condition.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="options">How many to leave out first, and whether to read vectors.</param>
    /// <exception cref="NotSupportedException">A part of the filter has no translation; the message names it.</exception>
    public IReadOnlyList<TRecord> Get(Expression<Func<TRecord, bool>> filter, int top, FilteredRecordRetrievalOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        options ??= new FilteredRecordRetrievalOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Skip, nameof(options));
        using Snapshot snapshot = Collection.TakeSnapshot();
        var records = new List<TRecord>();
        if (top == 0) return records;
        int passed = 0;
        foreach (ScannedRow row in snapshot.Scan(Translate(filter)))
        {
            if (passed++ < options.Skip) continue;
            records.Add(Read(snapshot, row.Row, options.IncludeVectors));
            if (records.Count == top) break;
        }

        return records;
    }

    /// <summary>Adds or replaces one record and commits.</summary>
    /// <exception cref="ArgumentException">The key or the vector is null, or the vector has another dimension.</exception>
    public void Upsert(TRecord record) => Upsert([record]);

    /// <summary>Adds or replaces records in one commit: all of them or none.</summary>
    public void Upsert(IEnumerable<TRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        using TypedWriteBatch<TKey, TRecord> batch = BeginWrite();
        foreach (TRecord record in records) batch.Upsert(record);
        batch.Commit();
    }

    /// <summary>Deletes the record of a key and commits.</summary>
    /// <returns>True when there was one.</returns>
    public bool Delete(TKey key) => Collection.Delete(RecordKey.ToStore(key));

    /// <summary>Deletes the records of several keys in one commit.</summary>
    public void Delete(IEnumerable<TKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        using TypedWriteBatch<TKey, TRecord> batch = BeginWrite();
        foreach (TKey key in keys) batch.Delete(key);
        batch.Commit();
    }

    /// <summary>Begins a batch of upserts and deletes that are committed together.</summary>
    public TypedWriteBatch<TKey, TRecord> BeginWrite() => new(_model, Collection.BeginWrite());

    /// <summary>Finds the records nearest to a vector, best first.</summary>
    /// <param name="vector">As many finite elements as the vector property has dimensions.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="options">Filter, skip, threshold, and whether to read vectors.</param>
    /// <exception cref="NotSupportedException">A part of the filter has no translation; the message names it.</exception>
    public IReadOnlyList<VectorSearchResult<TRecord>> Search(ReadOnlySpan<float> vector, int top, VectorSearchOptions<TRecord>? options = null) => Search(vector, top, options, out _);

    /// <inheritdoc cref="Search(ReadOnlySpan{float}, int, VectorSearchOptions{TRecord}?)"/>
    /// <param name="vector">As many finite elements as the vector property has dimensions.</param>
    /// <param name="top">How many at most.</param>
    /// <param name="options">Filter, skip, threshold, and whether to read vectors.</param>
    /// <param name="report">What the search did; the records that are left out first count among those requested and found.</param>
    public IReadOnlyList<VectorSearchResult<TRecord>> Search(ReadOnlySpan<float> vector, int top, VectorSearchOptions<TRecord>? options, out SearchReport report)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        options ??= new VectorSearchOptions<TRecord>();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Skip, nameof(options));
        SearchOptions search = options.Search;
        if (options.Filter is not null)
        {
            Filter filter = Translate(options.Filter);
            search = search with { Filter = search.Filter is null ? filter : search.Filter & filter };
        }

        if (options.ScoreThreshold is { } least) search = search with { MinScore = Math.Max(least, search.MinScore) };
        using Snapshot snapshot = Collection.TakeSnapshot();
        int wanted = (int)Math.Min((long)options.Skip + top, int.MaxValue);
        var nearest = new Neighbor[(int)Math.Min(wanted, snapshot.Count)];
        int found = snapshot.Search(vector, nearest, search, out report);
        report = report with { Requested = wanted };
        var results = new List<VectorSearchResult<TRecord>>();
        for (int i = options.Skip; i < found && results.Count < top; i++) results.Add(new(Read(snapshot, nearest[i].Row, options.IncludeVectors), nearest[i].Score));
        return results;
    }

    /// <summary>The store's filter that means what the condition says.</summary>
    /// <exception cref="NotSupportedException">A part of it has no translation; the message names it.</exception>
    public Filter Translate(Expression<Func<TRecord, bool>> filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return ExpressionFilter.Translate(filter, _model.Fields);
    }

    private TRecord Read(Snapshot snapshot, RowId row, bool includeVectors)
    {
        float[]? vector = includeVectors && !_model.VectorIsText ? new float[snapshot.Schema.Dimension] : null;
        if (vector is not null) snapshot.ReadVector(row, vector);
        FieldValues values = snapshot.FieldsOf(row);
        return _model.Make(RecordKey.FromStore(snapshot.KeyOf(row), typeof(TKey)), vector, field => values[field]);
    }
}
