using System.Text;
using System.Text.Unicode;

namespace VecStore.Formats.Keys;

/// <summary>Turns the bytes of keys into strings and counts those that are not UTF-8.</summary>
internal sealed class KeyText(InvalidTextPolicy policy)
{
    public long InvalidKeys { get; private set; }

    /// <summary>Null if the bytes are invalid and the policy is to refuse.</summary>
    public string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes) || Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        InvalidKeys++;
        return policy switch
        {
            InvalidTextPolicy.Replace => Encoding.UTF8.GetString(bytes),
            InvalidTextPolicy.Escape => Escape(bytes),
            _ => null,
        };
    }

    public string Describe() => $"{InvalidKeys:N0} keys are not valid UTF-8; their invalid bytes became "
        + (policy == InvalidTextPolicy.Escape ? "\\xHH" : "U+FFFD, so that different words may have become one key");

    private static string Escape(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length + 16);
        while (bytes.Length > 0)
        {
            bool valid = Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done;
            if (valid) text.Append(rune.ToString());
            else
                foreach (byte invalid in bytes[..used]) text.Append("\\x").Append(invalid.ToString("X2", null));
            bytes = bytes[used..];
        }
        return text.ToString();
    }
}
