using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Writes a file beside the rows of a collection and makes the manifest name it; or no longer name it.</summary>
internal static class PublishAttachment
{
    private const int MaxNameLength = 128;

    public static AttachmentEntry Run(
        VectorCollection collection, string name, FileKind kind, Action<SectionFileWriter> write, string source, Func<IReadOnlyDictionary<string, string>>? details)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > MaxNameLength || name.Any(char.IsControl))
            throw new ArgumentException($"\"{name}\" is not a name of an attachment: 1 to {MaxNameLength} characters, no control characters.", nameof(name));
        VectorStore store = collection.Store;
        long id;
        lock (store.WriteGate)
        {
            store.ThrowIfNotWritable();
            collection.ThrowIfDropped();
            id = store.NextId();
        }

        string file = StoreFolder.AttachmentName(id, kind);
        using (SectionFileWriter writer = SectionFileWriter.Create(store.Files, store.Folder.DataFile(file), kind, [], id))
        {
            write(writer);
            writer.Complete();
        }

        var entry = new AttachmentEntry
        {
            Name = name,
            Kind = kind,
            Id = id,
            File = file,
            Provenance = new ProvenanceEntry { Source = source, At = DateTimeOffset.UtcNow, Details = details?.Invoke() ?? new Dictionary<string, string>() },
        };
        AttachmentHandle handle = AttachmentHandle.Open(store.Files, store.Folder, entry);
        try
        {
            _ = handle.File; // what was just written is whole
            lock (store.MaintenanceGate)
                lock (store.WriteGate)
                {
                    store.ThrowIfNotWritable();
                    collection.ThrowIfDropped();
                    Publish(collection, [.. Others(collection, name), handle]);
                }
        }
        finally
        {
            handle.Release();
        }

        return entry;
    }

    public static bool Drop(VectorCollection collection, string name)
    {
        VectorStore store = collection.Store;
        lock (store.MaintenanceGate)
            lock (store.WriteGate)
            {
                store.ThrowIfNotWritable();
                collection.ThrowIfDropped();
                AttachmentHandle[] others = Others(collection, name);
                if (others.Length == collection.Current.Attachments.Length) return false;
                Publish(collection, others);
                return true;
            }
    }

    private static AttachmentHandle[] Others(VectorCollection collection, string name) =>
        [.. collection.Current.Attachments.Where(attachment => !string.Equals(attachment.Entry.Name, name, StringComparison.Ordinal))];

    private static void Publish(VectorCollection collection, AttachmentHandle[] attachments) =>
        PublishManifest.Run(collection, collection.Current.Views, collection.SealedThrough, attachments: attachments);
}
