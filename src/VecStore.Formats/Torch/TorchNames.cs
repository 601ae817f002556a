using System.Text;

namespace VecStore.Formats.Torch;

/// <summary>A name of the list that a pickle may call, and what becomes of its arguments.</summary>
internal sealed record PickledCall(string Name, Func<PickleReader, object?[], object?> Run);

/// <summary>A torch.dtype; null for those that are no vectors' elements (complex, 8-bit floating point, quantised).</summary>
internal sealed record TorchElement(string Name, StoredElement? Element);

/// <summary>A storage class: its elements' type; without one (UntypedStorage) it counts bytes.</summary>
internal sealed record StorageClass(TorchElement? Element);

/// <summary>The names that a PyTorch file may hold. Everything else is refused where it is named, before any argument is looked at.</summary>
internal static class TorchNames
{
    private static readonly Dictionary<string, StoredElement?> Types = new()
    {
        ["float32"] = StoredElement.Float32,
        ["float"] = StoredElement.Float32,
        ["float64"] = StoredElement.Float64,
        ["double"] = StoredElement.Float64,
        ["float16"] = StoredElement.Float16,
        ["half"] = StoredElement.Float16,
        ["bfloat16"] = StoredElement.BFloat16,
        ["uint8"] = StoredElement.UInt8,
        ["int8"] = StoredElement.Int8,
        ["int16"] = StoredElement.Int16,
        ["short"] = StoredElement.Int16,
        ["int32"] = StoredElement.Int32,
        ["int"] = StoredElement.Int32,
        ["int64"] = StoredElement.Int64,
        ["long"] = StoredElement.Int64,
        ["bool"] = StoredElement.Bool,
        ["uint16"] = StoredElement.UInt16,
        ["uint32"] = StoredElement.UInt32,
        ["uint64"] = StoredElement.UInt64,
        ["complex64"] = null,
        ["complex128"] = null,
        ["float8_e4m3fn"] = null,
        ["float8_e5m2"] = null,
        ["float8_e4m3fnuz"] = null,
        ["float8_e5m2fnuz"] = null,
    };

    private static readonly Dictionary<string, StoredElement> Storages = new()
    {
        ["FloatStorage"] = StoredElement.Float32,
        ["DoubleStorage"] = StoredElement.Float64,
        ["HalfStorage"] = StoredElement.Float16,
        ["BFloat16Storage"] = StoredElement.BFloat16,
        ["ByteStorage"] = StoredElement.UInt8,
        ["CharStorage"] = StoredElement.Int8,
        ["ShortStorage"] = StoredElement.Int16,
        ["IntStorage"] = StoredElement.Int32,
        ["LongStorage"] = StoredElement.Int64,
        ["BoolStorage"] = StoredElement.Bool,
    };

    private static readonly Dictionary<string, PickledCall> Calls = new[]
    {
        new PickledCall("collections.OrderedDict", (reader, arguments) => Dictionary(reader, arguments)),
        new PickledCall("builtins.dict", (reader, arguments) => Dictionary(reader, arguments)),
        new PickledCall("builtins.list", (reader, arguments) => new List<object?>(Items(reader, arguments))),
        new PickledCall("builtins.tuple", (reader, arguments) => Items(reader, arguments)),
        new PickledCall("builtins.set", (reader, arguments) => Items(reader, arguments)),
        new PickledCall("builtins.frozenset", (reader, arguments) => Items(reader, arguments)),
        new PickledCall("torch.Size", (reader, arguments) => Items(reader, arguments)),
        new PickledCall("torch.device", (_, arguments) => arguments),
        new PickledCall("_codecs.encode", (reader, arguments) => arguments is [string text, "latin1"] ? Encoding.Latin1.GetBytes(text) : throw reader.Error("bytes in an encoding that is not latin1")),
        new PickledCall("torch._utils._rebuild_tensor", (reader, arguments) => TorchTensor.Rebuild(reader, arguments, 4, null)),
        new PickledCall("torch._utils._rebuild_tensor_v2", (reader, arguments) => TorchTensor.Rebuild(reader, arguments, 6, null)),
        new PickledCall("torch._utils._rebuild_tensor_v3", (reader, arguments) =>
            TorchTensor.Rebuild(reader, arguments, 7, arguments is [_, _, _, _, _, _, TorchElement element, ..] ? element : throw reader.Error("a tensor without its dtype"))),
        new PickledCall("torch._utils._rebuild_parameter", (reader, arguments) =>
            arguments is [TorchTensor tensor, _, _] ? tensor : throw reader.Error("a parameter that is no tensor")),
    }.ToDictionary(call => call.Name);

    public static object Find(PickleReader reader, string module, string name)
    {
        string full = $"{(module == "__builtin__" ? "builtins" : module)}.{name}";
        if (Calls.TryGetValue(full, out PickledCall? call)) return call;
        if (module == "torch" && Types.TryGetValue(name, out StoredElement? element)) return new TorchElement(name, element);
        if (module == "torch" && Storages.TryGetValue(name, out StoredElement stored)) return new StorageClass(new(name, stored));
        if (module == "torch" && name is "ComplexFloatStorage" or "ComplexDoubleStorage") return new StorageClass(new(name, null));
        if (full is "torch.storage.UntypedStorage" or "torch.UntypedStorage" or "torch.storage._UntypedStorage") return new StorageClass(null);
        throw reader.Error($"the pickle names '{Cut(full)}', which is not among the few names that tensors need; refused, nothing of it was run");
    }

    private static PickledDictionary Dictionary(PickleReader reader, object?[] arguments)
    {
        PickledDictionary dictionary = new();
        foreach (object? item in Items(reader, arguments))
        {
            IReadOnlyList<object?> pair = item as IReadOnlyList<object?> ?? [];
            if (pair.Count != 2 || pair[0] is not (string or long or double or bool)) throw reader.Error("a dictionary that is not made of pairs");
            dictionary[pair[0]!] = pair[1];
        }
        return dictionary;
    }

    private static object?[] Items(PickleReader reader, object?[] arguments) => arguments switch
    {
        [] => [],
        [IReadOnlyList<object?> items] => [.. items],
        _ => throw reader.Error("a collection that is not made of a list"),
    };

    private static string Cut(string text) => text.Length > 100 ? text[..100] + "..." : text;
}
