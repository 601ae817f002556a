using System.Text.Json;

namespace VecStore.Analysis;

/// <summary>
/// JSON files of relations as the field publishes them: a list of objects with "input" and "output" (Todd et al. 2024), or an object with "samples" of "subject" and "object"
/// (Hernandez et al. 2024).
/// </summary>
public static class RelationFile
{
    /// <summary>Reads pairs in the order of the file; white space around keys is taken off.</summary>
    /// <exception cref="InvalidDataException">The file is neither, or has no pairs.</exception>
    public static IReadOnlyList<(string From, string To)> Read(string path)
    {
        (string From, string To)[] pairs;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
            bool isList = document.RootElement.ValueKind == JsonValueKind.Array;
            (string from, string to) = isList ? ("input", "output") : ("subject", "object");
            JsonElement list = isList ? document.RootElement : document.RootElement.GetProperty("samples");
            pairs = [.. list.EnumerateArray().Select(pair => (pair.GetProperty(from).GetString()!.Trim(), pair.GetProperty(to).GetString()!.Trim()))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidDataException($"{path} is no JSON of pairs: a list of \"input\" and \"output\", or \"samples\" of \"subject\" and \"object\", is needed");
        }
        return pairs.Length > 0 ? pairs : throw new InvalidDataException($"{path} has no pairs");
    }
}
