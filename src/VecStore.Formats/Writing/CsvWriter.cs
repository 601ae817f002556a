using System.Globalization;
using System.Text;
using System.Text.Json;

namespace VecStore.Formats.Writing;

/// <summary>Writes a table with the columns key (if rows have keys), the fields, and vector, a JSON list of numbers.</summary>
internal sealed class CsvWriter(string path, VectorFileFormat format, WriterOptions options) : VectorWriter(path, options)
{
    private readonly char delimiter = format == VectorFileFormat.Tsv ? '\t' : ',';
    private readonly StringBuilder line = new();
    private bool hasKeys;

    private protected override void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values)
    {
        if (RowCount == 0) WriteHeader(key is not null);
        if (hasKeys != key is not null) throw new ArgumentException("either every row has a key or none", nameof(key));
        line.Clear();
        if (key is not null)
        {
            Append(key);
            line.Append(delimiter);
        }
        for (int i = 0; i < values.Length; i++)
        {
            Append(Text(values[i]));
            line.Append(delimiter);
        }
        bool quoted = format == VectorFileFormat.Csv && row.Length > 1;
        line.Append(quoted ? "\"[" : "[");
        for (int i = 0; i < row.Length; i++)
        {
            if (i > 0) line.Append(',');
            line.Append(row[i].ToString(CultureInfo.InvariantCulture));
        }
        line.Append(quoted ? "]\"\n" : "]\n");
        Flush();
    }

    private protected override void Finish()
    {
        if (RowCount == 0) WriteHeader(withKeys: true);
    }

    private void WriteHeader(bool withKeys)
    {
        hasKeys = withKeys;
        line.Clear();
        if (withKeys) line.Append("key").Append(delimiter);
        foreach (SourceField field in Options.Fields)
        {
            Append(field.Name);
            line.Append(delimiter);
        }
        line.Append("vector\n");
        Flush();
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        IReadOnlyList<string> list => JsonSerializer.Serialize(list, StringListContext.Default.IReadOnlyListString),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // RFC 4180. A tab-separated table knows no quotes, so that it cannot hold tabs and line ends at all.
    private void Append(string field)
    {
        bool special = field.AsSpan().IndexOfAny(delimiter, '\n', '\r') >= 0;
        if (format == VectorFileFormat.Tsv)
        {
            if (special) throw new ArgumentException($"a tab-separated table cannot hold '{field}': it has a tab or a line end", nameof(field));
            line.Append(field);
        }
        else if (special || field.Contains('"', StringComparison.Ordinal) || field.StartsWith(' ') || field.EndsWith(' '))
            line.Append('"').Append(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        else line.Append(field);
    }

    private void Flush()
    {
        foreach (ReadOnlyMemory<char> chunk in line.GetChunks()) Stream.Write(Encoding.UTF8.GetBytes(chunk.ToArray()));
    }
}
