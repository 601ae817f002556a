using System.Buffers.Binary;

using VecStore.Formats.Bytes;
using VecStore.Formats.Numpy;

namespace VecStore.Formats.Detection;

/// <summary>Finds the format of a file: by magic, then by structure, then, where content cannot decide, by its name.</summary>
internal static class FormatDetector
{
    private const int HeadBytes = 256 << 10;

    public static VectorFileFormat Detect(ByteSource bytes, SourceOptions options)
    {
        byte[] head = bytes.Head(HeadBytes);
        if (head.Length == 0) throw bytes.Error(0, "the file is empty");
        string extension = Path.GetExtension(bytes.Name).ToUpperInvariant();
        RefuseOthers(bytes, head);
        if (head.AsSpan().StartsWith(NpyHeader.Magic)) return VectorFileFormat.Npy;
        if (head.AsSpan().StartsWith("PK\u0003\u0004"u8) || head.AsSpan().StartsWith("PK\u0005\u0006"u8)) return IsTorchArchive(bytes) ? VectorFileFormat.Torch : VectorFileFormat.Npz;
        if (head.AsSpan().StartsWith(LegacyTorch)) return VectorFileFormat.Torch;
        if (head.AsSpan().StartsWith("ARROW1"u8) || LooksLikeArrowStream(head)) return VectorFileFormat.Arrow;
        if (LooksLikeSafetensors(head)) return VectorFileFormat.Safetensors;
        if (BinaryStructure.Detect(head, bytes, extension) is { } binary) return binary;
        if (TextStructure.Detect(head, bytes.Length, extension) is { } text) return text;
        return ByName(extension, options) ?? throw bytes.Error(0,
            "neither content nor name tells the format; state one of " + string.Join(", ", Enum.GetNames<VectorFileFormat>()));
    }

    // The length of the JSON header has zeros among its eight bytes; whether it is right is the reader's to say.
    private static bool LooksLikeSafetensors(ReadOnlySpan<byte> head) =>
        head.Length > 9 && head[8] == '{' && head[9] is (byte)'"' or (byte)'}' or (byte)' ' && head[..8].Contains((byte)0);

    // A pickle of protocol 2 whose first value is torch.save's magic number.
    private static ReadOnlySpan<byte> LegacyTorch => [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    // Four bytes of ones, then the length of the schema's message, which is padded to 8.
    private static bool LooksLikeArrowStream(ReadOnlySpan<byte> head) => head.Length > 16 && BinaryPrimitives.ReadUInt32LittleEndian(head) == uint.MaxValue
        && BinaryPrimitives.ReadInt32LittleEndian(head[4..]) is > 0 and < 16 << 20 and var length && length % 8 == 0;

    private static bool IsTorchArchive(ByteSource bytes)
    {
        try
        {
            return ZipDirectory.Read(bytes).Exists(NpzFile.IsTorch);
        }
        catch (VectorFileException)
        {
            return Path.GetExtension(bytes.Name).ToUpperInvariant() is ".PT" or ".PTH"; // the reader then says what is wrong
        }
    }

    private static VectorFileFormat? ByName(string extension, SourceOptions options) => extension switch
    {
        ".NPY" => VectorFileFormat.Npy,
        ".NPZ" => VectorFileFormat.Npz,
        ".PT" or ".PTH" => VectorFileFormat.Torch,
        ".ARROW" => VectorFileFormat.Arrow,
        ".SAFETENSORS" => VectorFileFormat.Safetensors,
        ".FVECS" => VectorFileFormat.Fvecs,
        ".IVECS" => VectorFileFormat.Ivecs,
        ".BVECS" => VectorFileFormat.Bvecs,
        ".FBIN" => VectorFileFormat.Fbin,
        ".U8BIN" => VectorFileFormat.U8bin,
        ".I8BIN" => VectorFileFormat.I8bin,
        ".VEC" => VectorFileFormat.FastTextVec,
        ".CSV" => VectorFileFormat.Csv,
        ".TSV" => VectorFileFormat.Tsv,
        ".JSONL" or ".NDJSON" => VectorFileFormat.JsonLines,
        ".F32" or ".RAW" or ".BYTES" => VectorFileFormat.RawFloat32,
        _ when options.Dimension is not null && extension is ".BIN" or ".DAT" => VectorFileFormat.RawFloat32,
        _ => null,
    };

    private static void RefuseOthers(ByteSource bytes, ReadOnlySpan<byte> head)
    {
        if (head.Length >= 4 && BinaryPrimitives.ReadInt32LittleEndian(head) == 793_712_314)
            throw bytes.Error(0, "a fastText model (.bin), not a table of vectors; export its .vec, or print-word-vectors");
        string? other = head switch
        {
            [0x80, ..] when head.StartsWith(LegacyTorch) => null,
            [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => "a GGUF model",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "a Parquet file",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file",
            [0x1F, 0x8B, ..] => "compressed with gzip; decompress it first",
            [0x80, >= 2 and <= 5, ..] when head.Length > 2 && head[2] is (byte)'c' or (byte)'}' or (byte)']' or (byte)'(' or 0x95 or 0x8A =>
                "a Python pickle, which only running its code could read; never done",
            _ => null,
        };
        if (other is not null) throw bytes.Error(0, $"{other}; this is not a format that can be read as vectors");
    }
}
