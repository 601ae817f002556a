using VecStore.Formats.Bytes;
using VecStore.Formats.Matrices;
using VecStore.Formats.Numpy;

namespace VecStore.Formats.Safetensors;

/// <summary>Reads one tensor of a safetensors file, or of a sharded set through its index.</summary>
internal static class SafetensorsFile
{
    /// <summary>Says that the tensors "keys" and "key_offsets" hold the rows' keys, as our writer writes them.</summary>
    public const string KeysMark = "vecstore.keys";

    private const int MostListed = 40;

    public static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        Span<byte> first = stackalloc byte[1];
        bytes.ReadExactly(0, first);
        // A header's length of 123 begins with the same byte, but its eight bytes then hold zeros, which no JSON does.
        return first[0] == '{' && !bytes.Head(8).AsSpan().Contains((byte)0) ? OpenIndex(bytes, options) : OpenTensor(bytes, options);
    }

    private static VectorSource OpenIndex(ByteSource index, SourceOptions options)
    {
        Dictionary<string, string> shards = ShardIndex.Read(index);
        string name = options.Tensor ?? (shards.Count == 1 ? shards.Keys.First() : throw index.Error(0,
            $"{shards.Count} tensors; state which one: {Listed(shards.Keys)}"));
        if (!shards.TryGetValue(name, out string? shard)) throw index.Error(0, $"no tensor '{name}'; it holds {Listed(shards.Keys)}");
        string path = Path.Combine(Path.GetDirectoryName(index.Name) ?? "", shard);
        if (!File.Exists(path)) throw index.Error(0, $"tensor '{name}' is in '{shard}', which is not beside the index");
        FileBytes bytes = new(path);
        try
        {
            VectorSource source = OpenTensor(bytes, options with { Tensor = name });
            index.Dispose();
            return source;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static MatrixSource OpenTensor(ByteSource bytes, SourceOptions options)
    {
        SafetensorsHeader header = SafetensorsHeader.Read(bytes);
        Tensor tensor = Choose(bytes, header, options);
        StoredElement element = Element(tensor) ?? throw bytes.Error(8, $"tensor '{tensor.Name}' has dtype {tensor.Dtype}, which cannot be read as vectors");
        MatrixLayout layout = MatrixLayout.From(bytes.Name, 8, tensor.Shape, element, bigEndian: false, fortran: false, options);
        List<string> notes = [];
        if (options.Tensor is null && header.Tensors.Count > 1) notes.Add($"of {header.Tensors.Count} tensors, '{tensor.Name}' is the only matrix");
        if (tensor.Shape.Length > 2) notes.Add(NpyFile.Flattened(tensor.Shape));
        StoredMatrixBytes matrix = new(bytes, header.DataStart + tensor.Begin);
        return new(bytes.Name, VectorFileFormat.Safetensors, matrix, layout, options, KeyTensors.Find(bytes, header, layout),
            TokenPlaces.Of(layout, options, () => Tokens(bytes, header, layout)), notes);
    }

    /// <summary>The type of a tensor's elements; null for one that is no vectors' element.</summary>
    public static StoredElement? Element(Tensor tensor) => tensor.Dtype switch
    {
        "F32" => StoredElement.Float32,
        "F64" => StoredElement.Float64,
        "F16" => StoredElement.Float16,
        "BF16" => StoredElement.BFloat16,
        "I8" => StoredElement.Int8,
        "U8" => StoredElement.UInt8,
        "I16" => StoredElement.Int16,
        "U16" => StoredElement.UInt16,
        "I32" => StoredElement.Int32,
        "U32" => StoredElement.UInt32,
        "I64" => StoredElement.Int64,
        "U64" => StoredElement.UInt64,
        "BOOL" => StoredElement.Bool,
        _ => null,
    };

    // Integers beside the activations, one for each row.
    private static TokenIds? Tokens(ByteSource bytes, SafetensorsHeader header, MatrixLayout layout)
    {
        foreach (Tensor tensor in header.Tensors.Values)
        {
            if (!TokenIds.IsName(tensor.Name) || Element(tensor) is not { } element || !TokenIds.Fits(tensor.Shape, element, layout)) continue;
            return new(tensor.Name, new BorrowedMatrixBytes(bytes, header.DataStart + tensor.Begin), element, bigEndian: false, tensor.Shape[^1]);
        }
        return null;
    }

    private static Tensor Choose(ByteSource bytes, SafetensorsHeader header, SourceOptions options)
    {
        if (options.Tensor is { } name)
            return header.Tensors.GetValueOrDefault(name) ?? throw bytes.Error(8, $"no tensor '{name}'; it holds {Listed(header.Tensors.Values)}");
        if (header.Tensors.Count == 1) return header.Tensors.Values.First();
        Tensor[] matrices = [.. header.Tensors.Values.Where(tensor => tensor.Shape.Length >= 2 && !TokenIds.IsName(tensor.Name))];
        if (matrices.Length == 1) return matrices[0];
        throw bytes.Error(8, header.Tensors.Count == 0 ? "no tensors" : $"{header.Tensors.Count} tensors; state which one: {Listed(header.Tensors.Values)}");
    }

    private static string Listed<T>(IReadOnlyCollection<T> items) =>
        string.Join("; ", items.Take(MostListed)) + (items.Count > MostListed ? "; ..." : "");
}
