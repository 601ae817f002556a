using System.Text.Encodings.Web;
using System.Text.Json;

namespace VecStore.Formats.Writing;

/// <summary>Writes one object a line: key (if the row has one), the fields that are present, and vector. JSON has no NaN and no infinity.</summary>
internal sealed class JsonLinesWriter : VectorWriter
{
    private readonly Utf8JsonWriter json;

    public JsonLinesWriter(string path, WriterOptions options) : base(path, options)
    {
        if (options.Fields.Any(field => field.Name is "key" or "vector"))
        {
            Dispose();
            throw new ArgumentException("a field may not be named key or vector", nameof(options));
        }
        json = new(Stream, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false });
    }

    private protected override void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values)
    {
        foreach (float value in row)
            if (!float.IsFinite(value)) throw new ArgumentException($"JSON cannot hold {value}", nameof(row));
        json.WriteStartObject();
        if (key is not null) json.WriteString("key", key);
        for (int i = 0; i < values.Length; i++) WriteField(Options.Fields[i].Name, values[i]);
        json.WriteStartArray("vector");
        foreach (float value in row) json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        json.Reset();
        Stream.WriteByte((byte)'\n');
    }

    private protected override void Finish() => json.Dispose();

    private protected override void Close() => json?.Dispose();

    private void WriteField(string name, object? value)
    {
        switch (value)
        {
            case null: break;
            case long number: json.WriteNumber(name, number); break;
            case double number when double.IsFinite(number): json.WriteNumber(name, number); break;
            case bool flag: json.WriteBoolean(name, flag); break;
            case string text: json.WriteString(name, text); break;
            case IReadOnlyList<string> list:
                json.WriteStartArray(name);
                foreach (string item in list) json.WriteStringValue(item);
                json.WriteEndArray();
                break;
            default: throw new ArgumentException($"field '{name}' cannot hold {value}", nameof(value));
        }
    }
}
