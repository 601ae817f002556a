using System.Data.Common;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace VecStore.Analysis;

/// <summary>
/// Ways to show any result. JSON: one object, the facts as properties in snake case, then each table as an array of objects under its name; numbers that JSON does not
/// know (NaN, infinity) are null. A table is named, or the first one is meant; a result without tables gives its facts as a table of name, value and unit.
/// </summary>
public static class AnalysisResults
{
    private static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>The same result with facts put before its own; one of the same name takes the place of its own.</summary>
    public static IAnalysisResult With(this IAnalysisResult result, params ResultFact[] facts)
        => new AnalysisReport(result.Title, [.. facts, .. result.Facts.Where(own => !facts.Any(fact => fact.Name == own.Name))], result.Tables);

    /// <summary>The result as a JSON document.</summary>
    public static string ToJson(this IAnalysisResult result)
    {
        using MemoryStream stream = new();
        result.WriteJson(stream);
        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>Writes the result as a JSON document in UTF-8.</summary>
    /// <exception cref="ArgumentException">A fact and a table, or two of either, have the same name.</exception>
    public static void WriteJson(this IAnalysisResult result, Stream stream)
    {
        HashSet<string> names = [];
        foreach (string name in result.Facts.Select(fact => fact.Name).Concat(result.Tables.Select(table => table.Name)))
            if (!names.Add(name)) throw new ArgumentException($"the result has two properties {name}", nameof(result));
        using Utf8JsonWriter writer = new(stream, Json);
        writer.WriteStartObject();
        foreach (ResultFact fact in result.Facts) ResultValue.WriteProperty(writer, fact);
        foreach (ResultTable table in result.Tables)
        {
            writer.WriteStartArray(table.Name);
            for (int row = 0; row < table.Count; row++)
            {
                writer.WriteStartObject();
                for (int column = 0; column < table.Columns.Count; column++)
                {
                    writer.WritePropertyName(table.Columns[column].Name);
                    ResultValue.WriteJson(writer, table[row, column]);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes the result as a JSON document.</summary>
    public static void WriteJson(this IAnalysisResult result, TextWriter writer) => writer.Write(result.ToJson());

    /// <summary>Writes the result for people: title, facts, tables.</summary>
    public static void WriteText(this IAnalysisResult result, TextWriter writer)
    {
        writer.WriteLine(result.Title);
        foreach ((string name, string value) in result.FactLines()) writer.WriteLine($"{name}: {value}");
        foreach (ResultTable table in result.Tables)
        {
            writer.WriteLine();
            writer.WriteLine(table.Name);
            table.WriteText(writer);
        }
    }

    /// <summary>Writes one table as CSV.</summary>
    /// <exception cref="KeyNotFoundException">There is no table of that name.</exception>
    public static void WriteCsv(this IAnalysisResult result, TextWriter writer, string? table = null) => TableOf(result, table).WriteCsv(writer);

    /// <summary>Reads one table, or, where none is named, all of them one after the other (<c>NextResult</c>).</summary>
    /// <exception cref="KeyNotFoundException">There is no table of that name.</exception>
    public static DbDataReader CreateReader(this IAnalysisResult result, string? table = null)
        => new ResultReader(table is null && result.Tables.Count > 0 ? result.Tables : [TableOf(result, table)]);

    /// <summary>A value rounded for people: what text output shows.</summary>
    public static string Text(object? value) => ResultValue.Text(value);

    /// <summary>The facts rounded for people: each in a line, those of an object together in one ("observed 0.5, null_mean 0.1, ..."), objects of objects as object.name.</summary>
    public static IEnumerable<(string Name, string Value)> FactLines(this IAnalysisResult result) => result.Facts.SelectMany(fact => Lines("", fact));

    private static IEnumerable<(string Name, string Value)> Lines(string prefix, ResultFact fact)
    {
        string name = prefix + fact.Name;
        if (fact.Value is not IEnumerable<ResultFact> members) return [(name, Text(fact))];
        string own = string.Join(", ", members.Where(member => member.Value is not (null or IEnumerable<ResultFact>)).Select(member => $"{member.Name} {Text(member)}"));
        return [.. own.Length > 0 ? [(name, own)] : Array.Empty<(string, string)>(), .. members.Where(member => member.Value is IEnumerable<ResultFact>).SelectMany(member => Lines(name + ".", member))];
    }

    private static string Text(ResultFact fact)
    {
        const int shown = 6;
        string text = fact.Value is IReadOnlyList<double> { Count: > 2 * shown } vector ? $"{ResultValue.Text(vector.Take(shown).ToArray())}, ... ({ResultValue.Text(vector.Count)} numbers)" : ResultValue.Text(fact.Value);
        return fact.Unit is null ? text : $"{text} {fact.Unit}";
    }

    private static ResultTable TableOf(IAnalysisResult result, string? name)
    {
        if (name is null && result.Tables.Count > 0) return result.Tables[0];
        if (name is not null && name != "facts")
        {
            return result.Tables.FirstOrDefault(table => table.Name == name)
                ?? throw new KeyNotFoundException($"the result has no table {name}; it has {string.Join(", ", result.Tables.Select(table => table.Name).Append("facts"))}");
        }
        ResultTable facts = new("facts", new("name", typeof(string)), new("value", typeof(string)), new("unit", typeof(string)));
        Flatten("", result.Facts);
        return facts;

        void Flatten(string prefix, IEnumerable<ResultFact> values)
        {
            foreach (ResultFact fact in values)
            {
                if (fact.Value is IEnumerable<ResultFact> inner) Flatten(prefix + fact.Name + ".", inner);
                else facts.Add(prefix + fact.Name, fact.Value is null ? null : ResultValue.Exact(fact.Value), fact.Unit);
            }
        }
    }
}
