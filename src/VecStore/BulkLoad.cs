using System.Text;
using VecStore.Operations;
using VecStore.Storage;

namespace VecStore;

/// <summary>
/// Loads many rows without the log: they go into files beside the store as they come and appear all at once, with their graph, when the load is
/// published; durable then. Rows of keys that the collection has take their place. Not for use by several threads at once.
/// </summary>
/// <remarks>
/// Memory: the columns of one checkpoint, and at the end about 16 bytes a row and what the graph's building takes. Disk: the rows twice while publishing.
/// </remarks>
public sealed class BulkLoad : IDisposable
{
    private readonly VectorCollection _collection;
    private readonly BulkLoadOptions _options;
    private readonly CollectionSchema _schema; // as it was when the load began: fields added since are absent from its rows
    private readonly Staging _staging;
    private readonly HashSet<Key>? _seen;
    private readonly FieldValue[] _fields;
    private readonly byte[] _row;
    private readonly int _checkpointRows;
    private SegmentWriter? _part;
    private byte[] _utf8Key = new byte[256];
    private bool _done;

    internal BulkLoad(VectorCollection collection, BulkLoadOptions options)
    {
        collection.Store.ThrowIfNotWritable();
        collection.ThrowIfDropped();
        _collection = collection;
        _options = options;
        CollectionSchema schema = _schema = collection.Schema;
        _row = new byte[RowLayout.RowBytes(schema)];
        _fields = new FieldValue[schema.Fields.Count];
        _checkpointRows = options.CheckpointRows > 0 ? options.CheckpointRows : Math.Clamp((128 << 20) / RowLayout.StrideBytes(schema), 1_024, 1 << 20);
        _staging = Staging.Begin(collection, options.Source);
        try
        {
            if (options.Duplicates == DuplicateKeys.KeepLast) return;
            _seen = [];
            foreach (Segment staged in _staging.OpenParts())
            {
                using (staged)
                {
                    for (int i = 0; i < staged.Count; i++) _seen.Add(new SegmentView(new SegmentHandle(staged, null, null), staged.Count, null).KeyOf(i));
                }
            }
        }
        catch
        {
            _staging.Dispose();
            throw;
        }
    }

    /// <summary>Rows of the source that an earlier, broken-off load of the same source has already staged: begin behind them.</summary>
    public long RowsAlreadyStaged => _staging.ResumedRows;

    /// <summary>True when a load of the same source was published into this collection before.</summary>
    public bool IsAlreadyPublished => _options.Source is not null && _collection.Provenance.Any(entry => entry.Source == _options.Source);

    /// <summary>Rows appended, those of the load it goes on with included.</summary>
    public long Rows => _staging.SourceRows;

    /// <summary>Appends a row.</summary>
    /// <param name="key">The key, of the collection's kind.</param>
    /// <param name="vector">The vector: finite elements, as many as the collection's dimension.</param>
    /// <param name="values">Metadata; fields that are not named are absent.</param>
    /// <exception cref="ArgumentException">The key's kind, the dimension, an element or a field does not fit; or the key came before and that is refused.</exception>
    public void Append(Key key, ReadOnlySpan<float> vector, FieldValues? values = null)
    {
        ObjectDisposedException.ThrowIf(_done, this);
        CollectionSchema schema = _schema;
        Fields.RequireKey(schema, key);
        float scale = RowEncoder.Encode(schema, vector, _row);
        _fields.AsSpan().Clear();
        if (values is not null)
        {
            foreach ((string name, FieldValue value) in values)
            {
                Fields.Require(schema, name, value);
                _fields[Fields.Column(schema, name)] = value;
            }
        }

        if (_seen is null || _seen.Add(key)) AppendToPart(schema, key, scale);
        else if (_options.Duplicates == DuplicateKeys.Refuse) throw new ArgumentException($"The key \"{key}\" came before in this load.", nameof(key));
        else _staging.Duplicates++;
        _staging.SourceRows++;
        if (_part is not null && _part.Count >= _checkpointRows) Checkpoint();
    }

    /// <summary>Flushes what was appended so far, so that a load of the same source that is broken off later goes on here.</summary>
    public void Checkpoint()
    {
        ObjectDisposedException.ThrowIf(_done, this);
        if (_part is null) return;
        _staging.Keep(_part);
        _part = null;
    }

    /// <summary>
    /// Builds the graph and makes all rows visible and durable at once. Cancelled, the rows stay staged: a load of the same source can be published
    /// later without reading it again.
    /// </summary>
    public BulkLoadReport Publish(IProgress<BuildProgress>? progress = null, CancellationToken cancellation = default)
    {
        Checkpoint();
        BulkLoadReport report = PublishLoad.Run(_collection, _staging, _options.Source, progress, cancellation);
        _done = true;
        _staging.Remove();
        _staging.Dispose();
        return report;
    }

    /// <summary>Breaks the load off. With a source what was checkpointed is kept for the next time, otherwise nothing is left.</summary>
    public void Dispose()
    {
        if (_done) return;
        _done = true;
        _part?.Dispose();
        if (_options.Source is null) _staging.Remove();
        _staging.Dispose();
    }

    private void AppendToPart(CollectionSchema schema, Key key, float scale)
    {
        float inverseNorm = schema.Metric == Metric.Cosine ? RowEncoder.InverseNorm(schema, _row) : 0;
        _part ??= _staging.NewPart();
        if (schema.KeyKind == KeyKind.Int64)
        {
            _part.Append(_row, inverseNorm, scale, key.Int64, _fields);
            return;
        }

        int length = Encoding.UTF8.GetByteCount(key.Text);
        if (length > _utf8Key.Length) _utf8Key = new byte[length];
        Encoding.UTF8.GetBytes(key.Text, _utf8Key);
        _part.Append(_row, inverseNorm, scale, _utf8Key.AsSpan(0, length), _fields);
    }
}
