using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>
/// Makes a collection's sealed segments and deletions the ones of the manifest, in one atomic step; then shows them, and only then removes what nobody
/// needs any more. The caller holds the write gate.
/// </summary>
internal static class PublishManifest
{
    /// <summary>Publishes new segments of a collection.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="views">All its segments; those in memory stay in memory.</param>
    /// <param name="sealedThrough">Log records up to here are in the sealed ones.</param>
    /// <param name="schema">The new schema, if it changes.</param>
    /// <param name="imported">A source that is now imported, to be noted.</param>
    /// <param name="attachments">All its attachments from now on, if they change.</param>
    public static void Run(VectorCollection collection, SegmentView[] views, long sealedThrough, CollectionSchema? schema = null, ProvenanceEntry? imported = null,
        AttachmentHandle[]? attachments = null)
    {
        VectorStore store = collection.Store;
        CollectionEntry before = store.Manifest.Collections.Single(entry => entry.Id == collection.Id);
        var segments = new List<SegmentEntry>();
        foreach (SegmentView view in views)
        {
            if (view.Handle.Files is { } files) segments.Add(EntryOf(store, before, view, files));
        }

        CollectionEntry after = before with
        {
            Schema = schema ?? before.Schema,
            Segments = segments,
            SealedThrough = sealedThrough,
            Provenance = imported is null ? before.Provenance : [.. before.Provenance, imported],
            Attachments = attachments is null ? before.Attachments : [.. attachments.Select(attachment => attachment.Entry)],
        };
        Write(store, [.. store.Manifest.Collections.Select(entry => entry.Id == collection.Id ? after : entry)]);
        collection.SealedThrough = sealedThrough;
        collection.Publish(views, collection.Current.Sequence, schema, attachments);
        RemoveFiles(store, before, after);
        TruncateLog(store);
    }

    /// <summary>Writes a manifest with these collections. When it fails the store takes no more writes: which manifest is on the disk is not known.</summary>
    public static void Write(VectorStore store, IReadOnlyList<CollectionEntry> collections, int nextCollectionId = 0)
    {
        store.ThrowIfPoisoned();
        Manifest manifest = store.Manifest with
        {
            Generation = store.Manifest.Generation + 1,
            NextSegmentId = store.PeekNextId,
            NextCollectionId = Math.Max(store.Manifest.NextCollectionId, nextCollectionId),
            LogCheckpoint = collections.Count == 0 ? store.LastSequence : CheckpointOf(store, collections),
            LastSequence = store.LastSequence,
            Collections = collections,
        };
        try
        {
            // The manifest speaks of records up to the last one: it asks for them when the log is opened, and its deletions may already be
            // those of records that are not sealed. So they must be on the disk before it, at every level of durability and after a replay.
            store.FlushLog();
            store.Files.FlushFolder(store.Folder.Data);
            ManifestFile.Publish(store.Files, store.Folder.Manifest, manifest);
        }
        catch (Exception cause)
        {
            store.Poison(cause);
            throw;
        }

        store.Manifest = manifest;
    }

    public static void RemoveFiles(VectorStore store, CollectionEntry before, CollectionEntry? after)
    {
        HashSet<string> kept = [.. after is null ? [] : FilesOf(after)];
        foreach (string name in FilesOf(before))
        {
            if (!kept.Contains(name)) store.Files.Delete(store.Folder.DataFile(name));
        }
    }

    public static IEnumerable<string> FilesOf(CollectionEntry collection)
    {
        foreach (SegmentEntry segment in collection.Segments)
        {
            yield return segment.File;
            if (segment.GraphFile is not null) yield return segment.GraphFile;
            if (segment.DeletedFile is not null) yield return segment.DeletedFile;
        }

        foreach (AttachmentEntry attachment in collection.Attachments) yield return attachment.File;
    }

    // What every collection has sealed is no longer needed in the log. A collection with nothing in memory needs nothing of it.
    private static long CheckpointOf(VectorStore store, IReadOnlyList<CollectionEntry> collections)
    {
        long checkpoint = store.LastSequence;
        foreach (CollectionEntry entry in collections)
        {
            VectorCollection? collection = store.AllCollections.FirstOrDefault(c => c.Id == entry.Id);
            if (collection is null || collection.Current.Sequence <= entry.SealedThrough) continue;
            checkpoint = Math.Min(checkpoint, entry.SealedThrough);
        }

        return checkpoint;
    }

    private static void TruncateLog(VectorStore store)
    {
        store.Log.TruncateThrough(store.Manifest.LogCheckpoint);
    }

    // A deletion bitmap is written anew when it has changed since the last manifest.
    private static SegmentEntry EntryOf(VectorStore store, CollectionEntry before, SegmentView view, SegmentFiles files)
    {
        SegmentEntry? known = before.Segments.FirstOrDefault(entry => entry.Id == view.Segment.Id);
        string? deletedFile = null;
        if (view.Deleted is { Count: > 0 } deleted)
        {
            deletedFile = known?.DeletedFile;
            if (deletedFile is null || known!.DeletedCount != deleted.Count) // deletions only grow: the same count is the same set
            {
                deletedFile = StoreFolder.DeletedName(store.NextId());
                DeletionsFile.Write(store.Files, store.Folder.DataFile(deletedFile), view.Segment.Id, deleted);
            }
        }

        return new SegmentEntry
        {
            Id = view.Segment.Id,
            Rows = view.Rows,
            File = files.Segment,
            GraphFile = files.Graph,
            DeletedFile = deletedFile,
            DeletedCount = view.Deleted?.Count ?? 0,
        };
    }
}
