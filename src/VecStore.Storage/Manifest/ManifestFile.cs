using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VecStore.Storage;

/// <summary>
/// The manifest on disk: a first line with the version, JSON, and a last line with the CRC-32C of everything before it. A person can
/// read it; a program must not write it but through here.
/// </summary>
public static class ManifestFile
{
    /// <summary>
    /// The newest version that is read. It is written when some collection has attachments, which an older program would take for leftovers and delete; without any,
    /// version 1 is written, and older programs still open the store.
    /// </summary>
    public const int FormatVersion = 2;

    /// <summary>Added to the path while a manifest is written; such a file is left over from a crash and means nothing.</summary>
    public const string TemporarySuffix = ".new";

    private const string Title = "vecstore manifest ", Trailer = "crc32c ";
    private const int TrailerBytes = 16; // "crc32c 1A2B3C4D\n"
    private const string Cure = "Restore the file 'manifest' from a backup; the segments are untouched.";

    /// <summary>Reads and verifies a manifest. <see cref="FileNotFoundException"/> when there is none.</summary>
    public static Manifest Read(IStoreFiles files, string path)
    {
        byte[] bytes;
        using (IStoreFile file = files.Open(path, FileAccess.Read))
        {
            if (file.Length is < TrailerBytes or > int.MaxValue) throw Corrupt(0, "a manifest", $"a file of {file.Length} bytes");
            bytes = new byte[file.Length];
            int read = file.Read(0, bytes);
            if (read != bytes.Length) throw Corrupt(read, $"{bytes.Length} bytes", $"{read}");
        }
        return Parse(bytes, path);

        StoreCorruptException Corrupt(long offset, string expected, string found) => new(path, offset, expected, found, Cure);
    }

    /// <summary>
    /// Puts a manifest in the place of the one before, in one step: written beside it and flushed, renamed over it, the folder flushed.
    /// After a crash there is the one or the other, whole.
    /// </summary>
    public static void Publish(IStoreFiles files, string path, Manifest manifest)
    {
        string temporary = path + TemporarySuffix;
        using (IStoreFile file = files.Create(temporary))
        {
            file.Write(0, Format(manifest));
            file.Flush();
        }
        files.Rename(temporary, path);
        files.FlushFolder(Path.GetDirectoryName(path) ?? "");
    }

    internal static byte[] Format(Manifest manifest)
    {
        string json = JsonSerializer.Serialize(manifest, ManifestJson.Default.Manifest).ReplaceLineEndings("\n");
        byte[] body = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Title}{VersionOf(manifest)}\n{json}\n"));
        return [.. body, .. TrailerOf(body)];
    }

    internal static Manifest Parse(ReadOnlySpan<byte> bytes, string path)
    {
        ReadOnlySpan<byte> body = bytes[..^TrailerBytes], trailer = bytes[^TrailerBytes..];
        byte[] expected = TrailerOf(body);
        if (!trailer.SequenceEqual(expected))
            throw Corrupt(body.Length, $"the last line '{Encoding.ASCII.GetString(expected).TrimEnd()}'", $"'{Printable(trailer)}'");

        int lineEnd = body.IndexOf((byte)'\n');
        string title = lineEnd < 0 ? "" : Encoding.UTF8.GetString(body[..lineEnd]);
        if (!title.StartsWith(Title, StringComparison.Ordinal)
            || !int.TryParse(title.AsSpan(Title.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            throw Corrupt(0, $"the first line '{Title}{FormatVersion}'", $"'{Printable(body[..Math.Min(body.Length, 40)])}'");
        }
        if (version > FormatVersion) throw new FormatVersionException(path, version, FormatVersion);

        try
        {
            Manifest manifest = JsonSerializer.Deserialize(body[(lineEnd + 1)..], ManifestJson.Default.Manifest)
                ?? throw Corrupt(lineEnd + 1, "an object", "null");
            return IsWhole(manifest) ? manifest : throw Corrupt(lineEnd + 1, "collections with schema, segments and names", "a manifest without some");
        }
        catch (JsonException failure)
        {
            throw Corrupt(lineEnd + 1, "JSON of a manifest", failure.Message);
        }

        StoreCorruptException Corrupt(long offset, string expected, string found) => new(path, offset, expected, found, Cure);
    }

    // What JSON can leave out although the types say it is there.
    private static bool IsWhole(Manifest manifest) => manifest.Collections is not null && manifest.Collections.All(collection =>
        collection is { Name: not null, Schema.Fields: not null, Segments: not null, Index: not null, Provenance: not null }
        && collection.Segments.All(segment => segment is { File: not null })
        && collection.Attachments.All(attachment => attachment is { Name: not null, File: not null, Provenance.Details: not null })
        && collection.Schema.Fields.All(field => field is { Name: not null })
        && collection.Provenance.All(entry => entry is { Details: not null }));

    private static int VersionOf(Manifest manifest) => manifest.Collections.Any(collection => collection.Attachments.Count > 0) ? 2 : 1;

    private static byte[] TrailerOf(ReadOnlySpan<byte> body) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Trailer}{Crc32C.Compute(body):X8}\n"));

    private static string Printable(ReadOnlySpan<byte> bytes) =>
        new([.. Encoding.Latin1.GetString(bytes).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '.')]);
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
