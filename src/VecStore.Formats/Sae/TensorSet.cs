using VecStore.Formats.Bytes;
using VecStore.Formats.Elements;
using VecStore.Formats.Matrices;
using VecStore.Formats.Numpy;
using VecStore.Formats.Safetensors;
using VecStore.Formats.Torch;

namespace VecStore.Formats.Sae;

/// <summary>A named array of a file; reading gives float32 in row-major order.</summary>
internal sealed record NamedTensor(string Name, long[] Shape, Func<float[]> Read)
{
    public override string ToString() => $"{Name} ({string.Join(", ", Shape)})";
}

/// <summary>All arrays of a safetensors, .npz or PyTorch file, with the numbers and strings that a PyTorch file holds beside them.</summary>
internal sealed class TensorSet : IDisposable
{
    private readonly ByteSource bytes;
    private readonly Dictionary<string, NamedTensor> tensors = [];

    private TensorSet(ByteSource bytes, VectorFileFormat format)
    {
        this.bytes = bytes;
        Format = format;
        switch (format)
        {
            case VectorFileFormat.Safetensors: ReadSafetensors(); break;
            case VectorFileFormat.Npz: ReadNpz(); break;
            case VectorFileFormat.Torch: ReadTorch(); break;
            default: throw bytes.Error(0, $"weights are read from safetensors, .npz and PyTorch files; this is {format}");
        }
    }

    public VectorFileFormat Format { get; }

    public string Path => bytes.Name;

    public IReadOnlyDictionary<string, NamedTensor> Tensors => tensors;

    /// <summary>Numbers, strings and booleans beside the tensors (PyTorch), by their dotted names.</summary>
    public Dictionary<string, object> Values { get; } = [];

    // Takes ownership of the bytes, also when it throws.
    public static TensorSet Open(ByteSource bytes)
    {
        try
        {
            return new(bytes, Detection.FormatDetector.Detect(bytes, new()));
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    public VectorFileException Error(string reason) => bytes.Error(0, reason);

    public string Listed() => string.Join("; ", tensors.Values.Take(40));

    public void Dispose() => bytes.Dispose();

    private void Add(NamedTensor tensor)
    {
        if (!tensors.TryAdd(tensor.Name, tensor)) throw Error($"tensor '{tensor.Name}' is there twice");
    }

    private void ReadSafetensors()
    {
        SafetensorsHeader header = SafetensorsHeader.Read(bytes);
        foreach (Tensor tensor in header.Tensors.Values)
        {
            if (SafetensorsFile.Element(tensor) is not { } element) continue;
            Add(new(tensor.Name, tensor.Shape, () => Whole(new BorrowedMatrixBytes(bytes, header.DataStart + tensor.Begin), tensor.Name, tensor.Shape, element, false)));
        }
    }

    private void ReadNpz()
    {
        foreach (ZipMember member in ZipDirectory.Read(bytes))
        {
            if (!member.Name.EndsWith(".npy", StringComparison.Ordinal)) continue;
            NpyHeader header = NpzFile.Header(bytes, member, new(bytes, member), new());
            string name = member.Name[..^4];
            Add(new(name, header.Shape, () =>
            {
                Int128 needed = header.Shape.Aggregate((Int128)ElementDecoder.Width(header.Element), (size, axis) => size * axis) + header.DataStart;
                if (needed > member.Length) throw bytes.Error(member.HeaderOffset, $"array '{name}' needs {needed:N0} bytes, it has {member.Length:N0}");
                ZipMatrixBytes matrix = new(bytes, member) { MatrixStart = header.DataStart };
                float[] values = Whole(matrix, name, header.Shape, header.Element, header.BigEndian);
                return header.Fortran && header.Shape.Length == 2 ? Transposed(values, (int)header.Shape[1], (int)header.Shape[0])
                    : header.Fortran && header.Shape.Length > 2 ? throw Error($"array '{name}' of {header.Shape.Length} axes in Fortran order") : values;
            }));
        }
    }

    private void ReadTorch()
    {
        TorchFile file = TorchFile.Open(bytes);
        TorchFile.Walk(file.Root, "", 0, (name, value) =>
        {
            if (value is TorchTensor tensor) Add(new(name, tensor.Shape, () => file.ReadAll(tensor)));
            else if (value is long or double or bool or string) Values[name] = value;
        });
    }

    private float[] Whole(MatrixBytes matrix, string name, long[] shape, StoredElement element, bool bigEndian)
    {
        Int128 count = shape.Aggregate((Int128)1, (product, axis) => product * axis);
        if (count > Array.MaxLength) throw Error($"tensor '{name}' ({string.Join(", ", shape)}) has more than {Array.MaxLength:N0} elements, the most that an array holds");
        float[] values = new float[(int)count];
        int width = ElementDecoder.Width(element);
        byte[] buffer = new byte[Math.Min(values.Length, 1 << 18) * width];
        for (int done = 0; done < values.Length;)
        {
            int step = Math.Min(values.Length - done, buffer.Length / width);
            matrix.Read((long)done * width, buffer.AsSpan(0, step * width));
            ElementDecoder.Decode(element, bigEndian, buffer.AsSpan(0, step * width), values.AsSpan(done, step));
            done += step;
        }
        return values;
    }

    /// <summary>A matrix of rows x columns turned into columns x rows, a tile at a time.</summary>
    public static float[] Transposed(float[] values, int rows, int columns)
    {
        const int Tile = 32;
        float[] results = new float[values.Length];
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                for (int row = top; row < Math.Min(rows, top + Tile); row++)
                    for (int column = left; column < Math.Min(columns, left + Tile); column++)
                        results[(long)column * rows + row] = values[(long)row * columns + column];
            }
        }
        return results;
    }
}
