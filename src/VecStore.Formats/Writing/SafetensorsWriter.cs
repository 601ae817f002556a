using System.Buffers.Binary;
using System.Text;

using VecStore.Formats.Safetensors;

namespace VecStore.Formats.Writing;

/// <summary>Writes the tensor "vectors" and, if rows have keys, the tensors "keys" (UTF-8 bytes, padded to 8) and "key_offsets" (I64, rows + 1).</summary>
internal sealed class SafetensorsWriter : VectorWriter
{
    // Enough for three tensors with 19-digit offsets; the rest is filled with spaces, as the format allows.
    private const int HeaderLength = 512;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ElementEncoder encoder;
    private readonly FileStream keys;
    private readonly FileStream offsets;
    private bool hasKeys;

    public SafetensorsWriter(string path, WriterOptions options) : base(path, Checked(options))
    {
        encoder = new(options.Element, options.Dimension);
        keys = Spool(path + ".keys.partial");
        offsets = Spool(path + ".offsets.partial");
        Stream.Write(new byte[HeaderLength]);
    }

    private protected override void WriteRow(ReadOnlySpan<float> row, string? key, ReadOnlySpan<object?> values)
    {
        if (RowCount == 0) hasKeys = key is not null;
        if (hasKeys != key is not null) throw new ArgumentException("either every row has a key or none", nameof(key));
        if (key is not null)
        {
            WriteOffset();
            keys.Write(Strict.GetBytes(key));
        }
        encoder.Write(row, Stream);
    }

    private protected override void Finish()
    {
        string dtype = Options.Element switch { StoredElement.Float16 => "F16", StoredElement.BFloat16 => "BF16", _ => "F32" };
        long vectorsEnd = Stream.Position - HeaderLength;
        string header = $"\"vectors\":{{\"dtype\":\"{dtype}\",\"shape\":[{RowCount},{Options.Dimension}],\"data_offsets\":[0,{vectorsEnd}]}}";
        if (hasKeys)
        {
            WriteOffset();
            while ((vectorsEnd + keys.Length) % 8 != 0) keys.WriteByte(0);
            long keysEnd = vectorsEnd + keys.Length;
            Append(keys);
            Append(offsets);
            header = $"\"__metadata__\":{{\"{SafetensorsFile.KeysMark}\":\"utf-8\"}},{header}"
                + $",\"keys\":{{\"dtype\":\"U8\",\"shape\":[{keysEnd - vectorsEnd}],\"data_offsets\":[{vectorsEnd},{keysEnd}]}}"
                + $",\"key_offsets\":{{\"dtype\":\"I64\",\"shape\":[{RowCount + 1}],\"data_offsets\":[{keysEnd},{keysEnd + offsets.Length}]}}";
        }
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, HeaderLength - 8);
        Stream.Position = 0;
        Stream.Write(length);
        Stream.Write(Encoding.ASCII.GetBytes($"{{{header}}}".PadRight(HeaderLength - 8)));
    }

    private protected override void Close()
    {
        keys.Dispose();
        offsets.Dispose();
    }

    private void WriteOffset()
    {
        Span<byte> offset = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(offset, keys.Position);
        offsets.Write(offset);
    }

    private void Append(FileStream spooled)
    {
        spooled.Position = 0;
        spooled.CopyTo(Stream);
    }

    private static FileStream Spool(string path) =>
        new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);

    private static WriterOptions Checked(WriterOptions options) =>
        options.Element is StoredElement.Float32 or StoredElement.Float16 or StoredElement.BFloat16
            ? options : throw new ArgumentException($"Safetensors is written as Float32, Float16 or BFloat16, not {options.Element}", nameof(options));
}
