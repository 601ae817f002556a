using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>
/// The folder of a bulk load in progress: finished part files and a note of how far the source was read, replaced in one step after each part. The
/// note's parts are whole; what else lies in the folder is of a part that was broken off.
/// </summary>
internal sealed class Staging : IDisposable
{
    public const string LockName = "lock";
    private const string AnonymousPrefix = "anonymous-";
    private readonly VectorCollection _collection;
    private readonly string _folder;
    private readonly string _source; // as the note has it: collection, schema and source
    private readonly IDisposable _folderLock;
    private readonly List<string> _parts = [];

    private Staging(VectorCollection collection, string folder, string source, IDisposable folderLock)
    {
        _collection = collection;
        _folder = folder;
        _source = source;
        _folderLock = folderLock;
    }

    public long ResumedRows { get; private set; }

    public long SourceRows { get; set; }

    public long Duplicates { get; set; }

    private IStoreFiles Files => _collection.Store.Files;

    public static Staging Begin(VectorCollection collection, string? source)
    {
        lock (collection.Store.StagingGate) return Take(collection, source);
    }

    private static Staging Take(VectorCollection collection, string? source)
    {
        Staging staging = source is null ? BeginAnonymous(collection) : BeginNamed(collection, source);
        try
        {
            if (source is null) staging.Remove();
            else staging.ReadNote();
            IStoreFiles files = collection.Store.Files;
            files.FlushFolder(collection.Store.Folder.Staging);
            files.FlushFolder(collection.Store.Folder.Root);
            return staging;
        }
        catch
        {
            staging.Dispose();
            throw;
        }
    }

    private static Staging BeginNamed(VectorCollection collection, string source)
    {
        string text = $"{SourceOf(collection)}{source}";
        string name = System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        string folder = collection.Store.Folder.Staging + "/" + name;
        return TryTake(collection, folder, text, source)
            ?? throw new InvalidOperationException($"A bulk load of the same source into \"{collection.Name}\" is going on: {source}.");
    }

    // The first folder that nobody uses: so they do not pile up.
    private static Staging BeginAnonymous(VectorCollection collection)
    {
        for (int slot = 0; ; slot++)
        {
            string folder = AnonymousFolder(collection.Store, slot);
            if (TryTake(collection, folder, "", "a load without a source") is { } staging) return staging;
        }
    }

    private static string AnonymousFolder(VectorStore store, int slot) => string.Create(CultureInfo.InvariantCulture, $"{store.Folder.Staging}/{AnonymousPrefix}{slot}");

    private static Staging? TryTake(VectorCollection collection, string folder, string source, string holder)
    {
        IStoreFiles files = collection.Store.Files;
        files.CreateFolder(folder);
        IDisposable? folderLock = files.TryLock(folder + "/" + LockName, holder);
        return folderLock is null ? null : new Staging(collection, folder, source, folderLock);
    }

    public SegmentWriter NewPart()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{_parts.Count:D6}.segment");
        return SegmentWriter.Create(Files, _folder + "/" + name, _parts.Count, _collection.Schema);
    }

    /// <summary>Finishes a part and notes how far the source was read.</summary>
    public void Keep(SegmentWriter part)
    {
        WrittenSegment written = part.Complete();
        string name = System.IO.Path.GetFileName(part.Path);
        part.Dispose();
        if (written.Superseded is { } superseded) DeletionsFile.Write(Files, _folder + "/" + name + ".deleted", _parts.Count, superseded);
        _parts.Add(name + (written.Superseded is null ? "" : "+deleted"));
        WriteNote();
    }

    public IEnumerable<Segment> OpenParts() => _parts.Select(name => Segment.Open(Files, PathOf(name)));

    /// <summary>The rows of a part whose key came again later in the same part.</summary>
    public RowSet? Superseded(int part, int rows) =>
        _parts[part].EndsWith("+deleted", StringComparison.Ordinal) ? DeletionsFile.Read(Files, PathOf(_parts[part]) + ".deleted", part, rows) : null;

    /// <summary>Removes all that was staged.</summary>
    public void Remove() => Remove(Files, _folder);

    /// <summary>Removes all that lies in a folder of a load, but its lock.</summary>
    public static void Remove(IStoreFiles files, string folder)
    {
        files.Delete(folder + "/" + StagingNote.Name); // first: without it the rest is nothing
        foreach (string name in files.List(folder))
        {
            if (name != LockName) files.Delete(folder + "/" + name);
        }
    }

    /// <summary>Gives the folder back; it goes when nothing is left in it.</summary>
    public void Dispose()
    {
        lock (_collection.Store.StagingGate) GiveBack(Files, _folder, _folderLock);
    }

    /// <summary>Gives the lock back, and removes the folder if only the lock is left in it. The caller holds the staging gate, so that nobody takes the lock of a folder that goes.</summary>
    public static void GiveBack(IStoreFiles files, string folder, IDisposable folderLock)
    {
        folderLock.Dispose();
        if (files.List(folder).Any(name => !name.StartsWith(LockName, StringComparison.Ordinal))) return;
        foreach (string name in files.List(folder)) files.Delete(folder + "/" + name);
        files.DeleteFolder(folder);
    }

    /// <summary>How the notes of loads into a collection as it is now begin. Fields that are added, or another collection of the name, make other loads.</summary>
    public static string SourceOf(VectorCollection collection) => $"{collection.Id}\n{Describe(collection.Schema)}\n";

    private static string Describe(CollectionSchema schema) =>
        $"{schema.Dimension} {schema.Metric} {schema.ElementType} {schema.KeyKind} {string.Join(",", schema.Fields.Select(f => $"{f.Name}:{f.Type}"))}";

    private string PathOf(string name) => _folder + "/" + name.Replace("+deleted", "", StringComparison.Ordinal);

    private void WriteNote() => StagingNote.Write(Files, _folder, new StagingNote(_source, SourceRows, Duplicates, [.. _parts], DateTimeOffset.UtcNow));

    // A note that cannot be read, or that is of another source, is as good as none: the load begins anew.
    private void ReadNote()
    {
        if (StagingNote.Read(Files, _folder) is { } note && note.Source == _source)
        {
            _parts.AddRange(note.Parts);
            SourceRows = ResumedRows = note.SourceRows;
            Duplicates = note.Duplicates;
            if (_parts.TrueForAll(name => Files.Exists(PathOf(name)))) return;
            _parts.Clear();
            SourceRows = ResumedRows = Duplicates = 0;
        }

        Remove();
    }
}
