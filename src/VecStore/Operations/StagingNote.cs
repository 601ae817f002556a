using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>How far a bulk load has come: a line with the CRC-32C of the JSON behind it. Replaced in one step after each part.</summary>
/// <param name="Source">Collection, schema and source, each on a line: see <see cref="Staging.SourceOf"/>.</param>
/// <param name="SourceRows">Rows of the source that are staged.</param>
/// <param name="Duplicates">Rows left out because their key came twice.</param>
/// <param name="Parts">The files of the staged rows.</param>
/// <param name="At">When it was written, in UTC; null in notes of old.</param>
internal sealed record StagingNote(string Source, long SourceRows, long Duplicates, string[] Parts, DateTimeOffset? At = null)
{
    public const string Name = "progress";
    private const int LongestBytes = 1 << 26;

    public static void Write(IStoreFiles files, string folder, StagingNote note)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(note, StagingJson.Default.StagingNote);
        Span<byte> line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Crc32C.Compute(bytes):x8}\n"));
        string temporary = folder + "/" + Name + ".new";
        using (IStoreFile file = files.Create(temporary))
        {
            file.Write(0, line);
            file.Write(line.Length, bytes);
            file.Flush();
        }

        files.FlushFolder(folder); // the parts' names, before the note that speaks of them
        files.Rename(temporary, folder + "/" + Name);
        files.FlushFolder(folder);
    }

    /// <summary>The note of a folder; null when there is none that can be read.</summary>
    public static StagingNote? Read(IStoreFiles files, string folder)
    {
        string path = folder + "/" + Name;
        if (!files.Exists(path)) return null;
        using IStoreFile file = files.Open(path, FileAccess.Read);
        if (file.Length is < 10 or > LongestBytes) return null;
        byte[] bytes = new byte[file.Length];
        if (file.Read(0, bytes) != bytes.Length || bytes[8] != '\n') return null;
        bool sound = uint.TryParse(Encoding.ASCII.GetString(bytes, 0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint checksum)
            && checksum == Crc32C.Compute(bytes.AsSpan(9));
        return sound ? JsonSerializer.Deserialize(bytes.AsSpan(9), StagingJson.Default.StagingNote) : null;
    }
}

[JsonSerializable(typeof(StagingNote))]
internal sealed partial class StagingJson : JsonSerializerContext;
