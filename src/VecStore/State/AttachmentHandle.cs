using VecStore.Storage;

namespace VecStore;

/// <summary>
/// The mapped file of an attachment, shared by every state and reader that has it and released with the last. A file that is damaged or gone is an error of whoever reads it, not of the
/// opening of the store: the rows do not need it.
/// </summary>
internal sealed class AttachmentHandle
{
    private readonly SectionFile? _file;
    private readonly VecStoreException? _damage;
    private int _references = 1;

    private AttachmentHandle(AttachmentEntry entry, SectionFile? file, VecStoreException? damage)
    {
        Entry = entry;
        _file = file;
        _damage = damage;
    }

    public AttachmentEntry Entry { get; }

    public SectionFile File => _file ?? throw _damage!;

    public static AttachmentHandle Open(IStoreFiles files, StoreFolder folder, AttachmentEntry entry)
    {
        string path = folder.DataFile(entry.File);
        SectionFile? file = null;
        try
        {
            if (!files.Exists(path)) throw new StoreCorruptException(path, 0, "the file that the manifest names", "none", "Restore the store from a backup, or drop the attachment.");
            file = SectionFile.Open(files, path, entry.Kind);
            if (file.Identity != entry.Id) throw file.Corrupt(24, $"file {entry.Id}, as the manifest says", $"file {file.Identity}");
            return new AttachmentHandle(entry, file, null);
        }
        catch (VecStoreException damage)
        {
            file?.Dispose();
            return new AttachmentHandle(entry, null, damage);
        }
    }

    public void AddReference() => Interlocked.Increment(ref _references);

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0) _file?.Dispose();
    }
}
