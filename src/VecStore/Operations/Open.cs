using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Opens a store: takes the lock, reads the manifest, maps the segments it names, replays the log. Its time does not grow with the rows.</summary>
internal static class Open
{
    private const int Attempts = 200;

    public static VectorStore Run(string path, StoreOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (options.SealRows != 0 && options.SealRows is < 16 or > 1 << 20)
            throw new ArgumentException($"SealRows is {options.SealRows}; 16 to 1,048,576 are allowed, or 0 to let the row size decide.", nameof(options));
        var folder = new StoreFolder(path, options.Files ?? new DiskFiles());
        return options.ReadOnly ? OpenReadOnly(folder, options) : OpenWriter(folder, options);
    }

    private static VectorStore OpenWriter(StoreFolder folder, StoreOptions options)
    {
        if (folder.Files.Exists(folder.Root)) throw new DirectoryNotFoundException($"{folder.Root} is a file; a store is a folder.");
        if (!options.CreateIfMissing && !folder.Files.Exists(folder.Manifest)) throw Missing(folder);
        List<string> above = FoldersAbove(folder);
        folder.Files.CreateFolder(folder.Data);
        folder.Files.CreateFolder(folder.Log);
        StoreLock writerLock = StoreLock.Take(folder.Files, folder.LockFile);
        VectorStore? store = null;
        try
        {
            if (folder.Files.Exists(folder.Manifest))
            {
                store = new VectorStore(folder, options, writerLock, ManifestFile.Read(folder.Files, folder.Manifest));
                MapCollections(store);
            }
            else
            {
                RequireEmpty(folder);
                store = new VectorStore(folder, options, writerLock, new Manifest());
                folder.Files.FlushFolder(folder.Root);
                above.ForEach(folder.Files.FlushFolder);
                PublishManifest.Write(store, []);
            }

            Recover.Replay(store);
            RemoveOrphans(store); // only now that all was found sound: a store that does not open is left as it is
            UnfinishedLoads.RemoveUseless(store);
            store.Upkeep.Begin();
            return store;
        }
        catch
        {
            store?.Abandon();
            writerLock.Dispose();
            throw;
        }
    }

    private static VectorStore OpenReadOnly(StoreFolder folder, StoreOptions options)
    {
        if (!folder.Files.Exists(folder.Manifest)) throw Missing(folder);
        for (int attempt = 1; ; attempt++)
        {
            var store = new VectorStore(folder, options, null, ManifestFile.Read(folder.Files, folder.Manifest));
            try
            {
                MapCollections(store);
                Recover.Replay(store);

                // The writer may have sealed and truncated the log between our reading the manifest and reading the log.
                if (ManifestFile.Read(folder.Files, folder.Manifest).Generation == store.Manifest.Generation || attempt == Attempts) return store;
            }
            catch (Exception failure) when (failure is IOException or StoreCorruptException && attempt < Attempts
                && ManifestFile.Read(folder.Files, folder.Manifest).Generation != store.Manifest.Generation)
            {
                // The writer merged segments away while we were opening them: there is a newer manifest.
            }
            catch
            {
                store.Abandon();
                throw;
            }

            store.Abandon();
            Thread.Sleep(Math.Min(attempt, 10));
        }
    }

    // The folder that holds the store's, and those above it that are to be made too: their names must reach the disk as well.
    private static List<string> FoldersAbove(StoreFolder folder)
    {
        var above = new List<string>();
        string path = folder.Root.TrimEnd('/');
        do
        {
            if (System.IO.Path.GetDirectoryName(path) is not { } parent) break;
            above.Add(parent);
            path = parent;
        }
        while (path.Length > 0 && !folder.Files.FolderExists(path));
        return above;
    }

    private static void MapCollections(VectorStore store)
    {
        foreach (CollectionEntry entry in store.Manifest.Collections)
        {
            var collection = new VectorCollection(store, entry.Id, entry.Name, entry.Schema, entry.SealedThrough);
            store.Add(collection);
            var views = new List<SegmentView>();
            var attachments = new List<AttachmentHandle>();
            try
            {
                foreach (AttachmentEntry attachment in entry.Attachments) attachments.Add(AttachmentHandle.Open(store.Files, store.Folder, attachment));
                foreach (SegmentEntry segment in entry.Segments) views.Add(MapSegment(store, entry, segment));
                collection.Publish([.. views], entry.SealedThrough, attachments: [.. attachments]);
            }
            finally
            {
                foreach (SegmentView view in views) view.Handle.Release();
                foreach (AttachmentHandle attachment in attachments) attachment.Release();
            }
        }
    }

    private static SegmentView MapSegment(VectorStore store, CollectionEntry collection, SegmentEntry entry)
    {
        if (entry.Rows < 0) throw Disagrees(store.Folder.Manifest, "a number of rows", $"{entry.Rows}");
        foreach (string? file in (ReadOnlySpan<string?>)[entry.File, store.Options.IgnoreGraphs ? null : entry.GraphFile, entry.DeletedFile])
        {
            if (file is not null && !store.Files.Exists(store.Folder.DataFile(file))) throw Gone(store.Folder.DataFile(file), isGraph: file == entry.GraphFile);
        }

        SegmentHandle handle = SegmentFile.Open(store, new SegmentFiles(entry.File, entry.GraphFile));
        try
        {
            string path = store.Folder.DataFile(entry.File);
            if (handle.Segment.Count != entry.Rows) throw Disagrees(path, $"{entry.Rows} rows, as the manifest says", $"{handle.Segment.Count}");
            if (handle.Segment.Id != entry.Id) throw Disagrees(path, $"segment {entry.Id}, as the manifest says", $"segment {handle.Segment.Id}");
            if (handle.Segment.Schema.Dimension != collection.Schema.Dimension || handle.Segment.Schema.ElementType != collection.Schema.ElementType)
                throw Disagrees(path, $"{collection.Schema.Dimension} x {collection.Schema.ElementType}", $"{handle.Segment.Schema.Dimension} x {handle.Segment.Schema.ElementType}");
            RowSet? deleted = entry.DeletedFile is null ? null : DeletionsFile.Read(store.Files, store.Folder.DataFile(entry.DeletedFile), entry.Id, entry.Rows);
            if (deleted is not null && deleted.Count != entry.DeletedCount)
                throw Disagrees(store.Folder.DataFile(entry.DeletedFile!), $"{entry.DeletedCount} deleted rows, as the manifest says", $"{deleted.Count}");
            return new SegmentView(handle, entry.Rows, deleted);
        }
        catch
        {
            handle.Release();
            throw;
        }
    }

    // Files that no manifest names: what a process that died was writing.
    private static void RemoveOrphans(VectorStore store)
    {
        HashSet<string> known = [.. store.Manifest.Collections.SelectMany(PublishManifest.FilesOf)];
        foreach (string name in store.Files.List(store.Folder.Data))
        {
            if (!known.Contains(name)) store.Files.Delete(store.Folder.DataFile(name));
        }
    }

    private static void RequireEmpty(StoreFolder folder)
    {
        bool used = folder.Files.List(folder.Data).Count > 0 || folder.Files.List(folder.Log).Any(name => !name.StartsWith('.'));
        if (used)
        {
            throw new StoreCorruptException(folder.Manifest, 0, "a manifest beside the data of a store", "none",
                "If the data does not matter, remove the folder; otherwise restore the manifest from a backup.");
        }
    }

    private static StoreCorruptException Disagrees(string file, string expected, string found) => new(file, 0, expected, found, "Restore the store from a backup.");

    private static StoreCorruptException Gone(string file, bool isGraph) => new(file, 0, "the file that the manifest names", "none",
        isGraph ? "The graph is derived data: open the store without graphs (IgnoreGraphs) and rebuild the index." : "Restore the store from a backup.");

    private static DirectoryNotFoundException Missing(StoreFolder folder) => new($"There is no store at {folder.Root}.");
}
