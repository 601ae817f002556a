using System.Globalization;

namespace VecStore.Analysis;

/// <summary>What keys of rows mean, also of rows that have none: then the number of the row is its key.</summary>
internal static class RowKeys
{
    public static string Of(IRowSource rows, int row) => rows is IKeyedRows keyed ? keyed.KeyOf(row) : row.ToString(CultureInfo.InvariantCulture);

    public static bool TryFind(IRowSource rows, string key, out int row)
    {
        if (rows is IKeyedRows keyed) return keyed.TryFind(key, out row);
        return int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out row) && row < rows.Count;
    }

    /// <summary>The row of a key that must be there.</summary>
    public static int Find(IKeyedRows rows, string key) => rows.TryFind(key, out int row) ? row : throw new KeyNotFoundException($"'{key}' is no key.");

    /// <summary>The row of a key that must be there among the first rows.</summary>
    public static int Find(IKeyedRows rows, string key, int candidates)
        => rows.TryFind(key, out int row) && row < candidates ? row : throw new KeyNotFoundException($"'{key}' is no key of the {candidates} rows asked.");

    /// <summary>The vector of a key that must be there.</summary>
    public static double[] Vector(IKeyedRows rows, string key) => Vector(rows, Find(rows, key));

    public static double[] Vector(IRowSource rows, int row)
    {
        float[] vector = new float[rows.Dimension];
        rows.Read(row, vector);
        return [.. vector.Select(x => (double)x)];
    }

    /// <summary>Finds a key of a list or a file: without the white space around it, as it is written, or else in lower case.</summary>
    public static bool TryFindListed(IKeyedRows rows, string key, out int row)
        => rows.TryFind(key.Trim(), out row) || rows.TryFind(key.Trim().ToLowerInvariant(), out row);

    /// <summary>
    /// The rows of listed pairs, by one rule for all studies: pairs with a key that is not found, pairs of a row with itself (their difference has no direction) and pairs met
    /// before are left out.
    /// </summary>
    public static IReadOnlyList<(int From, int To)> FindPairs(IKeyedRows rows, IReadOnlyList<(string From, string To)> pairs)
    {
        HashSet<(int, int)> seen = [];
        List<(int, int)> found = [];
        foreach ((string from, string to) in pairs)
            if (TryFindListed(rows, from, out int a) && TryFindListed(rows, to, out int b) && a != b && seen.Add((a, b))) found.Add((a, b));
        return found;
    }
}
