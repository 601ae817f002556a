namespace VecStore;

/// <summary>
/// Upserts and deletes that become visible, and durable, together: all of them or none. Not for use by several threads at once.
/// A batch that is disposed without <see cref="Commit"/> leaves no trace.
/// </summary>
public sealed class WriteBatch : IDisposable
{
    private readonly VectorCollection _collection;
    private readonly BatchRecord _record = new();
    private bool _done;

    internal WriteBatch(VectorCollection collection) => _collection = collection;

    /// <summary>Operations in the batch so far.</summary>
    public int Count => _record.Operations;

    /// <summary>Adds a row, or replaces the row of that key (vector and fields).</summary>
    /// <param name="key">The key, of the collection's kind.</param>
    /// <param name="vector">The vector: finite elements, as many as the collection's dimension.</param>
    /// <param name="fields">Metadata; fields that are not named are absent.</param>
    /// <exception cref="ArgumentException">The key's kind, the dimension, an element or a field does not fit; the batch is as before.</exception>
    public void Upsert(Key key, ReadOnlySpan<float> vector, FieldValues? fields = null)
    {
        ThrowIfDone();
        _record.Upsert(_collection.Schema, key, vector, fields);
    }

    /// <summary>Deletes the row of that key, if there is one.</summary>
    /// <exception cref="ArgumentException">The key's kind does not fit.</exception>
    public void Delete(Key key)
    {
        ThrowIfDone();
        _record.Delete(_collection.Schema, key);
    }

    /// <summary>
    /// Makes the batch durable as <see cref="StoreOptions.Durability"/> says, then visible. When writing to the log fails, nothing became visible and
    /// the store takes no more writes until it is opened again: only then is known whether the batch is there, whole, or not. Threads that commit at
    /// the same time share a flush.
    /// </summary>
    /// <exception cref="VecStoreException">The log could not be written, or an earlier write had failed.</exception>
    public void Commit()
    {
        ThrowIfDone();
        _done = true;
        if (_record.Operations > 0) Operations.Commit.Run(_collection, _record);
    }

    /// <summary>Forgets what was not committed.</summary>
    public void Dispose() => _done = true;

    private void ThrowIfDone()
    {
        if (_done) throw new InvalidOperationException("The batch was committed or disposed; begin a new one.");
    }
}
