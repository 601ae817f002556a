using System.Globalization;

namespace VecStore.Formats.Tabular;

/// <summary>Which columns of a table are the vector, the key and metadata.</summary>
/// <param name="HasHeader">Whether the first record names the columns.</param>
/// <param name="Names">The columns' names; c0, c1, .. without a header.</param>
/// <param name="VectorColumns">One column that holds lists, or one per element in their order.</param>
/// <param name="IsList">Whether it is one column of lists.</param>
/// <param name="KeyColumn">The key's column; -1 if there is none.</param>
internal sealed record CsvLayout(bool HasHeader, string[] Names, int[] VectorColumns, bool IsList, int KeyColumn)
{
    /// <summary>From the first two records; <paramref name="second"/> is null if there is only one.</summary>
    public static CsvLayout Find(string file, string[] first, string[]? second, SourceOptions options)
    {
        VectorCell cell = new();
        bool header = IsHeader(first, cell);
        string[] names = header ? first : [.. first.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"c{i}"))];
        string[] sample = header ? second ?? [.. names.Select(_ => "")] : first;
        if (header && sample.Length != names.Length)
            throw new VectorFileException(file, null, 2, $"{sample.Length} fields, the header names {names.Length}");

        int key = FindKey(file, names, header, sample, cell, options);
        (int[] vector, bool list) = FindVector(file, names, header, sample, key, cell, options);
        return new(header, names, vector, list, vector.Contains(key) ? -1 : key);
    }

    // A header has no numbers, or counts the elements: "", 0, 1, 2, as data frames write them.
    private static bool IsHeader(string[] first, VectorCell cell)
    {
        int numbers = first.Count(field => cell.TryNumber(field, out _));
        if (numbers == 0) return !first.Any(field => cell.Count(field) > 1);
        string[] counted = [.. first.Where(field => cell.TryNumber(field, out _))];
        int from = counted[0] == "1" ? 1 : 0;
        return counted.Length >= 2 && !counted.Where((field, i) => field != (from + i).ToString(CultureInfo.InvariantCulture)).Any();
    }

    private static int FindKey(string file, string[] names, bool header, string[] sample, VectorCell cell, SourceOptions options)
    {
        if (options.KeyField is { } stated)
        {
            int at = Array.IndexOf(names, stated);
            return at >= 0 ? at : throw new VectorFileException(file, null, 1, $"no column '{stated}'; the columns are {TableRoles.Listed(names)}");
        }
        if (!header) return Array.FindIndex(sample, field => cell.Count(field) < 0);
        return TableRoles.Key(names) is { } found ? Array.IndexOf(names, found) : names[0].Length == 0 ? 0 : -1;
    }

    private static (int[], bool) FindVector(
        string file, string[] names, bool header, string[] sample, int key, VectorCell cell, SourceOptions options)
    {
        if (options.VectorField is { } stated)
        {
            int at = Array.IndexOf(names, stated);
            if (at >= 0) return ([at], true);
            return Numbered(names).TryGetValue(stated, out int[]? stem) ? (stem, false)
                : throw new VectorFileException(file, null, 1, $"no column '{stated}' nor '{stated}0', ..; the columns are {TableRoles.Listed(names)}");
        }
        if (TableRoles.Vector(names) is { } named && cell.Count(sample[Array.IndexOf(names, named)]) is not -1)
            return ([Array.IndexOf(names, named)], true);
        if (!header)
        {
            int[] numeric = [.. Enumerable.Range(0, names.Length).Where(i => i != key && cell.TryNumber(sample[i], out _))];
            if (numeric.Length >= 2) return (numeric, false);
        }
        int[][] groups = [.. Numbered(names).Values.Where(columns => columns.Length >= 2 && columns.All(i => sample[i].Length == 0 || cell.TryNumber(sample[i], out _)))];
        if (groups.Length > 0 && groups.Count(columns => columns.Length == groups.Max(other => other.Length)) == 1)
            return (groups.MaxBy(columns => columns.Length)!, false);
        int[] lists = [.. Enumerable.Range(0, names.Length).Where(i => i != key && cell.Count(sample[i]) >= 2)];
        if (lists.Length == 1) return (lists, true);
        throw new VectorFileException(file, null, 1, $"no telling which column is the vector; name it. The columns are {TableRoles.Listed(names)}");
    }

    // Columns whose names are a stem and a number, counted without gaps from 0 or 1.
    private static Dictionary<string, int[]> Numbered(string[] names)
    {
        Dictionary<string, SortedDictionary<int, int>> stems = [];
        for (int i = 0; i < names.Length; i++)
        {
            string stem = names[i].TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
            if (stem.Length == names[i].Length || !int.TryParse(names[i].AsSpan(stem.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)) continue;
            if (!stems.TryGetValue(stem, out SortedDictionary<int, int>? columns)) stems[stem] = columns = [];
            columns.TryAdd(number, i);
        }
        return stems
            .Where(stem => stem.Value.Keys.First() is 0 or 1 && stem.Value.Keys.Last() - stem.Value.Keys.First() == stem.Value.Count - 1)
            .ToDictionary(stem => stem.Key, stem => stem.Value.Values.ToArray());
    }
}
