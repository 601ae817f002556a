using VecStore.Storage;

namespace VecStore;

/// <summary>
/// A named set of rows: a key, a vector and metadata each. Reading is safe from any number of threads and never waits for a writer; batches
/// that several threads commit at once share a flush, and have an order. A row that is written again moves to the end of the order.
/// </summary>
public sealed class VectorCollection
{
    private CollectionState _current;

    internal VectorCollection(VectorStore store, int id, string name, CollectionSchema schema, long sealedThrough)
    {
        Store = store;
        Id = id;
        Name = name;
        SealedThrough = sealedThrough;
        _current = new CollectionState(schema, [], [], sealedThrough);
    }

    /// <summary>The name it has in its store.</summary>
    public string Name { get; }

    /// <summary>Dimension, metric, element type, kind of key, fields.</summary>
    public CollectionSchema Schema => Current.Schema;

    /// <summary>Live rows.</summary>
    public long Count => Current.Count;

    /// <summary>What was loaded into it in bulk, and when.</summary>
    public IReadOnlyList<ProvenanceEntry> Provenance
    {
        get
        {
            ThrowIfDropped();
            return Store.Manifest.Collections.Single(entry => entry.Id == Id).Provenance;
        }
    }

    internal VectorStore Store { get; }

    internal int Id { get; }

    /// <summary>Log records up to this one are in sealed segments.</summary>
    internal long SealedThrough { get; set; }

    internal bool IsDropped { get; set; }

    internal CollectionState Current => Volatile.Read(ref _current);

    /// <summary>A frozen view for several reads that must agree with one another. Dispose it, so that space of merged segments can be given back.</summary>
    public Snapshot TakeSnapshot() => new(this, Acquire());

    /// <summary>Begins a batch of upserts and deletes.</summary>
    /// <exception cref="InvalidOperationException">The store is open read-only, or closed.</exception>
    public WriteBatch BeginWrite()
    {
        Store.ThrowIfNotWritable();
        ThrowIfDropped();
        return new WriteBatch(this);
    }

    /// <summary>Adds or replaces one row and commits. Several rows are much faster in one <see cref="WriteBatch"/>.</summary>
    public void Upsert(Key key, ReadOnlySpan<float> vector, FieldValues? fields = null)
    {
        using WriteBatch batch = BeginWrite();
        batch.Upsert(key, vector, fields);
        batch.Commit();
    }

    /// <summary>Deletes the row of a key, if there is one, and commits.</summary>
    /// <returns>True when there was one.</returns>
    public bool Delete(Key key)
    {
        bool there = Contains(key);
        if (!there) return false;
        using WriteBatch batch = BeginWrite();
        batch.Delete(key);
        batch.Commit();
        return true;
    }

    /// <summary>Begins a bulk load: rows go straight into segments and appear all at once when it is published.</summary>
    public BulkLoad BeginBulkLoad(BulkLoadOptions? options = null) => new(this, options ?? new BulkLoadOptions());

    /// <summary>True when there is a row of that key.</summary>
    public bool Contains(Key key)
    {
        using Snapshot snapshot = TakeSnapshot();
        return snapshot.Contains(key);
    }

    /// <summary>Reads the vector of a key; false when there is no such row.</summary>
    /// <param name="key">The key.</param>
    /// <param name="vector">Takes the vector; its length must be the dimension.</param>
    public bool TryGet(Key key, Span<float> vector)
    {
        using Snapshot snapshot = TakeSnapshot();
        return snapshot.TryGet(key, vector);
    }

    /// <summary>Reads the row of a key; null when there is none.</summary>
    public Record? Get(Key key)
    {
        using Snapshot snapshot = TakeSnapshot();
        return snapshot.Get(key);
    }

    /// <summary>Finds the rows nearest to a query, best first. Allocates nothing.</summary>
    /// <param name="query">As many finite elements as the collection's dimension.</param>
    /// <param name="nearest">Takes the neighbours; its length is how many are wanted.</param>
    /// <returns>How many were found: fewer only when no more rows are eligible.</returns>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest) => Search(query, nearest, SearchOptions.Default, out _);

    /// <inheritdoc cref="Search(ReadOnlySpan{float}, Span{Neighbor})"/>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options) => Search(query, nearest, options, out _);

    /// <inheritdoc cref="Search(ReadOnlySpan{float}, Span{Neighbor})"/>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options, out SearchReport report)
    {
        CollectionState state = Acquire();
        try
        {
            return ObservedSearch.Nearest(this, state, query, nearest, options, out report);
        }
        finally
        {
            state.Release();
        }
    }

    /// <summary>Adds metadata fields; rows written before lack them.</summary>
    /// <exception cref="ArgumentException">A field of that name and another type exists.</exception>
    public void AddFields(params ReadOnlySpan<FieldSchema> fields) => Operations.AlterFields.Run(this, fields);

    /// <summary>The attachments, in the order of their publication.</summary>
    public IReadOnlyList<AttachmentEntry> Attachments => [.. Current.Attachments.Select(attachment => attachment.Entry)];

    /// <summary>
    /// Writes a file that the collection keeps beside its rows, and publishes it: durable and visible to snapshots taken from now on when this returns, and never in part. Checked by
    /// <see cref="VectorStore.Verify"/>, kept by compaction, removed with the collection. One of that name is replaced; snapshots that have it keep it.
    /// </summary>
    /// <param name="name">1 to 128 characters, no control characters.</param>
    /// <param name="kind">What the file holds.</param>
    /// <param name="write">Writes the sections; called once. Rows may be written meanwhile. What it throws goes to the caller, and nothing is published.</param>
    /// <param name="source">Where the content came from: a path, or a description.</param>
    /// <param name="details">What else is worth knowing; asked for after <paramref name="write"/>.</param>
    /// <exception cref="ArgumentException">The name or the kind is not allowed.</exception>
    public AttachmentEntry PublishAttachment(
        string name, FileKind kind, Action<SectionFileWriter> write, string source = "", Func<IReadOnlyDictionary<string, string>>? details = null) =>
        Operations.PublishAttachment.Run(this, name, kind, write, source, details);

    /// <summary>Removes an attachment, also a damaged one; durable when it returns. Snapshots that have it keep it.</summary>
    /// <returns>False when there was none of that name.</returns>
    public bool DropAttachment(string name) => Operations.PublishAttachment.Drop(this, name);

    /// <summary>Moves what is in memory and in the log into a sealed segment with its graph.</summary>
    public void Seal(CancellationToken cancellation = default) => Operations.Seal.Run(this, cancellation);

    /// <summary>Merges all segments into one, without the deleted rows, with a new graph, and gives the space back.</summary>
    public void Compact(IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default) =>
        Operations.Compact.Run(this, progress, cancellation);

    /// <summary>Builds the graphs anew from the vectors: the cure for a damaged graph file.</summary>
    public void RebuildIndex(IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default) =>
        Operations.RebuildIndex.Run(this, progress, cancellation);

    internal CollectionState Acquire()
    {
        while (true)
        {
            ThrowIfDropped();
            Store.ThrowIfClosed();
            CollectionState state = Current;
            if (state.TryAddReference()) return state;
        }
    }

    /// <summary>Puts a new state in the place of the current one; the caller holds the store's write gate.</summary>
    internal void Publish(SegmentView[] views, long sequence, CollectionSchema? schema = null, AttachmentHandle[]? attachments = null)
    {
        CollectionState before = _current;
        Volatile.Write(ref _current, new CollectionState(schema ?? before.Schema, views, attachments ?? before.Attachments, sequence));
        before.Release();
    }

    internal void ThrowIfDropped()
    {
        if (IsDropped) throw new InvalidOperationException($"The collection \"{Name}\" was dropped.");
    }
}
