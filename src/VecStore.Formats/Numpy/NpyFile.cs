using VecStore.Formats.Bytes;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Numpy;

/// <summary>Reads .npy files.</summary>
internal static class NpyFile
{
    public static VectorSource Open(ByteSource bytes, SourceOptions options)
    {
        NpyHeader header = NpyHeader.Parse(bytes.Name, 0, bytes.Head(NpyHeader.LongestHeader + 12), options);
        MatrixLayout layout = MatrixLayout.From(bytes.Name, 8, header.Shape, header.Element, header.BigEndian, header.Fortran, options);
        long end = header.DataStart + layout.Bytes;
        if (end > bytes.Length)
            throw bytes.Error(bytes.Length, $"the file ends here; shape ({string.Join(", ", header.Shape)}) of {header.Element} needs {end:N0} bytes");
        List<string> notes = [];
        if (end < bytes.Length) notes.Add($"{bytes.Length - end:N0} bytes after the array are ignored");
        if (header.Shape.Length > 2) notes.Add(Flattened(header.Shape));
        return new MatrixSource(bytes.Name, VectorFileFormat.Npy, new StoredMatrixBytes(bytes, header.DataStart), layout, options, null,
            TokenPlaces.Of(layout, options, () => null), notes);
    }

    public static string Flattened(long[] shape) =>
        $"shape ({string.Join(", ", shape)}) is read as vectors along its last axis, row by row in the stored order";
}
