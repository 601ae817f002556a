using System.Diagnostics.CodeAnalysis;
using VecStore.Indexing;
using VecStore.Operations;
using VecStore.Storage;

namespace VecStore;

/// <summary>
/// A store: a folder with named collections of vectors. One process may have it open for writing, any number read-only. Safe for several threads.
/// </summary>
/// <example>
/// <code>
/// using VectorStore store = VectorStore.Open("notes.vecstore", new() { CreateIfMissing = true });
/// VectorCollection notes = store.OpenOrCreate("notes", new(Dimension: 768) { Metric = Metric.Cosine });
/// notes.Upsert(42, embedding, new() { ["title"] = "meeting notes" });
/// </code>
/// </example>
public sealed class VectorStore : IDisposable
{
    private readonly Dictionary<string, VectorCollection> _collections = new(StringComparer.Ordinal);
    private readonly StoreLock? _writerLock;
    private IWriteAheadLog? _log;
    private long _nextId;
    private Exception? _poison;
    private StoreCorruptException? _damage;
    private int _closed;
    private bool _released; // the lock is given back: nothing more may be written, also not by a merge whose own progress report closed the store

    internal VectorStore(StoreFolder folder, StoreOptions options, StoreLock? writerLock, Manifest manifest)
    {
        Folder = folder;
        Options = options;
        _writerLock = writerLock;
        Manifest = manifest;
        _nextId = manifest.NextSegmentId;
        LastSequence = manifest.LastSequence;
        Upkeep = new Upkeep(this);
        Commits = new CommitQueue(this);
        Name = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(folder.Root));
    }

    /// <summary>The folder.</summary>
    public string Path => Folder.Root;

    /// <summary>Why the store takes no more writes: the write that failed; null while all is well.</summary>
    public Exception? Failure => Volatile.Read(ref _poison);

    /// <summary>The first damage that a search, a read or a write of this process met; null while all is well. <see cref="Verify"/> looks for more.</summary>
    public StoreCorruptException? Damage => Volatile.Read(ref _damage);

    /// <summary>True when the store was opened to be read only.</summary>
    public bool IsReadOnly => Options.ReadOnly;

    /// <summary>The names of the collections, in order of the alphabet.</summary>
    public IReadOnlyList<string> Collections
    {
        get
        {
            lock (WriteGate) return [.. _collections.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The collection of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public VectorCollection this[string name]
    {
        get
        {
            if (TryGet(name, out VectorCollection? collection)) return collection;
            string known = string.Join(", ", Collections);
            throw new KeyNotFoundException($"There is no collection \"{name}\" in {Path}; it has {(known.Length == 0 ? "none" : known)}.");
        }
    }

    /// <summary>The name of the folder, for those who observe.</summary>
    internal string Name { get; }

    internal StoreFolder Folder { get; }

    internal StoreOptions Options { get; }

    internal IStoreFiles Files => Folder.Files;

    /// <summary>Held by whoever changes a state, the manifest or the log.</summary>
    internal Lock WriteGate { get; } = new();

    /// <summary>Held by whoever seals, merges or publishes a bulk load: one at a time; taken before <see cref="WriteGate"/>.</summary>
    internal Lock MaintenanceGate { get; } = new();

    /// <summary>Held while the folder of a bulk load is taken, given back or removed; nothing else is taken under it.</summary>
    internal Lock StagingGate { get; } = new();

    internal Upkeep Upkeep { get; }

    /// <summary>The batches on their way into the log.</summary>
    internal CommitQueue Commits { get; }

    /// <summary>The manifest as it is on the disk.</summary>
    internal Manifest Manifest { get; set; }

    /// <summary>The log; a store that is open read-only has none.</summary>
    internal IWriteAheadLog Log => _log ?? throw new InvalidOperationException($"The store {Path} is open read-only.");

    /// <summary>The number of the last log record that was applied.</summary>
    internal long LastSequence { get; set; }

    /// <summary>Opens a store.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="options">How; without them an existing store is opened for reading and writing.</param>
    /// <exception cref="DirectoryNotFoundException">There is no store, and none is to be made.</exception>
    /// <exception cref="StoreLockedException">Another process, or another part of this one, has it open for writing.</exception>
    /// <exception cref="StoreCorruptException">It is damaged.</exception>
    /// <exception cref="FormatVersionException">A newer VecStore wrote it.</exception>
    public static VectorStore Open(string path, StoreOptions? options = null) => Operations.Open.Run(path, options ?? new StoreOptions());

    /// <summary>The collection of that name, if there is one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out VectorCollection? collection)
    {
        ThrowIfClosed();
        lock (WriteGate) return _collections.TryGetValue(name, out collection);
    }

    /// <summary>Makes a collection.</summary>
    /// <exception cref="ArgumentException">The name or the schema is not allowed, or a collection of that name exists.</exception>
    public VectorCollection Create(string name, CollectionSchema schema) => CreateCollection.Run(this, name, schema);

    /// <summary>Opens the collection of that name, or makes it.</summary>
    /// <exception cref="ArgumentException">It exists with another schema; fields may be a part of those it has.</exception>
    public VectorCollection OpenOrCreate(string name, CollectionSchema schema)
    {
        lock (WriteGate)
        {
            if (!TryGet(name, out VectorCollection? existing)) return Create(name, schema);
            CreateCollection.RequireSame(name, existing.Schema, schema);
            return existing;
        }
    }

    /// <summary>
    /// Opens or makes the collection of that name for records of a class, whose attributes say what it holds. Fields that the class has and the collection lacks are added.
    /// </summary>
    /// <typeparam name="TKey">The type of the key: long, int, string or Guid.</typeparam>
    /// <typeparam name="TRecord">The record type, with [VectorStoreKey], [VectorStoreVector] and [VectorStoreData].</typeparam>
    /// <exception cref="ArgumentException">The class is no record type, or the collection exists with another schema.</exception>
    public TypedCollection<TKey, TRecord> Collection<TKey, [DynamicallyAccessedMembers(Typed.RecordModel.Needed)] TRecord>(string name)
        where TKey : notnull
        where TRecord : class => new(this, name);

    /// <summary>Removes a collection and its files. Snapshots of it stay readable until they are disposed.</summary>
    /// <returns>False when there was none of that name.</returns>
    public bool Drop(string name) => CreateCollection.Drop(this, name);

    /// <summary>
    /// The bulk loads with a source that have staged rows and were not published: a load of the same source goes on with them (<see cref="BulkLoad.RowsAlreadyStaged"/>).
    /// What no load can go on with is not among them; it is removed when the store is next opened for writing.
    /// </summary>
    public IReadOnlyList<UnfinishedLoad> UnfinishedLoads()
    {
        ThrowIfClosed();
        return Operations.UnfinishedLoads.List(this);
    }

    /// <summary>Removes what a bulk load that was broken off has staged.</summary>
    /// <returns>False when it is under way, or there is none such.</returns>
    public bool Discard(UnfinishedLoad load) => Operations.UnfinishedLoads.Discard(this, load);

    /// <summary>Reads every byte of every file and checks it against its checksum and the structures against one another.</summary>
    /// <returns>What was read and what is damaged; no exception for damage. <see cref="VerifyHeaders"/> is the quick one.</returns>
    public VerifyReport Verify(IProgress<VerifyProgress>? progress = null, CancellationToken cancellation = default) =>
        Operations.Verify.Run(this, progress, cancellation);

    /// <summary>
    /// Reads the manifest and the header of every file that it names from the disk, and checks that they are there, whole in length and what they should be. Takes
    /// milliseconds, whatever the size: for a host's health check. Blocks of rows are not read.
    /// </summary>
    /// <returns>What was read and what is damaged; no exception for damage.</returns>
    public VerifyReport VerifyHeaders(CancellationToken cancellation = default) => Operations.VerifyHeaders.Run(this, cancellation);

    /// <summary>Seals what is in memory, gives back the lock, closes the files. Snapshots must be disposed before.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Upkeep.Dispose();

        // Whoever merges or publishes just now comes to its end first: once the lock is given back the files are another's.
        lock (MaintenanceGate)
            lock (WriteGate)
            {
                try
                {
                    if (!IsReadOnly && _poison is null) Close.Run(this);
                }
                finally
                {
                    _released = true;
                    foreach (VectorCollection collection in _collections.Values) collection.Current.Release();
                    _log?.Dispose();
                    _writerLock?.Dispose();
                }
            }
    }

    internal IReadOnlyCollection<VectorCollection> AllCollections => _collections.Values;

    internal void Add(VectorCollection collection) => _collections.Add(collection.Name, collection);

    internal void Remove(VectorCollection collection) => _collections.Remove(collection.Name);

    /// <summary>The next number for a segment, a collection or a file; never given twice.</summary>
    internal long NextId() => _nextId++;

    /// <summary>What the manifest is to say of <see cref="NextId"/>.</summary>
    internal long PeekNextId => _nextId;

    internal int SealRows(CollectionSchema schema) =>
        Options.SealRows > 0 ? Options.SealRows : Math.Clamp((32 << 20) / RowLayout.StrideBytes(schema), 1_024, 65_536);

    /// <summary>How the graphs of a collection are built: as its manifest entry says, with this process's threads.</summary>
    internal HnswOptions IndexOf(VectorCollection collection)
    {
        IndexSettings index = Manifest.Collections.Single(entry => entry.Id == collection.Id).Index;
        return Options.Index with { M = index.M, EfConstruction = index.EfConstruction, Seed = (ulong)index.Seed };
    }

    /// <summary>Closes what an opening that failed had opened already.</summary>
    internal void Abandon()
    {
        Interlocked.Exchange(ref _closed, 1);
        Upkeep.Dispose();
        foreach (VectorCollection collection in _collections.Values) collection.Current.Release();
        _log?.Dispose();
    }

    internal void UseLog(IWriteAheadLog opened) => _log = opened;

    /// <summary>Every record that was applied is on the disk when it returns. A store that is just being made has no log yet.</summary>
    internal void FlushLog() => _log?.Flush();

    /// <summary>After a failed write nothing more is written: what is on the disk is known only by opening it again.</summary>
    internal void Poison(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _poison, cause, null) is null) Tell(new StoreEvent(StoreEventKind.Failed, "", 0, 0, TimeSpan.Zero, cause));
    }

    /// <summary>Notes damage that a read met. Always false: for the filter of a catch that lets it pass on.</summary>
    internal bool Saw(StoreCorruptException damage, string collection)
    {
        if (Interlocked.CompareExchange(ref _damage, damage, null) is null) Tell(new StoreEvent(StoreEventKind.Damaged, collection, 0, 0, TimeSpan.Zero, damage));
        return false;
    }

    internal void Tell(StoreEvent told)
    {
        try
        {
            Options.Events?.Invoke(told);
        }
        catch (Exception)
        {
            // Whoever listens cannot make a seal or a commit fail.
        }
    }

    internal void ThrowIfClosed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);

    internal void ThrowIfNotWritable()
    {
        ThrowIfClosed();
        if (IsReadOnly) throw new InvalidOperationException($"The store {Path} is open read-only.");
        ThrowIfPoisoned();
    }

    internal void ThrowIfPoisoned()
    {
        ObjectDisposedException.ThrowIf(_released, this);
        if (_poison is not null) throw new VecStoreException($"The store {Path} takes no more writes since one failed ({_poison.Message}). Open it again.", _poison);
    }
}
