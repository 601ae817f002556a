using System.Text.Json;

namespace VecStore.Formats.Text;

/// <summary>What is wrong with a JSON text, without the reader's own count of lines, which starts at 0 and at the text it was given.</summary>
internal static class JsonReason
{
    public static string Of(Exception error)
    {
        int end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string reason = end < 0 ? error.Message : error.Message[..end];
        return error is JsonException { BytePositionInLine: { } position } ? $"{reason} (byte {position} of it)" : reason;
    }
}
