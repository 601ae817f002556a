using VecStore.Formats.Bytes;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Numpy;

/// <summary>Reads one array of an .npz archive.</summary>
internal static class NpzFile
{
    private const int MostArraysListed = 64;

    public static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        List<ZipMember> members = ZipDirectory.Read(bytes);
        if (members.Any(IsTorch)) throw bytes.Error(0, "a PyTorch archive (.pt), not an .npz");
        ZipMember[] arrays = [.. members.Where(member => member.Name.EndsWith(".npy", StringComparison.Ordinal))];
        if (arrays.Length == 0) throw bytes.Error(0, "a ZIP archive without a .npy member");
        (ZipMember chosen, string? note) = Choose(bytes, arrays, options);

        ZipMatrixBytes matrix = new(bytes, chosen);
        NpyHeader header = Header(bytes, chosen, matrix, options);
        MatrixLayout layout = MatrixLayout.From(
            $"{bytes.Name}:{chosen.Name}", 8, header.Shape, header.Element, header.BigEndian, header.Fortran, options);
        if (header.DataStart + layout.Bytes > chosen.Length)
            throw bytes.Error(chosen.HeaderOffset,
                $"'{chosen.Name}' of shape ({string.Join(", ", header.Shape)}) needs {header.DataStart + layout.Bytes:N0} bytes, it has {chosen.Length:N0}");
        matrix.MatrixStart = header.DataStart;
        List<string> notes = note is null ? [] : [note];
        if (header.Shape.Length > 2) notes.Add(NpyFile.Flattened(header.Shape));
        MatrixBytes readable = layout.ByElement && chosen.Deflated ? new SpooledMatrixBytes(matrix, layout.Bytes) : matrix;
        return new MatrixSource(bytes.Name, VectorFileFormat.Npz, readable, layout, options, null, TokenPlaces.Of(layout, options, () => null), notes);
    }

    /// <summary>Whether a member says that its archive was written by torch.save.</summary>
    public static bool IsTorch(ZipMember member) => member.Name == "data.pkl" || member.Name.EndsWith("/data.pkl", StringComparison.Ordinal);

    private static (ZipMember, string?) Choose(ByteSource bytes, ZipMember[] arrays, SourceOptions options)
    {
        if (options.Tensor is { } wanted)
        {
            ZipMember[] named = [.. arrays.Where(member => member.Name == wanted || member.Name == wanted + ".npy")];
            return named.Length switch
            {
                1 => (named[0], null),
                0 => throw bytes.Error(0, $"no array '{wanted}'; it holds {List(bytes, arrays, options)}"),
                _ => throw bytes.Error(0, $"'{wanted}' is there {named.Length} times"),
            };
        }
        if (arrays.Length == 1) return (arrays[0], null);
        if (arrays.Length <= MostArraysListed)
        {
            ZipMember[] matrices = [.. arrays.Where(member => TryHeader(bytes, member, options) is { Shape.Length: >= 2 })];
            if (matrices.Length == 1) return (matrices[0], $"of {arrays.Length} arrays, '{matrices[0].Name}' is the only matrix");
        }
        throw bytes.Error(0, $"{arrays.Length} arrays; state which one: {List(bytes, arrays, options)}");
    }

    private static string List(ByteSource bytes, ZipMember[] arrays, SourceOptions options)
    {
        IEnumerable<string> named = arrays.Take(MostArraysListed).Select(member =>
            Path.GetFileNameWithoutExtension(member.Name) + (TryHeader(bytes, member, options) is { } header
                ? $" ({string.Join(", ", header.Shape)}) {header.Element}" : " (no numbers)"));
        return string.Join("; ", named) + (arrays.Length > MostArraysListed ? "; ..." : "");
    }

    private static NpyHeader? TryHeader(ByteSource bytes, ZipMember member, SourceOptions options)
    {
        try
        {
            return Header(bytes, member, new(bytes, member), options);
        }
        catch (VectorFileException)
        {
            return null;
        }
    }

    public static NpyHeader Header(ByteSource bytes, ZipMember member, ZipMatrixBytes matrix, SourceOptions options)
    {
        byte[] head = new byte[(int)Math.Min(NpyHeader.LongestHeader + 12, member.Length)];
        // Most headers are short: what follows would be inflated for nothing.
        int first = Math.Min(head.Length, 512);
        matrix.ReadMember(0, head.AsSpan(0, first));
        try
        {
            return NpyHeader.Parse($"{bytes.Name}:{member.Name}", 0, head.AsSpan(0, first), options);
        }
        catch (VectorFileException) when (first < head.Length)
        {
            matrix.ReadMember(first, head.AsSpan(first));
            return NpyHeader.Parse($"{bytes.Name}:{member.Name}", 0, head, options);
        }
    }
}
