using System.Globalization;

namespace VecStore.Explorer;

/// <summary>A metadata field as a colour of every row: categories, the most frequent first, the rest in one; or a scale of numbers.</summary>
/// <param name="Field">The field.</param>
/// <param name="Kind">categories or numbers.</param>
/// <param name="Names">The categories, or the ends of the scale.</param>
/// <param name="Counts">Rows of each category; null for numbers.</param>
/// <param name="Codes">One byte a row: 0 no value; categories from 1; numbers 1 to 255 by rank between the 1st and 99th percentile.</param>
internal sealed record Coloring(string Field, string Kind, string[] Names, int[]? Counts, byte[] Codes)
{
    private const int MostCategories = 20;
    private const int MostDistinct = 4_096;

    public static Coloring Of(Landscape landscape, string field)
    {
        int column = landscape.FieldNamed(field);
        FieldType type = landscape.Snapshot.Schema.Fields[column].Type;
        if (type == FieldType.Double) return Numbers(landscape, field);
        var texts = new string?[landscape.Rows.Count];
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        int row = 0;
        foreach (ScannedRow scanned in landscape.Snapshot.Scan())
        {
            string? text = TextOf(scanned.Fields[field]);
            texts[row++] = text;
            if (text is null) continue;
            counts[text] = counts.GetValueOrDefault(text) + 1;
            if (counts.Count <= MostDistinct) continue;
            if (type == FieldType.Int64) return Numbers(landscape, field);
            throw new ArgumentException($"The field \"{field}\" has more than {MostDistinct:N0} different values: it cannot be shown by colours.");
        }

        if (type == FieldType.Int64 && counts.Count > MostCategories * 2) return Numbers(landscape, field);
        string[] ordered = [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
        string[] shown = [.. ordered.Take(MostCategories)];
        int rest = ordered.Skip(shown.Length).Sum(name => counts[name]);
        var codeOf = shown.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => (byte)(pair.i + 1), StringComparer.Ordinal);
        byte[] codes = [.. texts.Select(text => text is null ? (byte)0 : codeOf.GetValueOrDefault(text, (byte)(shown.Length + 1)))];
        string[] names = rest > 0 ? [.. shown, $"{ordered.Length - shown.Length:N0} others"] : shown;
        int[] sizes = [.. shown.Select(name => counts[name])];
        return new Coloring(field, "categories", names, rest > 0 ? [.. sizes, rest] : sizes, codes);
    }

    private static Coloring Numbers(Landscape landscape, string field)
    {
        float[] values = landscape.AxesOf("field:" + field)[0].Values;
        float[] sorted = [.. values.Where(float.IsFinite).Order()];
        if (sorted.Length == 0) return new Coloring(field, "numbers", ["", ""], null, new byte[values.Length]);
        float low = sorted[sorted.Length / 100], high = sorted[^(1 + (sorted.Length / 100))];
        float scale = high > low ? 254 / (high - low) : 0;
        byte[] codes = [.. values.Select(v => float.IsFinite(v) ? (byte)(1 + Math.Clamp((v - low) * scale, 0, 254)) : (byte)0)];
        return new Coloring(field, "numbers", [Text(low), Text(high)], null, codes);

        static string Text(float value) => value.ToString("G4", CultureInfo.InvariantCulture);
    }

    private static string? TextOf(FieldValue value) => value.Kind == FieldValueKind.Absent ? null : value.ToString();
}
