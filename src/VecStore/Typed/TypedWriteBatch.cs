using System.Diagnostics.CodeAnalysis;
using VecStore.Typed;

namespace VecStore;

/// <summary>Upserts and deletes of records that become visible, and durable, together: all of them or none. See <see cref="WriteBatch"/>.</summary>
/// <typeparam name="TKey">The type of the key.</typeparam>
/// <typeparam name="TRecord">The record type.</typeparam>
public sealed class TypedWriteBatch<TKey, [DynamicallyAccessedMembers(RecordModel.Needed)] TRecord> : IDisposable
    where TKey : notnull
    where TRecord : class
{
    private readonly RecordModel<TRecord> _model;
    private readonly WriteBatch _batch;

    internal TypedWriteBatch(RecordModel<TRecord> model, WriteBatch batch)
    {
        _model = model;
        _batch = batch;
    }

    /// <summary>Adds or replaces a record.</summary>
    /// <exception cref="ArgumentException">The key or the vector is null, or the vector has another dimension.</exception>
    /// <exception cref="InvalidOperationException">The vector property is a text.</exception>
    public void Upsert(TRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        Upsert(record, _model.VectorOf(record).Span);
    }

    /// <summary>Adds or replaces a record with this vector, whatever its vector property holds: for vectors that were computed from its text.</summary>
    public void Upsert(TRecord record, ReadOnlySpan<float> vector)
    {
        ArgumentNullException.ThrowIfNull(record);
        _batch.Upsert(RecordKey.ToStore(_model.KeyOf(record)), vector, _model.FieldsOf(record));
    }

    /// <summary>Deletes the record of a key, if there is one.</summary>
    public void Delete(TKey key) => _batch.Delete(RecordKey.ToStore(key));

    /// <summary>Makes the batch durable, then visible; see <see cref="WriteBatch.Commit"/>.</summary>
    public void Commit() => _batch.Commit();

    /// <summary>Forgets what was not committed.</summary>
    public void Dispose() => _batch.Dispose();
}
