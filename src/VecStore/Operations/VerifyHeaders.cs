using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Reads the manifest and the headers of the files that it names, from the disk and not from what is mapped already.</summary>
internal static class VerifyHeaders
{
    public static VerifyReport Run(VectorStore store, CancellationToken cancellation)
    {
        store.ThrowIfClosed();
        var damages = new List<Damage>();
        int files = 0;
        long bytes = 0, rows;
        lock (store.WriteGate)
        {
            Manifest manifest = store.Manifest; // what is read from the disk may be damaged, and a reader's may be older than the disk's
            rows = store.AllCollections.Sum(collection => collection.Count);
            Check(store.Folder.Manifest, path =>
            {
                long generation = ManifestFile.Read(store.Files, path).Generation;
                if (generation >= manifest.Generation) return;
                throw new StoreCorruptException(path, 0, $"generation {manifest.Generation} or later", $"{generation}",
                    "It was replaced from outside: close the store and restore it from a backup.");
            });
            foreach (AttachmentEntry entry in manifest.Collections.SelectMany(collection => collection.Attachments)) CheckHeader(entry.File, entry.Kind, entry.Id);
            foreach (SegmentEntry entry in manifest.Collections.SelectMany(collection => collection.Segments))
            {
                CheckHeader(entry.File, FileKind.Segment, entry.Id);
                if (!store.Options.IgnoreGraphs) CheckHeader(entry.GraphFile, FileKind.Graph, entry.Id);
                CheckHeader(entry.DeletedFile, FileKind.Deletions, entry.Id);
            }
        }

        return new VerifyReport(files, bytes, rows, damages);

        void CheckHeader(string? name, FileKind kind, long identity)
        {
            if (name is null) return;
            cancellation.ThrowIfCancellationRequested();
            if (store.IsReadOnly && !store.Files.Exists(store.Folder.DataFile(name))) return; // the writer in the other process has replaced it
            Check(store.Folder.DataFile(name), path =>
            {
                if (!store.Files.Exists(path)) throw new StoreCorruptException(path, 0, "the file that the manifest names", "none", "Restore the store from a backup.");
                using SectionFile file = SectionFile.Open(store.Files, path, kind);
                if (file.Identity != identity) throw new StoreCorruptException(path, 0, $"the file number {identity}", $"number {file.Identity}", "Restore the store from a backup.");
                bytes += file.Length;
            });
        }

        void Check(string path, Action<string> action)
        {
            files++;
            try
            {
                action(path);
            }
            catch (Exception failure) when (failure is VecStoreException or IOException)
            {
                damages.Add(new Damage(path, failure.Message));
            }
        }
    }
}
