using VecStore.Formats.Elements;

namespace VecStore.Formats.Torch;

/// <summary>The elements behind one or several tensors: raw bytes somewhere in the file.</summary>
/// <param name="Key">Its name in the file.</param>
/// <param name="Element">The type of its elements; null for one that counts bytes.</param>
/// <param name="Count">Elements, or bytes where there is no type.</param>
internal sealed record TorchStorage(string Key, TorchElement? Element, long Count);

/// <summary>A view on a storage: sizes and strides in elements, which need not follow each other.</summary>
internal sealed record TorchTensor(TorchStorage Storage, StoredElement Element, long Offset, long[] Shape, long[] Strides)
{
    private const int MostAxes = 32;

    // An expanded tensor repeats one element by stride 0; it may not be made the way to fill the memory.
    private const long MostRepeated = 1 << 20;

    public long Count { get; } = Shape.Aggregate(1L, (count, axis) => checked(count * axis));

    /// <summary>Elements of the storage, in the tensor's own type.</summary>
    public long StorageElements => Storage.Element is null ? Storage.Count / ElementDecoder.Width(Element) : Storage.Count;

    /// <summary>One past the greatest index into the storage.</summary>
    public long End => Count == 0 ? Offset : Offset + Shape.Select((axis, i) => (axis - 1) * Strides[i]).Sum() + 1;

    /// <summary>Whether the elements follow each other in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Strides[axis] != expected) return false;
                expected *= Shape[axis];
            }
            return true;
        }
    }

    /// <summary>Whether it is a matrix whose transpose is contiguous: w.T of a weight.</summary>
    public bool IsTransposed => Shape.Length == 2 && Shape[0] > 1 && Strides[0] == 1 && Strides[1] == Shape[0];

    public override string ToString() => $"({string.Join(", ", Shape)}) {Element}";

    /// <summary>From the arguments of torch._utils._rebuild_tensor*: storage, offset, size, stride, ...</summary>
    public static TorchTensor Rebuild(PickleReader reader, object?[] arguments, int least, TorchElement? stated)
    {
        if (arguments.Length < least || arguments[0] is not TorchStorage storage || arguments[1] is not long offset
            || arguments[2] is not object?[] size || arguments[3] is not object?[] stride)
            throw reader.Error("a tensor that is not made of storage, offset, size and stride");
        TorchElement type = stated ?? storage.Element ?? throw reader.Error("a tensor on an untyped storage without a dtype");
        StoredElement element = type.Element ?? throw reader.Error($"a tensor of {type.Name}, which is not a type that can be read");
        if (size.Length != stride.Length || size.Length > MostAxes) throw reader.Error($"a tensor of {size.Length} sizes and {stride.Length} strides");
        long[] shape = Numbers(reader, size), strides = Numbers(reader, stride);
        Int128 count = 1, last = offset;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            count *= shape[axis];
            last += (Int128)Math.Max(0, shape[axis] - 1) * strides[axis];
            if (count > long.MaxValue / 8 || last > long.MaxValue / 8) throw reader.Error("a tensor with more elements than any file");
        }
        TorchTensor tensor = new(storage, element, offset, shape, strides);
        if (offset < 0 || offset > tensor.StorageElements || (count > 0 && last >= tensor.StorageElements))
            throw reader.Error($"a tensor {tensor} at {offset} with strides ({string.Join(", ", strides)}) runs past its storage of {tensor.StorageElements:N0} elements");
        if (count > Math.Max(MostRepeated, tensor.StorageElements))
            throw reader.Error($"a tensor {tensor} that repeats the {tensor.StorageElements:N0} elements of its storage; save a contiguous copy");
        return tensor;
    }

    private static long[] Numbers(PickleReader reader, object?[] values) =>
        [.. values.Select(value => value is long number and >= 0 ? number : throw reader.Error("a size or stride that is no whole number of at least 0"))];
}
