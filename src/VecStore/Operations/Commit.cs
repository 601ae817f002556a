using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Makes a batch durable, then visible.</summary>
internal static class Commit
{
    public static void Run(VectorCollection collection, BatchRecord record)
    {
        VectorStore store = collection.Store;
        Observation observation = Observation.OfCommit(collection);
        try
        {
            store.Upkeep.BeforeCommit(collection);
            long bytes = store.Commits.Run(collection, record);
            observation.Committed(record.Operations, bytes);
        }
        catch (StoreCorruptException damage) when (store.Saw(damage, collection.Name))
        {
            throw;
        }
        finally
        {
            observation.Dispose();
        }
    }

    /// <summary>
    /// Sees to it that the memory segment at the end takes that many more rows: a full one is frozen, and sealed by the background thread or, without
    /// one, here.
    /// </summary>
    public static void MakeRoom(VectorCollection collection, int upserts)
    {
        if (HasRoom(collection, upserts)) return;
        AddMemorySegment(collection, upserts);
        collection.Store.Upkeep.SealSoon();
    }

    /// <summary>True when the memory segment at the end takes that many more rows.</summary>
    public static bool HasRoom(VectorCollection collection, int upserts)
    {
        SegmentView[] views = collection.Current.Views;
        return views.Length > 0 && views[^1].Segment is MemorySegment active && active.Capacity - active.Count >= upserts;
    }

    /// <summary>Puts an empty memory segment at the end, with room for that many rows or the usual number; the caller holds the write gate.</summary>
    public static void AddMemorySegment(VectorCollection collection, int upserts)
    {
        VectorStore store = collection.Store;
        int capacity = Math.Max(upserts, store.SealRows(collection.Schema));
        var fresh = new SegmentHandle(new MemorySegment(store.NextId(), collection.Schema, capacity), null, null);
        collection.Publish([.. collection.Current.Views, new SegmentView(fresh, 0, null)], collection.Current.Sequence);
        fresh.Release();
    }

    /// <summary>Applies a durable record to the memory segment and publishes the new state. Commit and recovery both come here.</summary>
    public static void Apply(VectorCollection collection, ReadOnlySpan<byte> record, long sequence)
    {
        CollectionState state = collection.Current;
        SegmentView[] views = (SegmentView[])state.Views.Clone();
        var active = (MemorySegment)views[^1].Segment;
        var deletions = new DeletionBuilder?[views.Length];
        Span<FieldValue> fields = new FieldValue[state.Schema.Fields.Count];
        BatchRecordReader reader = BatchRecordReader.Open(record, state.Schema);
        while (reader.Next(fields))
        {
            DeleteLive(views, active, deletions, reader.Int64Key, reader.Utf8Key);
            if (!reader.IsUpsert) continue;
            float inverseNorm = state.Schema.Metric == Metric.Cosine ? RowEncoder.InverseNorm(state.Schema, reader.Row) : 0;
            if (state.Schema.KeyKind == KeyKind.Int64) active.Append(reader.Row, inverseNorm, reader.Scale, reader.Int64Key, fields);
            else active.Append(reader.Row, inverseNorm, reader.Scale, reader.Utf8Key, fields);
        }

        for (int i = 0; i < views.Length; i++)
        {
            int rows = i == views.Length - 1 ? active.Count : views[i].Rows;
            views[i] = views[i] with { Rows = rows, Deleted = deletions[i]?.ToRowSet() ?? views[i].Deleted };
        }

        views[^1].Handle.LastSequence = sequence;
        collection.Publish(views, sequence);
    }

    // A key has at most one live row in the whole collection: the newest segment that has it live ends the search.
    private static void DeleteLive(SegmentView[] views, MemorySegment active, DeletionBuilder?[] deletions, long key, ReadOnlySpan<byte> utf8Key)
    {
        for (int i = views.Length - 1; i >= 0; i--)
        {
            SegmentView view = ReferenceEquals(views[i].Segment, active) ? views[i] with { Rows = active.Count } : views[i];
            int row = view.Find(key, utf8Key);
            if (row < 0 || deletions[i]?.Contains(row) == true) continue;
            (deletions[i] ??= new DeletionBuilder(view)).Add(row);
            return;
        }
    }
}
