using System.Globalization;
using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>
/// A source told so that it is the same next time and another one when the rows it gives may differ: files with length and date, and the options that
/// choose rows, keys and fields. It is what makes an import resumable and idempotent, and what <c>info</c> shows as origin.
/// </summary>
internal static class SourceIdentity
{
    public static string Of(ImportRequest request, VectorSource source)
    {
        var parts = new List<string> { File(request.Source), Names.Formats[source.Format] };
        SourceOptions read = request.Read;
        if (read.KeysPath is { } keys) parts.Add($"keys {File(keys)}");
        if (read.KeyField is { } keyField) parts.Add($"key field {keyField}");
        if (read.VectorField is { } vectorField) parts.Add($"vector field {vectorField}");
        if (read.Tensor is { } tensor) parts.Add($"tensor {tensor}");
        if (read.ColumnsAreVectors) parts.Add("columns are vectors");
        if (read.VectorAxes > 1) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{read.VectorAxes} axes a vector"));
        if (read.TokensPerDocument is { } perDocument) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{perDocument} tokens a document"));
        if (read.TokensPath is { } tokens) parts.Add(string.Create(CultureInfo.InvariantCulture, $"tokens {File(tokens)} without the first {read.TokensSkipped}"));
        if (read.Element is { } element) parts.Add($"dtype {element}");
        if (read.Fields is { } fields) parts.Add($"fields {string.Join(',', fields)}");
        if (request.Shard is { } shard) parts.Add($"shard {shard}");
        if (request.Limit is { } limit) parts.Add(string.Create(CultureInfo.InvariantCulture, $"limit {limit}"));
        if (request.FirstKey != 0) parts.Add(string.Create(CultureInfo.InvariantCulture, $"first key {request.FirstKey}"));
        if (request.SkipInvalid) parts.Add("without invalid rows");
        if (request.Normalize) parts.Add("normalized");
        if (request.Duplicates is { } duplicates) parts.Add($"duplicates {Names.Duplicates[duplicates]}");
        return string.Join("; ", parts);
    }

    // All files of the folder count, each with its name.
    private static string Folder(DirectoryInfo folder)
    {
        FileInfo[] files = [.. folder.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)];
        string listed = string.Join('\n', files.Select(file => string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Length} {file.LastWriteTimeUtc:O}")));
        string hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(listed)))[..16];
        return string.Create(CultureInfo.InvariantCulture, $"{folder.FullName} ({files.Length} files, {files.Sum(file => file.Length)} bytes, {hash})");
    }

    private static string File(string path)
    {
        if (Directory.Exists(path)) return Folder(new DirectoryInfo(path));
        var file = new FileInfo(path);
        return string.Create(CultureInfo.InvariantCulture, $"{file.FullName} ({file.Length} bytes, {file.LastWriteTimeUtc:yyyy-MM-dd HH:mm:ss.fff} UTC)");
    }
}
