using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace VecStore.Analysis;

/// <summary>The values that facts and cells may have, and how each is written.</summary>
internal static class ResultValue
{
    private static readonly Type[] Simple = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(ulong), typeof(float), typeof(double)];

    public static bool CanShow(Type type) => Simple.Contains(type) || type.IsEnum || (ItemType(type) is { } item && CanShow(item));

    public static bool IsNumber(Type type) => type.IsPrimitive && type != typeof(bool);

    /// <summary>The value as the wider type, or null where it does not fit.</summary>
    public static object? Widen(object value, Type type)
    {
        if (type.IsInstanceOfType(value)) return value;
        return (value, Type.GetTypeCode(type)) switch
        {
            (int number, TypeCode.Int64) => (long)number,
            (int number, TypeCode.Double) => (double)number,
            (long number, TypeCode.Double) => (double)number,
            (float number, TypeCode.Double) => (double)number,
            _ => null,
        };
    }

    /// <summary>For people: four digits after the point, or an exponent where that would say nothing.</summary>
    public static string Text(object? value) => value switch
    {
        null => "-",
        double number => Rounded(number),
        float number => Rounded(number),
        int or long => ((IFormattable)value).ToString("N0", CultureInfo.InvariantCulture),
        bool yes => yes ? "yes" : "no",
        string text => Clean(text),
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(Text)),
        _ => Exact(value),
    };

    /// <summary>With every digit, for programs; null is empty.</summary>
    public static string Exact(object? value) => value switch
    {
        null => "",
        string text => text,
        bool yes => yes ? "true" : "false",
        Enum name => Snake(name),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join("; ", list.Cast<object?>().Select(Exact)),
        _ => value.ToString() ?? "",
    };

    public static void WriteJson(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool yes: writer.WriteBooleanValue(yes); break;
            case int number: writer.WriteNumberValue(number); break;
            case long number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case float or double: writer.WriteNullValue(); break;
            case Enum name: writer.WriteStringValue(Snake(name)); break;
            case IEnumerable<ResultFact> facts:
                writer.WriteStartObject();
                foreach (ResultFact fact in facts) WriteProperty(writer, fact);
                writer.WriteEndObject();
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object? item in list) WriteJson(writer, item);
                writer.WriteEndArray();
                break;
            default: throw new ArgumentException($"a {value.GetType()} cannot be shown", nameof(value));
        }
    }

    public static void WriteProperty(Utf8JsonWriter writer, ResultFact fact)
    {
        writer.WritePropertyName(ResultName.Checked(fact.Name));
        WriteJson(writer, fact.Value);
    }

    private static string Rounded(double number)
    {
        if (!double.IsFinite(number)) return "-";
        double size = Math.Abs(number);
        string format = size == 0 ? "0" : size is >= 1e7 or < 1e-3 ? "0.###e+0" : size >= 1000 ? "N1" : "0.####";
        return number.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>Control characters, which a terminal would obey, become \xHH.</summary>
    private static string Clean(string text)
        => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : c.ToString())) : text;

    private static string Snake(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static Type? ItemType(Type type)
        => type.IsArray ? type.GetElementType() : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;
}
