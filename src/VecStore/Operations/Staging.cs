using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>
/// The folder of a bulk load in progress: finished part files and a note of how far the source was read, replaced in one step after each part. The
/// note's parts are whole; what else lies in the folder is of a part that was broken off.
/// </summary>
internal sealed class Staging : IDisposable
{
    private const string NoteName = "progress";
    private const string LockName = "lock";
    private readonly VectorCollection _collection;
    private readonly string _folder;
    private readonly string _source;
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

    /// <summary>Removes what loads without a source left behind when their process died. By the writer, when it opens the store.</summary>
    public static void RemoveAnonymous(VectorStore store)
    {
        for (int slot = 0; ; slot++)
        {
            string folder = AnonymousFolder(store, slot);
            string[] left = [.. store.Files.List(folder)];
            if (left.Length == 0) return;
            foreach (string name in left.Where(name => name != LockName)) store.Files.Delete(folder + "/" + name);
        }
    }

    private static Staging BeginNamed(VectorCollection collection, string source)
    {
        string text = $"{collection.Id}\n{Describe(collection.Schema)}\n{source}";
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

    private static string AnonymousFolder(VectorStore store, int slot) => string.Create(CultureInfo.InvariantCulture, $"{store.Folder.Staging}/anonymous-{slot}");

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
    public void Remove()
    {
        Files.Delete(_folder + "/" + NoteName); // first: without it the rest is nothing
        foreach (string name in Files.List(_folder))
        {
            if (name != LockName) Files.Delete(_folder + "/" + name);
        }
    }

    public void Dispose() => _folderLock.Dispose();

    private static string Describe(CollectionSchema schema) =>
        $"{schema.Dimension} {schema.Metric} {schema.ElementType} {schema.KeyKind} {string.Join(",", schema.Fields.Select(f => $"{f.Name}:{f.Type}"))}";

    private string PathOf(string name) => _folder + "/" + name.Replace("+deleted", "", StringComparison.Ordinal);

    private void WriteNote()
    {
        string json = JsonSerializer.Serialize(new Note(_source, SourceRows, Duplicates, [.. _parts]), StagingJson.Default.Note);
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        Span<byte> line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Crc32C.Compute(bytes):x8}\n"));
        string temporary = _folder + "/" + NoteName + ".new";
        using (IStoreFile file = Files.Create(temporary))
        {
            file.Write(0, line);
            file.Write(line.Length, bytes);
            file.Flush();
        }

        Files.FlushFolder(_folder); // the parts' names, before the note that speaks of them
        Files.Rename(temporary, _folder + "/" + NoteName);
        Files.FlushFolder(_folder);
    }

    // A note that cannot be read, or that is of another _source, is as good as none: the load begins anew.
    private void ReadNote()
    {
        string path = _folder + "/" + NoteName;
        if (Files.Exists(path) && Parse(path) is { } note && note.Source == _source)
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

    private Note? Parse(string path)
    {
        using IStoreFile file = Files.Open(path, FileAccess.Read);
        if (file.Length is < 10 or > 1 << 26) return null;
        byte[] bytes = new byte[file.Length];
        if (file.Read(0, bytes) != bytes.Length || bytes[8] != '\n') return null;
        bool sound = uint.TryParse(Encoding.ASCII.GetString(bytes, 0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint checksum)
            && checksum == Crc32C.Compute(bytes.AsSpan(9));
        return sound ? JsonSerializer.Deserialize(bytes.AsSpan(9), StagingJson.Default.Note) : null;
    }
}

internal sealed record Note(string Source, long SourceRows, long Duplicates, string[] Parts);

[System.Text.Json.Serialization.JsonSerializable(typeof(Note))]
internal sealed partial class StagingJson : System.Text.Json.Serialization.JsonSerializerContext;
