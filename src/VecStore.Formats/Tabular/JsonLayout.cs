using System.Text.Json;

using VecStore.Formats.Bytes;
using VecStore.Formats.Text;

namespace VecStore.Formats.Tabular;

/// <summary>Which fields of JSON Lines are the vector, the key and metadata, judged by the first lines.</summary>
internal sealed record JsonLayout(string Vector, string? Key, int Dimension, SourceField[] Fields, IReadOnlySet<string> Unfit, IReadOnlyCollection<string>? Wanted)
{
    private const int MostFields = 4096;

    public static JsonLayout Find(ByteSource bytes, SourceOptions options)
    {
        using ByteWindow window = new(bytes);
        window.SkipByteOrderMark();
        Dictionary<string, FieldInference> fields = [];
        Dictionary<string, int> arrays = [];
        HashSet<string> keyable = [];
        for (int rows = 0; rows < FieldInference.SampleRows && window.Position < FieldInference.SampleSize;)
        {
            if (!window.TryTakeLine(JsonLinesSource.LongestLine, out ReadOnlySpan<byte> line)) break;
            if (line.Trim(" \t"u8).IsEmpty) continue;
            try
            {
                See(line, fields, arrays, keyable, first: rows++ == 0);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException and not VectorFileException)
            {
                throw new VectorFileException(bytes.Name, window.LineOffset, window.Line, JsonReason.Of(error), error);
            }
        }
        if (fields.Count == 0) throw bytes.Error(0, "no JSON object with fields on the first lines");
        string vector = FindVector(bytes, fields.Keys, arrays, options);
        string? key = options.KeyField ?? TableRoles.Key(keyable.Where(name => name != vector));
        if (key is not null && !keyable.Contains(key))
            throw bytes.Error(0, $"no field '{key}' of strings or integers in the first object; its fields are {TableRoles.Listed(fields.Keys)}");
        string[] names = [.. fields.Keys.Where(name => name != vector && name != key && options.Fields?.Contains(name) != false)];
        SourceFieldType? Type(string name) => options.FieldTypes.TryGetValue(name, out SourceFieldType stated) ? stated : fields[name].Type;
        return new(vector, key, arrays[vector],
            [.. names.Where(name => Type(name) is not null).Select(name => new SourceField(name, Type(name)!.Value))],
            names.Where(name => Type(name) is null).ToHashSet(), options.Fields);
    }

    /// <summary>A string or an integer as a key; null for anything else.</summary>
    public static string? KeyText(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number when reader.TryGetInt64(out long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => null,
    };

    private static string FindVector(ByteSource bytes, IEnumerable<string> names, Dictionary<string, int> arrays, SourceOptions options)
    {
        string? vector = options.VectorField ?? TableRoles.Vector(arrays.Keys) ?? (arrays.Count == 1 ? arrays.Keys.First() : null);
        if (vector is null) throw bytes.Error(0, $"no telling which field is the vector; name it. The fields are {TableRoles.Listed(names)}");
        return arrays.ContainsKey(vector) ? vector
            : throw bytes.Error(0, $"field '{vector}' is no array of numbers in the first object; its fields are {TableRoles.Listed(names)}");
    }

    private static void See(
        ReadOnlySpan<byte> line, Dictionary<string, FieldInference> fields, Dictionary<string, int> arrays, HashSet<string> keyable, bool first)
    {
        Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = 64 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("the line is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!fields.TryGetValue(name, out FieldInference? seen)) fields[name] = seen = new();
            if (fields.Count > MostFields) throw new FormatException($"more than {MostFields} different fields");
            reader.Read();
            if (first && KeyText(ref reader) is not null) keyable.Add(name);
            switch (reader.TokenType)
            {
                case JsonTokenType.True or JsonTokenType.False: seen.SeeBool(); break;
                case JsonTokenType.Number when reader.TryGetInt64(out _): seen.SeeInt64(); break;
                case JsonTokenType.Number: seen.SeeDouble(); break;
                case JsonTokenType.String: seen.SeeString(); break;
                case JsonTokenType.Null: break;
                case JsonTokenType.StartArray: SeeArray(ref reader, name, seen, arrays, first); break;
                default:
                    seen.SeeUnfit();
                    reader.Skip();
                    break;
            }
        }
    }

    private static void SeeArray(ref Utf8JsonReader reader, string name, FieldInference seen, Dictionary<string, int> arrays, bool first)
    {
        int numbers = 0, strings = 0, others = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.Number) numbers++;
            else if (reader.TokenType == JsonTokenType.String) strings++;
            else
            {
                others++;
                reader.Skip();
            }
        }
        if (first && numbers > 0 && strings + others == 0) arrays[name] = numbers;
        if (numbers + others == 0) seen.SeeList();
        else seen.SeeUnfit();
    }
}
