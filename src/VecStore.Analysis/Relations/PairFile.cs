using System.Text.Json;

namespace VecStore.Analysis;

/// <summary>
/// Files of pairs of keys. JSON: a list of objects with "input" and "output" (Todd et al.), or an object with "samples" of "subject" and "object" (Hernandez et al.).
/// Text: a pair a line, the members apart by a tab, or by a comma, or else by white space; empty lines and lines that begin with # are left out.
/// </summary>
public static class PairFile
{
    /// <summary>Reads pairs in the order of the file; white space around keys is taken off.</summary>
    /// <exception cref="InvalidDataException">The file is none of these; the message names file and line.</exception>
    public static IReadOnlyList<(string From, string To)> Read(string path)
    {
        string text = File.ReadAllText(path);
        IReadOnlyList<(string From, string To)> pairs = text.AsSpan().TrimStart() is ['[' or '{', ..] ? OfJson(text, path) : OfText(text, path);
        return pairs.Count > 0 ? pairs : throw new InvalidDataException($"{path} has no pairs");
    }

    private static (string, string)[] OfJson(string text, string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            bool isList = document.RootElement.ValueKind == JsonValueKind.Array;
            (string from, string to) = isList ? ("input", "output") : ("subject", "object");
            JsonElement list = isList ? document.RootElement : document.RootElement.GetProperty("samples");
            return [.. list.EnumerateArray().Select(pair => (pair.GetProperty(from).GetString()!.Trim(), pair.GetProperty(to).GetString()!.Trim()))];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or NullReferenceException)
        {
            throw new InvalidDataException($"{path} is no JSON of pairs: a list of \"input\" and \"output\", or \"samples\" of \"subject\" and \"object\", is needed");
        }
    }

    private static List<(string, string)> OfText(string text, string path)
    {
        List<(string, string)> pairs = [];
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            string[] members = line.Contains('\t', StringComparison.Ordinal) ? line.Split('\t', StringSplitOptions.TrimEntries)
                : line.Contains(',', StringComparison.Ordinal) ? line.Split(',', StringSplitOptions.TrimEntries)
                : line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (members.Length != 2 || members.Contains("")) throw new InvalidDataException($"{path}, line {i + 1}: \"{line}\" is no pair; two keys with a tab, a comma or a blank between are needed");
            pairs.Add((members[0], members[1]));
        }
        return pairs;
    }
}
