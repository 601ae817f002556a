using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Reads every byte of every file that the manifest names, and checks that what they say fits together.</summary>
internal static class Verify
{
    public static VerifyReport Run(VectorStore store, IProgress<VerifyProgress>? progress, CancellationToken cancellation)
    {
        var damages = new List<Damage>();
        int files = 1;
        long bytes = 0;
        long rows = 0;
        string[] names;
        lock (store.WriteGate) names = [.. store.Manifest.Collections.SelectMany(PublishManifest.FilesOf)];
        void Check(string path, Action action)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new VerifyProgress(path, files - 1, names.Length));
            try
            {
                action();
            }
            catch (Exception failure) when (failure is VecStoreException or IOException)
            {
                damages.Add(new Damage(path, failure.Message));
            }

            files++;
        }

        Check(store.Folder.Manifest, () => ManifestFile.Read(store.Files, store.Folder.Manifest));
        files--;
        foreach (string name in store.Collections)
        {
            if (!store.TryGet(name, out VectorCollection? collection)) continue; // dropped meanwhile
            using Snapshot snapshot = collection.TakeSnapshot();
            rows += snapshot.Count;
            foreach (SegmentView view in snapshot.Views().Where(view => view.Handle.Files is not null))
            {
                string path = store.Folder.DataFile(view.Handle.Files!.Segment);
                Check(path, () =>
                {
                    var segment = (Segment)view.Segment;
                    bytes += segment.FileLength;
                    segment.Verify(cancellation);
                    EveryLiveRowIsFoundByItsKey(view, path, cancellation);
                });
                if (view.Handle.Graph is not { } graph) continue;
                path = store.Folder.DataFile(view.Handle.Files.Graph!);
                Check(path, () =>
                {
                    bytes += graph.File.Length;
                    graph.File.Verify(cancellation);
                    graph.Verify(cancellation);
                });
            }

            foreach (AttachmentEntry entry in snapshot.Attachments)
            {
                Check(store.Folder.DataFile(entry.File), () =>
                {
                    using Attachment attachment = snapshot.OpenAttachment(entry.Name);
                    bytes += attachment.File.Length;
                    attachment.File.Verify(cancellation);
                });
            }
        }

        // Deletions and the log are read from the disk again, while no commit changes them.
        lock (store.WriteGate)
        {
            foreach (SegmentEntry entry in store.Manifest.Collections.SelectMany(collection => collection.Segments))
            {
                if (entry.DeletedFile is null) continue;
                string path = store.Folder.DataFile(entry.DeletedFile);
                if (store.IsReadOnly && !store.Files.Exists(path)) continue; // the writer in the other process has replaced it
                Check(path, () => DeletionsFile.Read(store.Files, path, entry.Id, entry.Rows));
            }

            if (!store.IsReadOnly)
                Check(store.Folder.Log, () => FasterWriteAheadLog.Replay(store.Files, store.Folder.Log, store.Manifest.LogCheckpoint, store.LastSequence, (_, _) => { }));
        }

        return new VerifyReport(files, bytes, rows, damages);
    }

    private static void EveryLiveRowIsFoundByItsKey(SegmentView view, string path, CancellationToken cancellation)
    {
        bool integers = view.Segment.Schema.KeyKind == KeyKind.Int64;
        for (int row = 0; row < view.Rows; row++)
        {
            if ((row & 0xFFFF) == 0) cancellation.ThrowIfCancellationRequested();
            if (!view.IsLive(row)) continue;
            int found = integers ? view.Find(view.Segment.Int64Key(row), default) : view.Find(0, view.Segment.Utf8Key(row));
            if (found != row) throw new StoreCorruptException(path, 0, $"row {row} found by its key", $"row {found}", "Restore the store from a backup.");
        }
    }
}
