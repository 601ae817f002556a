using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

using VecStore.Formats.Text;

namespace VecStore.Formats.Activations;

/// <summary>The files of a folder of activations, in their order.</summary>
internal static partial class FolderFiles
{
    private static readonly string[] Endings = [".safetensors", ".npy", ".npz", ".pt", ".pth", ".arrow"];

    /// <summary>The parts that state.json names, or all files of the one format that is there, by the numbers in their names.</summary>
    public static string[] Of(string folder, List<string> notes)
    {
        string state = Path.Combine(folder, "state.json");
        if (Directory.Exists(Path.Combine(folder, ".tmp_shards"))) notes.Add("a folder .tmp_shards is there: whoever writes this data set has not finished");
        if (File.Exists(state)) return [.. DataFiles(state).Select(name => Path.Combine(folder, name))];
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant()))];
        string[] endings = [.. files.Select(file => Path.GetExtension(file).ToLowerInvariant()).Distinct()];
        if (endings.Length == 0) throw new VectorFileException(folder, 0, "this is a folder without state.json and without files of activations (.safetensors, .npy, .npz, .pt, .arrow)");
        if (endings.Length > 1) throw new VectorFileException(folder, 0, $"a folder of several formats ({string.Join(", ", endings)}); name one file, or put each format into a folder of its own");
        return [.. files.OrderBy(file => file, Comparer<string>.Create(ByNumbers))];
    }

    // chunk-00000009 before chunk-00000010, 9 before 10, shard 1 before shard 2 whatever their chunks.
    private static int ByNumbers(string left, string right)
    {
        string[] ours = Pieces().Split(Path.GetFileName(left)), theirs = Pieces().Split(Path.GetFileName(right));
        for (int i = 0; i < Math.Min(ours.Length, theirs.Length); i++)
        {
            int order = ulong.TryParse(ours[i], NumberStyles.None, CultureInfo.InvariantCulture, out ulong one) && ulong.TryParse(theirs[i], NumberStyles.None, CultureInfo.InvariantCulture, out ulong other)
                ? one.CompareTo(other) : string.CompareOrdinal(ours[i], theirs[i]);
            if (order != 0) return order;
        }
        return ours.Length != theirs.Length ? ours.Length.CompareTo(theirs.Length) : string.CompareOrdinal(left, right);
    }

    private static List<string> DataFiles(string state)
    {
        const int Longest = 16 << 20;
        if (new FileInfo(state).Length > Longest) throw new VectorFileException(state, 0, $"a state.json of more than {Longest:N0} bytes");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(state));
            List<string> names = [];
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("_data_files", out JsonElement files) && files.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement file in files.EnumerateArray())
                {
                    string? name = file.ValueKind == JsonValueKind.Object && file.TryGetProperty("filename", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                    if (string.IsNullOrEmpty(name) || name.AsSpan().ContainsAny('/', '\\', '\0') || name is "." or "..")
                        throw new VectorFileException(state, 0, $"'{name}' is not a plain file name");
                    names.Add(name);
                }
            }
            return names.Count > 0 ? names : throw new VectorFileException(state, 0, "no _data_files");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new VectorFileException(state, 0, $"not JSON: {JsonReason.Of(error)}", error);
        }
    }

    [GeneratedRegex(@"(\d+)")]
    private static partial Regex Pieces();
}
