using VecStore.Analysis;

namespace VecStore.Cli;

/// <summary>Lists that are given as files of text: keys and pairs of keys. Empty lines and lines that begin with "# " are passed over.</summary>
internal static class TextFiles
{
    /// <summary>Keys, one a line; at least one.</summary>
    public static IReadOnlyList<string> Keys(string path)
    {
        string[] keys = [.. Lines(path).Select(line => line.Text.Trim())];
        return keys.Length > 0 ? keys : throw new MistakeException($"{path} has no key; one a line is needed.");
    }

    /// <summary>Pairs of keys, one a line, parted by a tab, or by blanks where no key has any; or the JSON of relations that <see cref="RelationFile"/> reads.</summary>
    public static IReadOnlyList<(string From, string To)> Pairs(string path)
    {
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return File.Exists(path) ? RelationFile.Read(path) : throw new MistakeException($"There is no file {path}.");
        List<(string From, string To)> pairs = [];
        foreach ((int number, string text) in Lines(path))
        {
            string[] parts = text.Contains('\t', StringComparison.Ordinal)
                ? text.Split('\t', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2) throw new MistakeException($"{path}, line {number}: a pair has two keys, this line has {parts.Length}; keys with blanks are parted by a tab.");
            pairs.Add((parts[0], parts[1]));
        }

        return pairs.Count > 0 ? pairs : throw new MistakeException($"{path} has no pair; two keys a line are needed.");
    }

    private static IEnumerable<(int Number, string Text)> Lines(string path)
    {
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line) && !line.StartsWith("# ", StringComparison.Ordinal)) yield return (number, line);
        }
    }
}
