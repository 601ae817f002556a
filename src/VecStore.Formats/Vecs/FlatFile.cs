using System.Buffers.Binary;

using VecStore.Formats.Bytes;
using VecStore.Formats.Elements;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Vecs;

/// <summary>Reads .fbin, .u8bin and .i8bin (rows and dimension, then elements) and raw float32 (elements only).</summary>
internal static class FlatFile
{
    private const int BinHeader = 8;

    public static VectorSource OpenBin(ByteSource bytes, VectorFileFormat format, SourceOptions options)
    {
        Span<byte> header = stackalloc byte[BinHeader];
        bytes.ReadExactly(0, header);
        uint rows = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint dimension = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        if (dimension is 0 or > VectorSource.MaxDimension)
            throw bytes.Error(4, $"vectors of {dimension} elements; 1 to {VectorSource.MaxDimension:N0} can be read");
        StoredElement element = format switch
        {
            VectorFileFormat.Fbin => StoredElement.Float32,
            VectorFileFormat.U8bin => StoredElement.UInt8,
            _ => StoredElement.Int8,
        };
        MatrixLayout layout = new(rows, (int)dimension, element, BigEndian: false, ByElement: false);
        if (bytes.Length == BinHeader + layout.Bytes) return Source(bytes, format, BinHeader, layout, options);

        string reason = $"the header says {rows:N0} rows of {dimension} elements, which is {BinHeader + layout.Bytes:N0} bytes; the file has {bytes.Length:N0}";
        if (!options.AllowCropped) throw bytes.Error(0, reason + " (a crop that kept its header can be read if you say that it is one)");
        long there = (bytes.Length - BinHeader) / ((long)dimension * layout.Width);
        return Source(bytes, format, BinHeader, layout with { Rows = Math.Min(rows, there) }, options, "a crop: " + reason);
    }

    public static VectorSource OpenRaw(ByteSource bytes, SourceOptions options)
    {
        if (options.Dimension is not { } dimension)
            throw bytes.Error(0, "raw float32 elements do not say how many make a vector; state the dimension");
        if (dimension is < 1 or > VectorSource.MaxDimension)
            throw bytes.Error(0, $"vectors of {dimension} elements; 1 to {VectorSource.MaxDimension:N0} can be read");
        StoredElement element = options.Element is null or StoredElement.Text ? StoredElement.Float32 : options.Element.Value;
        long stride = (long)dimension * ElementDecoder.Width(element);
        MatrixLayout layout = new(bytes.Length / stride, dimension, element, BigEndian: false, ByElement: false) { RowsPerDocument = options.TokensPerDocument };
        long rest = bytes.Length % stride;
        if (rest == 0) return Source(bytes, VectorFileFormat.RawFloat32, 0, layout, options);
        string reason = $"{bytes.Length:N0} bytes are not a whole number of vectors of {dimension} elements ({stride:N0} bytes each): {rest:N0} are left over";
        return options.AllowCropped
            ? Source(bytes, VectorFileFormat.RawFloat32, 0, layout, options, reason)
            : throw bytes.Error(bytes.Length - rest, reason);
    }

    private static MatrixSource Source(
        ByteSource bytes, VectorFileFormat format, int start, MatrixLayout layout, SourceOptions options, params IEnumerable<string> notes) =>
        new(bytes.Name, format, new StoredMatrixBytes(bytes, start), layout, options, null, TokenPlaces.Of(layout, options, () => null), notes);
}
