using System.Text;
using VecStore.Storage;

namespace VecStore;

/// <summary>
/// Evaluates a filter on a segment column by column, 64 rows a word: the rows that pass. Strings are compared once for each distinct string of the
/// segment, not once a row.
/// </summary>
internal static class FilterEvaluation
{
    public static RowSet Evaluate(Filter filter, ISegment segment, int rows) => RowSet.FromWords(Words(filter, segment, rows), rows);

    /// <summary>Refuses a filter that names an unknown field or compares a field with a value of another type.</summary>
    public static void Check(Filter filter, CollectionSchema schema)
    {
        switch (filter)
        {
            case JoinedFilter joined:
                for (int i = 0; i < joined.Parts.Count; i++) Check(joined.Parts[i], schema);
                break;
            case NotFilter not: Check(not.Inner, schema); break;
            case ExistsFilter exists: Fields.Column(schema, exists.Name); break;
            case InFilter list:
                foreach (FieldValue value in list.Values.AsSpan()) CheckValue(schema, list.Name, Comparison.Equal, value);
                break;
            case CompareFilter compare: CheckValue(schema, compare.Name, compare.Comparison, compare.Value); break;
        }
    }

    private static void CheckValue(CollectionSchema schema, string name, Comparison comparison, FieldValue value)
    {
        FieldType type = schema.Fields[Fields.Column(schema, name)].Type;
        bool fits = type switch
        {
            FieldType.Int64 or FieldType.Double => value.Kind is FieldValueKind.Int64 or FieldValueKind.Double && comparison < Comparison.Contains,
            FieldType.Bool => value.Kind == FieldValueKind.Bool && comparison is Comparison.Equal or Comparison.NotEqual,
            FieldType.String => value.Kind == FieldValueKind.String && comparison != Comparison.Contains,
            _ => value.Kind == FieldValueKind.String && comparison == Comparison.Contains,
        };
        if (!fits) throw new ArgumentException($"Field \"{name}\" is of type {type}: it cannot be tested by {new CompareFilter(name, comparison, value)}.", nameof(value));
    }

    private static ulong[] Words(Filter filter, ISegment segment, int rows)
    {
        switch (filter)
        {
            case JoinedFilter joined:
                ulong[] words = Words(joined.Parts[0], segment, rows);
                for (int part = 1; part < joined.Parts.Count; part++)
                {
                    ulong[] next = Words(joined.Parts[part], segment, rows);
                    for (int i = 0; i < words.Length; i++) words[i] = joined.All ? words[i] & next[i] : words[i] | next[i];
                }

                return words;
            case NotFilter not:
                ulong[] inner = Words(not.Inner, segment, rows);
                for (int i = 0; i < inner.Length; i++) inner[i] = ~inner[i];
                return inner;
            case ExistsFilter exists:
                return segment.TryGetColumn(exists.Name, out Column? there) ? there.Presence(rows).ToArray() : new ulong[RowSet.WordsFor(rows)];
            case InFilter list:
                return Test(list.Name, Comparison.Equal, list.Values.AsSpan(), segment, rows);
            default:
                var compare = (CompareFilter)filter;
                return Test(compare.Name, compare.Comparison, [compare.Value], segment, rows);
        }
    }

    // Rows that have the field and for which the comparison holds with any of the values.
    private static ulong[] Test(string name, Comparison comparison, ReadOnlySpan<FieldValue> values, ISegment segment, int rows)
    {
        var words = new ulong[RowSet.WordsFor(rows)];
        if (!segment.TryGetColumn(name, out Column? column)) return words;
        switch (column)
        {
            case Int64Column integers:
                foreach (FieldValue value in values)
                {
                    if (value.Kind == FieldValueKind.Int64) TestNumbers(integers.Values(rows), value.AsInt64(), comparison, words);
                    else TestAgainstDouble(integers.Values(rows), value.AsDouble(), comparison, words);
                }

                break;
            case DoubleColumn numbers:
                foreach (FieldValue value in values) TestNumbers(numbers.Values(rows), value.AsDouble(), comparison, words);
                break;
            case BoolColumn bools:
                ReadOnlySpan<ulong> bits = bools.Values(rows);
                foreach (FieldValue value in values)
                {
                    ulong flip = value.AsBool() == (comparison == Comparison.Equal) ? 0 : ulong.MaxValue;
                    for (int i = 0; i < words.Length; i++) words[i] |= bits[i] ^ flip;
                }

                break;
            case StringColumn strings:
                TestCodes(strings.Codes(rows), Matching(strings.Dictionary, comparison, values), words);
                break;
            case StringListColumn lists:
                bool[] matching = Matching(lists.Dictionary, Comparison.Equal, values);
                ReadOnlySpan<uint> starts = lists.Starts(rows);
                ReadOnlySpan<uint> codes = lists.AllCodes(rows);
                for (int row = 0; row < rows; row++)
                {
                    foreach (uint code in codes[(int)starts[row]..(int)starts[row + 1]])
                    {
                        if (code < matching.Length && matching[code]) words[row >> 6] |= 1UL << (row & 63);
                    }
                }

                break;
        }

        ReadOnlySpan<ulong> present = column.Presence(rows);
        for (int i = 0; i < words.Length; i++) words[i] &= present[i];
        return words;
    }

    private static void TestNumbers<T>(ReadOnlySpan<T> column, T value, Comparison comparison, ulong[] words)
        where T : struct, System.Numerics.IComparisonOperators<T, T, bool>
    {
        switch (comparison)
        {
            case Comparison.Equal: for (int i = 0; i < column.Length; i++) words[i >> 6] |= (column[i] == value ? 1UL : 0) << (i & 63); break;
            case Comparison.NotEqual: for (int i = 0; i < column.Length; i++) words[i >> 6] |= (column[i] != value ? 1UL : 0) << (i & 63); break;
            case Comparison.Less: for (int i = 0; i < column.Length; i++) words[i >> 6] |= (column[i] < value ? 1UL : 0) << (i & 63); break;
            case Comparison.LessOrEqual: for (int i = 0; i < column.Length; i++) words[i >> 6] |= (column[i] <= value ? 1UL : 0) << (i & 63); break;
            case Comparison.Greater: for (int i = 0; i < column.Length; i++) words[i >> 6] |= (column[i] > value ? 1UL : 0) << (i & 63); break;
            default: for (int i = 0; i < column.Length; i++) words[i >> 6] |= (column[i] >= value ? 1UL : 0) << (i & 63); break;
        }
    }

    // An integer column against a fraction: compared as the integer bound that means the same, so that large integers lose no digits.
    private static void TestAgainstDouble(ReadOnlySpan<long> column, double value, Comparison comparison, ulong[] words)
    {
        double floor = Math.Floor(value);
        bool whole = floor == value;
        if (value < -9.2233720368547758e18 || value >= 9.2233720368547758e18)
        {
            bool all = comparison == Comparison.NotEqual || (value < 0 ? comparison is Comparison.Greater or Comparison.GreaterOrEqual : comparison is Comparison.Less or Comparison.LessOrEqual);
            if (all) Array.Fill(words, ulong.MaxValue);
            return;
        }

        if (!whole && comparison is Comparison.Equal) return;
        if (!whole && comparison is Comparison.NotEqual)
        {
            Array.Fill(words, ulong.MaxValue);
            return;
        }

        // x < 2.5 means x <= 2, x >= 2.5 means x > 2.
        Comparison same = whole ? comparison : comparison is Comparison.Less or Comparison.LessOrEqual ? Comparison.LessOrEqual : Comparison.Greater;
        TestNumbers(column, (long)floor, same, words);
    }

    private static void TestCodes(ReadOnlySpan<uint> codes, bool[] matching, ulong[] words)
    {
        for (int row = 0; row < codes.Length; row++)
        {
            uint code = codes[row];
            if (code < (uint)matching.Length && matching[code]) words[row >> 6] |= 1UL << (row & 63);
        }
    }

    // For each code whether its string passes. Code 0 is "absent".
    private static bool[] Matching(StringDictionary dictionary, Comparison comparison, ReadOnlySpan<FieldValue> values)
    {
        var matching = new bool[dictionary.Count + 1];
        foreach (FieldValue value in values)
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(value.AsString());
            if (comparison == Comparison.Equal)
            {
                if (dictionary.TryFind(utf8, out uint code) && code < matching.Length) matching[code] = true;
                continue;
            }

            for (uint code = 1; code < matching.Length; code++)
            {
                ReadOnlySpan<byte> text = dictionary[code];
                int order = comparison == Comparison.StartsWith ? 0 : text.SequenceCompareTo(utf8);
                matching[code] |= comparison switch
                {
                    Comparison.NotEqual => order != 0,
                    Comparison.Less => order < 0,
                    Comparison.LessOrEqual => order <= 0,
                    Comparison.Greater => order > 0,
                    Comparison.GreaterOrEqual => order >= 0,
                    _ => text.StartsWith(utf8),
                };
            }
        }

        return matching;
    }
}
