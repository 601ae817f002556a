using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Metadata fields as analyses take them: as numbers, or as a few groups.</summary>
public static class SnapshotFields
{
    /// <summary>A field as numbers, one for each row: true is 1 and false 0; NaN where a row has no value.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="field">The field.</param>
    /// <param name="selection">Which rows; null means all.</param>
    /// <exception cref="ArgumentException">There is no such field, or it holds text.</exception>
    public static double[] NumbersOf(this Snapshot snapshot, string field, RowSelection? selection = null)
    {
        FieldSchema schema = SchemaOf(snapshot, field);
        if (schema.Type is FieldType.String or FieldType.StringList) throw new ArgumentException($"the field \"{field}\" holds text: numbers, or true and false, are needed", nameof(field));
        return [.. ValuesOf(snapshot, field, selection).Select(value => value.Kind switch
        {
            FieldValueKind.Int64 => value.AsInt64(),
            FieldValueKind.Double => value.AsDouble(),
            FieldValueKind.Bool => value.AsBool() ? 1 : 0,
            _ => double.NaN,
        })];
    }

    /// <summary>
    /// A field as a few groups of rows: its values where there are no more than <paramref name="most"/>; otherwise, of numbers, bands of equal numbers of rows, of text the commonest values
    /// and "(others)". Rows without a value are left out.
    /// </summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="field">The field.</param>
    /// <param name="selection">Which rows; null means all.</param>
    /// <param name="most">Groups at most, from 2.</param>
    /// <exception cref="ArgumentException">There is no such field.</exception>
    public static Labeling GroupsOf(this Snapshot snapshot, string field, RowSelection? selection = null, int most = 8)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        FieldType type = SchemaOf(snapshot, field).Type;
        string provenance = $"field {field} of {snapshot.Collection}";
        bool isNumber = type is FieldType.Int64 or FieldType.Double;
        if (isNumber && Bands(snapshot.NumbersOf(field, selection), provenance, most) is { } bands) return bands;
        string?[] texts = [.. ValuesOf(snapshot, field, selection).Select(value => value.IsAbsent ? null : value.ToString())];
        string[] common = [.. texts.OfType<string>().CountBy(text => text).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
        HashSet<string> kept = [.. common.Length <= most ? common : common[..(most - 1)]];
        return Labeling.OfText([.. texts.Select(text => text is null || kept.Contains(text) ? text : "(others)")], provenance);
    }

    /// <summary>The number of a field in the schema.</summary>
    private static FieldSchema SchemaOf(Snapshot snapshot, string field) => snapshot.Schema.Fields.FirstOrDefault(known => known.Name == field)
        ?? throw new ArgumentException($"the collection {snapshot.Collection} has no field \"{field}\"; it has {string.Join(", ", snapshot.Schema.Fields.Select(known => known.Name).DefaultIfEmpty("none"))}", nameof(field));

    private static IEnumerable<FieldValue> ValuesOf(Snapshot snapshot, string field, RowSelection? selection)
    {
        SnapshotRows rows = new(snapshot, selection);
        int number = snapshot.Schema.Fields.ToList().FindIndex(known => known.Name == field);
        return Enumerable.Range(0, rows.Count).Select(row => rows.ValueOf(row, number));
    }

    // Null where the values themselves are few enough.
    private static Labeling? Bands(double[] numbers, string provenance, int most)
    {
        double[] sorted = [.. numbers.Where(double.IsFinite).Order()];
        if (sorted.Distinct().Take(most + 1).Count() <= most) return null;
        double[] starts = [.. Enumerable.Range(0, most).Select(band => sorted[(int)((long)band * sorted.Length / most)]).Distinct()];
        string[] names = [.. starts.Select((start, band) => string.Create(CultureInfo.InvariantCulture, $"{start:G4} to {(band + 1 < starts.Length ? starts[band + 1] : sorted[^1]):G4}"))];
        for (int band = 0; band < names.Length; band++)
            if (names.Take(band).Contains(names[band])) names[band] += string.Create(CultureInfo.InvariantCulture, $" ({band + 1})");
        return new([.. numbers.Select(number => double.IsFinite(number) ? BandOf(number) : Labeling.LeftOut)], provenance, names);

        int BandOf(double number)
        {
            int at = Array.BinarySearch(starts, number);
            return at >= 0 ? at : ~at - 1;
        }
    }
}
