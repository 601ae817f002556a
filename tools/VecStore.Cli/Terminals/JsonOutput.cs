using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace VecStore.Cli.Terminals;

/// <summary>Results as one JSON document: property names in snake case, lasting; numbers that JSON does not know (NaN) are null.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteOrNull(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static void Write<T>(Terminal terminal, T result) => terminal.Out.WriteLine(JsonSerializer.Serialize(result, Options));

    /// <summary>A metadata value as JSON has it; null when absent.</summary>
    public static object? Value(FieldValue value) => value.Kind switch
    {
        FieldValueKind.Int64 => value.AsInt64(),
        FieldValueKind.Double => value.AsDouble(),
        FieldValueKind.Bool => value.AsBool(),
        FieldValueKind.String => value.AsString(),
        FieldValueKind.StringList => value.AsStringList(),
        _ => null,
    };

    /// <summary>A key as JSON has it: a number or a string.</summary>
    public static object Key(Key key) => key.Kind == KeyKind.Int64 ? key.Int64 : key.Text;

    private sealed class FiniteOrNull : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}
