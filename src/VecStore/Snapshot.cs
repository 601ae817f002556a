using System.Text;
using VecStore.Storage;

namespace VecStore;

/// <summary>
/// A collection as it was at one moment: nothing that happens later changes what it answers. Safe for several threads. Rows are in the order in
/// which they were written last. Disposing it lets go of the files behind it.
/// </summary>
public sealed class Snapshot : IDisposable
{
    private readonly VectorCollection _collection;
    private readonly CollectionState _state;
    private int _disposed;

    internal Snapshot(VectorCollection collection, CollectionState state)
    {
        _collection = collection;
        _state = state;
    }

    /// <summary>The collection's name.</summary>
    public string Collection => _collection.Name;

    /// <summary>Dimension, metric, element type, kind of key, fields.</summary>
    public CollectionSchema Schema => _state.Schema;

    /// <summary>Live rows.</summary>
    public long Count => _state.Count;

    /// <summary>The number of the last commit that it shows; grows with every commit of the store.</summary>
    public long Sequence => _state.Sequence;

    /// <summary>Its segments in row order: for scans and statistics that run on the stored bytes. Valid until it is disposed.</summary>
    public IReadOnlyList<SnapshotSegment> Segments => [.. Views().Where(view => view.Rows > 0).Select(view => new SnapshotSegment(view))];

    /// <summary>The attachments of the collection, in the order of their publication.</summary>
    public IReadOnlyList<AttachmentEntry> Attachments => [.. _state.Attachments.Select(attachment => attachment.Entry)];

    /// <summary>Opens an attachment. It may be kept longer than the snapshot; dispose it.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name; the message lists those there are.</exception>
    /// <exception cref="StoreCorruptException">Its file is damaged or gone.</exception>
    public Attachment OpenAttachment(string name)
    {
        using Reading reading = Read();
        AttachmentHandle? handle = Array.Find(_state.Attachments, attachment => string.Equals(attachment.Entry.Name, name, StringComparison.Ordinal));
        if (handle is not null) return new Attachment(handle);
        string known = string.Join(", ", _state.Attachments.Select(attachment => attachment.Entry.Name));
        throw new KeyNotFoundException($"The collection \"{Collection}\" has no attachment \"{name}\"; it has {(known.Length == 0 ? "none" : known)}.");
    }

    /// <summary>True when there is a row of that key.</summary>
    public bool Contains(Key key) => TryFind(key, out _);

    /// <summary>Where the row of a key lies; false when there is none.</summary>
    public bool TryFind(Key key, out RowId row)
    {
        using Reading reading = Read();
        SegmentView[] views = _state.Views;
        if (key.Kind != Schema.KeyKind)
            throw new ArgumentException($"The key {key} is of kind {key.Kind}, the collection's keys are of kind {Schema.KeyKind}.", nameof(key));
        ReadOnlySpan<byte> utf8 = key.Kind == KeyKind.String ? Encoding.UTF8.GetBytes(key.Text) : default;
        long number = key.Kind == KeyKind.Int64 ? key.Int64 : 0;
        for (int i = views.Length - 1; i >= 0; i--)
        {
            int found = views[i].Find(number, utf8);
            if (found < 0) continue;
            row = new RowId((uint)views[i].Segment.Id, found);
            return true;
        }

        row = default;
        return false;
    }

    /// <summary>The key of a row.</summary>
    /// <exception cref="ArgumentException">The snapshot has no such row.</exception>
    public Key KeyOf(RowId row)
    {
        using Reading reading = Read();
        try
        {
            return View(row).KeyOf(row.Row);
        }
        catch (StoreCorruptException damage) when (_collection.Store.Saw(damage, Collection))
        {
            throw;
        }
    }

    /// <summary>The key of a search result.</summary>
    public Key KeyOf(Neighbor neighbor) => Schema.KeyKind == KeyKind.Int64 ? neighbor.Key : KeyOf(neighbor.Row);

    /// <summary>Reads the vector of a row as float32.</summary>
    /// <param name="row">The row.</param>
    /// <param name="vector">Takes the vector; its length must be the dimension.</param>
    public void ReadVector(RowId row, Span<float> vector)
    {
        RowEncoder.RequireDimension(Schema, vector.Length, nameof(vector));
        using Reading reading = Read();
        try
        {
            new SnapshotSegment(View(row)).ReadVector(row.Row, vector);
        }
        catch (StoreCorruptException damage) when (_collection.Store.Saw(damage, Collection))
        {
            throw;
        }
    }

    /// <summary>Reads the metadata of a row.</summary>
    public FieldValues FieldsOf(RowId row)
    {
        using Reading reading = Read();
        try
        {
            return new SnapshotSegment(View(row)).FieldsOf(row.Row, Schema);
        }
        catch (StoreCorruptException damage) when (_collection.Store.Saw(damage, Collection))
        {
            throw;
        }
    }

    /// <summary>One metadata field of a row; absent when it lacks it.</summary>
    /// <exception cref="ArgumentException">The collection has no such field.</exception>
    public FieldValue FieldOf(RowId row, string field)
    {
        int column = Fields.Column(Schema, field);
        using Reading reading = Read();
        ISegment segment = View(row).Segment;
        return column < segment.Columns.Count ? segment.Columns[column][row.Row] : default;
    }

    /// <summary>Reads the vector of a key; false when there is no such row.</summary>
    public bool TryGet(Key key, Span<float> vector)
    {
        RowEncoder.RequireDimension(Schema, vector.Length, nameof(vector));
        if (!TryFind(key, out RowId row)) return false;
        ReadVector(row, vector);
        return true;
    }

    /// <summary>Reads the row of a key; null when there is none.</summary>
    public Record? Get(Key key) => TryFind(key, out RowId row) ? Read(row) : null;

    /// <summary>Reads a row.</summary>
    public Record Read(RowId row)
    {
        float[] vector = new float[Schema.Dimension];
        ReadVector(row, vector);
        return new Record(KeyOf(row), vector, FieldsOf(row));
    }

    /// <summary>All live rows in order. Enumerating allocates nothing a row; read from each what is wanted.</summary>
    /// <exception cref="ArgumentException">The filter names a field that the collection has not, or compares it with another type.</exception>
    public RowScan Scan(Filter? filter = null)
    {
        if (filter is not null) FilterEvaluation.Check(filter, Schema);
        return new RowScan(this, Views(), filter);
    }

    /// <summary>How many live rows pass a filter.</summary>
    /// <exception cref="ArgumentException">The filter names a field that the collection has not, or compares it with another type.</exception>
    public long CountWhere(Filter filter)
    {
        FilterEvaluation.Check(filter, Schema);
        using Reading reading = Read();
        long count = 0;
        foreach (SegmentView view in _state.Views)
        {
            if (view.Rows > 0) count += StateSearch.Eligible(view, view.Handle.Passing(filter, view.Rows));
        }

        return count;
    }

    /// <inheritdoc cref="VectorCollection.Search(ReadOnlySpan{float}, Span{Neighbor})"/>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest) => Search(query, nearest, SearchOptions.Default, out _);

    /// <inheritdoc cref="VectorCollection.Search(ReadOnlySpan{float}, Span{Neighbor})"/>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options) => Search(query, nearest, options, out _);

    /// <inheritdoc cref="VectorCollection.Search(ReadOnlySpan{float}, Span{Neighbor})"/>
    public int Search(ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options, out SearchReport report)
    {
        using Reading reading = Read();
        return ObservedSearch.Nearest(_collection, _state, query, nearest, options, out report);
    }

    /// <summary>Finds the rows nearest to the row of a key, which itself is left out.</summary>
    /// <exception cref="KeyNotFoundException">There is no row of that key.</exception>
    public int SearchLike(Key key, Span<Neighbor> nearest, SearchOptions? options = null) => SearchLike(key, nearest, options ?? SearchOptions.Default, out _);

    /// <inheritdoc cref="SearchLike(Key, Span{Neighbor}, SearchOptions?)"/>
    public int SearchLike(Key key, Span<Neighbor> nearest, SearchOptions options, out SearchReport report)
    {
        if (!TryFind(key, out RowId self)) throw new KeyNotFoundException($"There is no row with the key \"{key}\" in {Collection}.");
        float[] query = new float[Schema.Dimension];
        ReadVector(self, query);
        var wider = new Neighbor[nearest.Length + 1];
        int found = Search(query, wider, options, out report);
        int kept = 0;
        for (int i = 0; i < found && kept < nearest.Length; i++)
        {
            if (wider[i].Row != self) nearest[kept++] = wider[i];
        }

        bool counted = options.Filter is null || PassesFilter(self, options.Filter); // the row itself is no candidate
        int itself = counted ? 1 : 0;
        report = report with { Requested = nearest.Length, Found = kept, RowsEligible = report.RowsEligible - itself, RowsVisited = Math.Max(0, report.RowsVisited - itself) };
        return kept;
    }

    /// <summary>Many searches at once: exact ones go through the blocked kernels together.</summary>
    /// <param name="queries">The queries one after another, row-major: count x dimension.</param>
    /// <param name="k">Neighbours wanted for each.</param>
    /// <param name="nearest">Takes the neighbours, count x k, best first; places that were not filled are default.</param>
    /// <param name="found">Takes how many each query found; its length is the number of queries.</param>
    /// <param name="options">As for a single search; <see cref="SearchOptions.Threads"/> are shared among the queries.</param>
    public SearchReport SearchBatch(ReadOnlySpan<float> queries, int k, Span<Neighbor> nearest, Span<int> found, SearchOptions? options = null)
    {
        using Reading reading = Read();
        return ObservedSearch.Batch(_collection, _state, queries, k, nearest, found, options ?? SearchOptions.Default);
    }

    /// <summary>All rows whose score is at least <paramref name="minScore"/>, best first: exact, whatever their number.</summary>
    /// <param name="query">As many finite elements as the collection's dimension.</param>
    /// <param name="minScore">For cosine the least cosine, for dot the least product, for Euclidean the greatest distance negated.</param>
    /// <param name="filter">Only rows that pass.</param>
    public IReadOnlyList<Neighbor> SearchRange(ReadOnlySpan<float> query, float minScore, Filter? filter = null)
    {
        using Reading reading = Read();
        return ObservedSearch.Range(_collection, _state, query, minScore, filter);
    }

    /// <summary>Lets go of the files behind it.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _state.Release();
    }

    /// <summary>Holds the files for the time of one call: another thread may dispose the snapshot meanwhile.</summary>
    internal Reading Read()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0 || !_state.TryAddReference(), this);
        return new Reading(_state);
    }

    internal SegmentView[] Views()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return _state.Views;
    }

    private bool PassesFilter(RowId row, Filter filter)
    {
        using Reading reading = Read();
        SegmentView view = View(row);
        return view.Handle.Passing(filter, view.Rows).Contains(row.Row);
    }

    private SegmentView View(RowId row)
    {
        foreach (SegmentView view in Views())
        {
            if (view.Segment.Id == row.Segment && (uint)row.Row < (uint)view.Rows) return view;
        }

        throw new ArgumentException($"This snapshot has no row {row.Row} in segment {row.Segment}: it was seen in another snapshot, before a compaction.", nameof(row));
    }

    internal readonly struct Reading(CollectionState state) : IDisposable
    {
        public void Dispose() => state.Release();
    }
}
