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

    public static Staging Begin(VectorCollection _collection, string? _source)
    {
        VectorStore store = _collection.Store;
        string identity = _source ?? string.Create(CultureInfo.InvariantCulture, $"anonymous {Environment.ProcessId} {Guid.NewGuid()}");
        string text = $"{_collection.Id}\n{Describe(_collection.Schema)}\n{identity}";
        string name = System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
        string _folder = store.Folder.Staging + "/" + name;
        store.Files.CreateFolder(_folder);
        IDisposable _folderLock = store.Files.TryLock(_folder + "/lock", identity)
            ?? throw new InvalidOperationException($"A bulk load of the same source into \"{_collection.Name}\" is going on: {identity}.");
        var staging = new Staging(_collection, _folder, text, _folderLock);
        try
        {
            staging.ReadNote();
            return staging;
        }
        catch
        {
            _folderLock.Dispose();
            throw;
        }
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
            if (name != "lock") Files.Delete(_folder + "/" + name);
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
