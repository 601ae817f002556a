using System.Text;
using System.Text.Json;

namespace VecStore.Formats.Tabular;

/// <summary>Lists of strings as JSON text in a cell.</summary>
internal static class StringLists
{
    public static bool TryParse(string text, out string[] items)
    {
        items = [];
        if (text.Length < 2 || text[0] != '[' || text[^1] != ']') return false;
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text), new JsonReaderOptions { MaxDepth = 2 });
            reader.Read();
            if (!TryRead(ref reader, out items)) return false;
            return !reader.Read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Reads the array at which the reader stands; false, somewhere within it, if it holds anything but strings.</summary>
    public static bool TryRead(ref Utf8JsonReader reader, out string[] items)
    {
        List<string> list = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.String) list.Add(reader.GetString()!);
        items = [.. list];
        return reader.TokenType == JsonTokenType.EndArray;
    }
}
