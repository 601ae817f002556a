using System.Buffers.Binary;

using VecStore.Formats.Bytes;

namespace VecStore.Formats.Detection;

/// <summary>Recognises the vector benchmark formats, which have no magic, by their sizes.</summary>
internal static class BinaryStructure
{
    private const int HeadersChecked = 64;

    public static VectorFileFormat? Detect(ReadOnlySpan<byte> head, ByteSource bytes, string extension)
    {
        if (head.Length < 8) return null;
        int dimension = BinaryPrimitives.ReadInt32LittleEndian(head);
        bool wide = Repeats(bytes, dimension, 4);
        bool narrow = Repeats(bytes, dimension, 1);
        switch (extension)
        {
            case ".FVECS" when wide: return VectorFileFormat.Fvecs;
            case ".IVECS" when wide: return VectorFileFormat.Ivecs;
            case ".BVECS" when narrow: return VectorFileFormat.Bvecs;
        }
        uint rows = BinaryPrimitives.ReadUInt32LittleEndian(head);
        uint width = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        UInt128 elements = (UInt128)rows * width;
        bool whole4 = width is > 0 and <= VectorSource.MaxDimension && elements * 4 + 8 == (UInt128)bytes.Length;
        bool whole1 = width is > 0 and <= VectorSource.MaxDimension && elements + 8 == (UInt128)bytes.Length;
        switch (extension)
        {
            case ".FBIN" when whole4: return VectorFileFormat.Fbin;
            case ".U8BIN" when whole1: return VectorFileFormat.U8bin;
            case ".I8BIN" when whole1: return VectorFileFormat.I8bin;
        }
        // One vector is no evidence: any two small numbers would do.
        if (wide && bytes.Length >= 3L * (4 + 4 * dimension) && !narrow)
            throw Ambiguous(bytes, "vectors with a dimension each", VectorFileFormat.Fvecs, VectorFileFormat.Ivecs);
        if (narrow && bytes.Length >= 3L * (4 + dimension) && !wide) return VectorFileFormat.Bvecs;
        if (whole4 && rows > 1 && extension is "" or ".BIN") return VectorFileFormat.Fbin;
        if (whole1 && rows > 1 && extension is "" or ".BIN")
            throw Ambiguous(bytes, "rows, dimension and one byte per element", VectorFileFormat.U8bin, VectorFileFormat.I8bin);
        return null;
    }

    private static VectorFileException Ambiguous(ByteSource bytes, string found, VectorFileFormat one, VectorFileFormat other) =>
        bytes.Error(0, $"{found}: content cannot tell {one} from {other}; state the format");

    // Whether the file is vectors of `dimension` elements with a header each, judged by the first and the last ones.
    private static bool Repeats(ByteSource bytes, int dimension, int width)
    {
        if (dimension is < 1 or > VectorSource.MaxDimension) return false;
        long stride = 4 + (long)dimension * width;
        if (bytes.Length % stride != 0) return false;
        long vectors = bytes.Length / stride;
        Span<byte> header = stackalloc byte[4];
        for (long i = 0; i < Math.Min(vectors, HeadersChecked); i++)
        {
            bytes.ReadExactly(i * stride, header);
            if (BinaryPrimitives.ReadInt32LittleEndian(header) != dimension) return false;
        }
        bytes.ReadExactly((vectors - 1) * stride, header);
        return BinaryPrimitives.ReadInt32LittleEndian(header) == dimension;
    }
}
