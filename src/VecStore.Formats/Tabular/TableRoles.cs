namespace VecStore.Formats.Tabular;

/// <summary>The names by which people call keys and vectors, in the order of trust.</summary>
internal static class TableRoles
{
    private static readonly string[] KeyNames = ["key", "id", "_id", "word", "token", "name"];
    private static readonly string[] VectorNames = ["vector", "embedding", "embeddings", "emb", "vec", "values", "features"];

    public static string? Key(IEnumerable<string> names) => Find(KeyNames, names);

    public static string? Vector(IEnumerable<string> names) => Find(VectorNames, names);

    public static string Listed(IEnumerable<string> names)
    {
        string[] first = [.. names.Take(21)];
        return string.Join(", ", first.Take(20)) + (first.Length > 20 ? ", ..." : "");
    }

    private static string? Find(string[] known, IEnumerable<string> names)
    {
        string[] all = [.. names];
        foreach (string wanted in known)
            if (Array.Find(all, name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is { } found) return found;
        return null;
    }
}
