using System.Text.Json;

using VecStore.Formats.Bytes;
using VecStore.Formats.Text;

namespace VecStore.Formats.Safetensors;

/// <summary>The index of a sharded set: {"metadata": .., "weight_map": {tensor: file}}.</summary>
internal static class ShardIndex
{
    private const int LongestIndex = 64 << 20;

    /// <summary>Tensor to file name; each name is of a file beside the index, never a path.</summary>
    public static Dictionary<string, string> Read(ByteSource bytes)
    {
        if (bytes.Length > LongestIndex) throw bytes.Error(0, $"an index of {bytes.Length:N0} bytes; at most {LongestIndex:N0} are read");
        Utf8JsonReader reader = new(bytes.Head(LongestIndex), new JsonReaderOptions { MaxDepth = 16 });
        Dictionary<string, string>? shards = null;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool map = reader.ValueTextEquals("weight_map");
                reader.Read();
                if (!map) reader.Skip();
                else if (shards is null && reader.TokenType == JsonTokenType.StartObject) shards = Map(ref reader);
                else throw new FormatException("weight_map is not one object");
            }
            while (reader.Read()) { }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new VectorFileException(bytes.Name, reader.TokenStartIndex, $"the index cannot be read: {JsonReason.Of(error)}", error);
        }
        return shards is { Count: > 0 } ? shards : throw bytes.Error(0, "an index without tensors (weight_map)");
    }

    private static Dictionary<string, string> Map(ref Utf8JsonReader reader)
    {
        Dictionary<string, string> shards = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string tensor = reader.GetString()!;
            reader.Read();
            string file = reader.GetString() ?? throw new FormatException($"tensor '{tensor}' has no file");
            if (file.Length is 0 or > 255 || file.AsSpan().ContainsAny('/', '\\', '\0') || file is "." or ".." || file.Contains(':', StringComparison.Ordinal))
                throw new FormatException($"tensor '{tensor}' is said to be in '{(file.Length > 60 ? file[..60] : file)}', which is not a plain file name");
            if (!shards.TryAdd(tensor, file)) throw new FormatException($"tensor '{tensor}' is there twice");
        }
        return shards;
    }
}
