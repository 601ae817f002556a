using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Turns memory segments into files. Row numbers stay, so that what is deleted in the meantime still is.</summary>
internal static class Seal
{
    /// <summary>A log of this length is sealed away, whoever keeps it: it costs disk, and time at the next opening.</summary>
    private const long LongestLogBytes = 512 << 20;

    /// <summary>Seals all that is in memory.</summary>
    public static void Run(VectorCollection collection, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        store.ThrowIfNotWritable();
        collection.ThrowIfDropped();
        All(collection, cancellation);
    }

    /// <summary>Seals all that is in memory, also of a store that is just closing.</summary>
    public static void All(VectorCollection collection, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        lock (store.MaintenanceGate)
        {
            lock (store.WriteGate) Freeze(collection);
            SealFrozen(collection, cancellation);
            lock (store.WriteGate)
            {
                // Deletions alone fill no memory segment, but they too leave the log.
                CollectionState state = collection.Current;
                if (state.Sequence > collection.SealedThrough && state.Views.All(view => !view.Handle.IsMemory || view.Rows == 0))
                    PublishManifest.Run(collection, state.Views, sealedThrough: state.Sequence);
            }
        }
    }

    /// <summary>Seals every memory segment but the one at the end. The caller holds the maintenance gate.</summary>
    public static void SealFrozen(VectorCollection collection, CancellationToken cancellation)
    {
        while (true)
        {
            SegmentView[] views = collection.Current.Views;
            int index = Array.FindIndex(views, 0, Math.Max(0, views.Length - 1), view => view.Handle.IsMemory);
            if (index < 0 || collection.IsDropped) return;
            SealOne(collection, views[index], cancellation);
        }
    }

    /// <summary>
    /// Seals collections that keep a long log alive by a few rows each, written long ago. The caller holds the maintenance gate.
    /// </summary>
    public static void Laggards(VectorStore store, CancellationToken cancellation)
    {
        if (store.Log.Length < LongestLogBytes) return;
        VectorCollection[] collections;
        lock (store.WriteGate) collections = [.. store.AllCollections];
        foreach (VectorCollection collection in collections)
        {
            if (!collection.IsDropped && collection.Current.Sequence > collection.SealedThrough) All(collection, cancellation);
        }
    }

    // Puts an empty memory segment behind the one that has rows. The caller holds the write gate.
    private static void Freeze(VectorCollection collection)
    {
        SegmentView[] views = collection.Current.Views;
        if (views.Length == 0 || !views[^1].Handle.IsMemory || views[^1].Rows == 0) return;
        Commit.AddMemorySegment(collection, 0);
    }

    private static void SealOne(VectorCollection collection, SegmentView frozen, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        SegmentHandle? handle = null;
        Observation observation = Observation.OfSegments(collection, StoreEventKind.Sealed);
        try
        {
            if (frozen.Live > 0) handle = SegmentFile.Write(collection, frozen.Segment.Id, frozen.Segment.Schema, writer => AppendAll(writer, frozen), null, cancellation);
            lock (store.WriteGate)
            {
                SegmentView[] views = collection.Current.Views;
                int index = Array.FindIndex(views, view => view.Segment.Id == frozen.Segment.Id);
                SegmentView now = views[index];
                SegmentView[] sealedViews = handle is null || now.Live == 0
                    ? [.. views[..index], .. views[(index + 1)..]]
                    : [.. views[..index], new SegmentView(handle, now.Rows, Fitting(now.Deleted, now.Rows)), .. views[(index + 1)..]];
                PublishManifest.Run(collection, sealedViews, sealedThrough: frozen.Handle.LastSequence);
                if (handle is not null && now.Live == 0) SegmentFile.Delete(store, handle.Files!); // all its rows were deleted while it was written
            }

            observation.Wrote(StoreEventKind.Sealed, handle is null ? 0 : 1, frozen.Live, handle?.FileBytes ?? 0);
        }
        finally
        {
            observation.Dispose();
            handle?.Release();
        }
    }

    // Deleted rows too: what is deleted while the file is written is known by the same numbers.
    private static void AppendAll(SegmentWriter writer, SegmentView frozen)
    {
        for (int row = 0; row < frozen.Rows; row++) writer.AppendFrom(frozen.Segment, row);
    }

    // A growing segment's deletions have room for all the rows that it could have taken.
    private static RowSet? Fitting(RowSet? deleted, int rows) =>
        deleted is null ? null : RowSet.FromWords(deleted.Words[..RowSet.WordsFor(rows)].ToArray(), rows);
}
