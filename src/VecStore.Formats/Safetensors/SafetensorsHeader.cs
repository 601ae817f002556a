using System.Buffers.Binary;
using System.Text.Json;

using VecStore.Formats.Bytes;
using VecStore.Formats.Text;

namespace VecStore.Formats.Safetensors;

/// <summary>A tensor of a safetensors file; offsets count from the end of the header.</summary>
internal sealed record Tensor(string Name, string Dtype, long[] Shape, long Begin, long End)
{
    public override string ToString() => $"{Name} ({string.Join(", ", Shape)}) {Dtype}";
}

/// <summary>The header of a safetensors file, checked as the reference implementation checks it (safetensors/src/tensor.rs).</summary>
internal sealed class SafetensorsHeader
{
    private const int LongestHeader = 100_000_000;
    private const int MostAxes = 64;

    public Dictionary<string, Tensor> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>Where the tensors begin in the file.</summary>
    public long DataStart { get; private init; }

    public static SafetensorsHeader Read(ByteSource bytes)
    {
        Span<byte> prefix = stackalloc byte[8];
        bytes.ReadExactly(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader) throw bytes.Error(0, $"the header claims {length:N0} bytes; at most {LongestHeader:N0} are allowed");
        if ((long)length > bytes.Length - 8) throw bytes.Error(0, $"the header claims {length:N0} bytes, the file has {bytes.Length:N0} in all");
        byte[] json = new byte[(int)length];
        bytes.ReadExactly(8, json);
        if (json.Length == 0 || json[0] != '{') throw bytes.Error(8, "the header does not begin with {");
        SafetensorsHeader header = new() { DataStart = 8 + (long)length };
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = 8 });
        try
        {
            header.Parse(ref reader);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException and not VectorFileException)
        {
            throw new VectorFileException(bytes.Name, 8 + reader.TokenStartIndex, $"the header cannot be read: {JsonReason.Of(error)}", error);
        }
        header.CheckLayout(bytes);
        return header;
    }

    /// <summary>Bits per element of each type that the format names; null if it names no such type.</summary>
    public static int? Bits(string dtype) => dtype switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "I16" or "U16" or "F16" or "BF16" => 16,
        "I32" or "U32" or "F32" => 32,
        "C64" or "F64" or "I64" or "U64" => 64,
        _ => null,
    };

    private void Parse(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw new FormatException($"'{Shown(name)}' is not an object");
            if (name == "__metadata__") ParseMetadata(ref reader);
            else if (!Tensors.TryAdd(name, ParseTensor(ref reader, name))) throw new FormatException($"tensor '{Shown(name)}' is there twice");
        }
        while (reader.Read()) { }
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        if (Metadata.Count > 0) throw new FormatException("__metadata__ is there twice");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw new FormatException($"__metadata__ '{Shown(name)}' is not a string");
            if (!Metadata.TryAdd(name, reader.GetString()!)) throw new FormatException($"__metadata__ '{Shown(name)}' is there twice");
        }
    }

    private static Tensor ParseTensor(ref Utf8JsonReader reader, string name)
    {
        string? dtype = null;
        List<long>? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string property = reader.GetString()!;
            reader.Read();
            switch (property)
            {
                case "dtype" when dtype is null: dtype = reader.GetString() ?? throw new FormatException($"tensor '{Shown(name)}' has no dtype"); break;
                case "shape" when shape is null: shape = Integers(ref reader); break;
                case "data_offsets" when offsets is null: offsets = Integers(ref reader); break;
                default: throw new FormatException($"tensor '{Shown(name)}' has an unexpected or second '{Shown(property)}'");
            }
        }
        if (dtype is null || shape is null || offsets is not { Count: 2 })
            throw new FormatException($"tensor '{Shown(name)}' lacks dtype, shape or two data_offsets");
        if (Bits(dtype) is not { } bits) throw new FormatException($"tensor '{Shown(name)}' has dtype '{Shown(dtype)}', which the format does not know");
        UInt128 size = (UInt128)bits;
        foreach (long axis in shape)
        {
            size *= (UInt128)axis;
            if (size > long.MaxValue) throw new FormatException($"tensor '{Shown(name)}' has more elements than any file");
        }
        if (offsets[0] > offsets[1] || size % 8 != 0 || size / 8 != (UInt128)(offsets[1] - offsets[0]))
            throw new FormatException($"tensor '{Shown(name)}' has {size} bits by its shape, offsets {offsets[0]} to {offsets[1]}");
        return new(name, dtype, [.. shape], offsets[0], offsets[1]);
    }

    private static List<long> Integers(ref Utf8JsonReader reader)
    {
        List<long> values = [];
        if (reader.TokenType != JsonTokenType.StartArray) throw new FormatException("expected an array of integers");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long value) || value < 0)
                throw new FormatException("expected an integer of 0 to 2^63 - 1");
            values.Add(value);
            if (values.Count > MostAxes) throw new FormatException($"more than {MostAxes} axes");
        }
        return values;
    }

    // The tensors must cover the rest of the file, without holes or overlap.
    private void CheckLayout(ByteSource bytes)
    {
        long covered = 0;
        foreach (Tensor tensor in Tensors.Values.OrderBy(tensor => tensor.Begin).ThenBy(tensor => tensor.End))
        {
            if (tensor.Begin != covered)
                throw bytes.Error(8, $"tensor '{Shown(tensor.Name)}' begins at {tensor.Begin}, the one before ends at {covered}: a hole or an overlap");
            covered = tensor.End;
        }
        if (covered != bytes.Length - DataStart)
            throw bytes.Error(Math.Min(bytes.Length, DataStart + covered), $"the tensors have {covered:N0} bytes, the file holds {bytes.Length - DataStart:N0} after its header");
    }

    private static string Shown(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
