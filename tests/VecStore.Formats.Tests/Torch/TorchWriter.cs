using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace VecStore.Formats.Tests.Torch;

/// <summary>Files in the layout of torch.save, written opcode by opcode.</summary>
internal sealed class TorchWriter
{
    private readonly List<byte> pickle = [0x80, 2];
    private readonly List<(string Key, byte[] Bytes, long Count)> storages = [];

    public TorchWriter Raw(params byte[] bytes)
    {
        pickle.AddRange(bytes);
        return this;
    }

    public TorchWriter Global(string module, string name) => Raw([(byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n")]);

    public TorchWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text), length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Raw([(byte)'X', .. length, .. utf8]);
    }

    public TorchWriter Integer(long value)
    {
        if (value is >= int.MinValue and <= int.MaxValue)
        {
            byte[] four = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(four, (int)value);
            return Raw([(byte)'J', .. four]);
        }
        byte[] eight = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        return Raw([0x8A, 8, .. eight]);
    }

    public TorchWriter Tuple(params long[] values)
    {
        Raw((byte)'(');
        foreach (long value in values) Integer(value);
        return Raw((byte)'t');
    }

    /// <summary>A dictionary of what <paramref name="items"/> write.</summary>
    public TorchWriter Dictionary(params (string Name, Action<TorchWriter> Write)[] items)
    {
        Raw((byte)'}', (byte)'(');
        foreach ((string name, Action<TorchWriter> write) in items)
        {
            Text(name);
            write(this);
        }
        return Raw((byte)'u');
    }

    /// <summary>A storage of its own and a view on it; row-major from its start unless said otherwise.</summary>
    public TorchWriter Tensor(string storage, byte[] bytes, int width, long[] shape, long[]? strides = null, long offset = 0, string? key = null, string module = "torch", string? dtype = null)
    {
        long count = bytes.Length / width;
        key ??= storages.Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!storages.Exists(known => known.Key == key)) storages.Add((key, bytes, count));
        Global("torch._utils", dtype is null ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3").Raw((byte)'(', (byte)'(').Text("storage").Global(module, storage).Text(key).Text("cpu").Integer(count).Raw((byte)'t', (byte)'Q');
        Integer(offset).Tuple(shape).Tuple(strides ?? RowMajor(shape)).Raw(0x89).Global("collections", "OrderedDict").Raw((byte)')', (byte)'R');
        if (dtype is not null) Global("torch", dtype);
        return Raw((byte)'t', (byte)'R');
    }

    /// <summary>A float32 tensor of its own.</summary>
    public TorchWriter Floats(float[] values, params long[] shape) => Tensor("FloatStorage", System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray(), 4, shape);

    public byte[] Pickle => [.. pickle, (byte)'.'];

    public byte[] Zip(CompressionLevel level = CompressionLevel.NoCompression, string? byteOrder = null)
    {
        using MemoryStream stream = new();
        using (ZipArchive zip = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Write(zip, "archive/data.pkl", Pickle, level);
            if (byteOrder is not null) Write(zip, "archive/byteorder", Encoding.ASCII.GetBytes(byteOrder), level);
            foreach ((string key, byte[] bytes, _) in storages) Write(zip, $"archive/data/{key}", bytes, level);
            Write(zip, "archive/version", "3\n"u8.ToArray(), level);
        }
        return stream.ToArray();
    }

    public byte[] Legacy()
    {
        List<byte> file = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.', 0x80, 2, (byte)'M', 0xE9, 0x03, (byte)'.'];
        file.AddRange(new TorchWriter().Dictionary(("little_endian", writer => writer.Raw(0x88))).Pickle);
        file.AddRange(Pickle);
        TorchWriter keys = new TorchWriter().Raw((byte)']', (byte)'(');
        foreach ((string key, _, _) in storages) keys.Text(key);
        file.AddRange(keys.Raw((byte)'e').Pickle);
        foreach ((_, byte[] bytes, long count) in storages)
        {
            byte[] length = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, count);
            file.AddRange([.. length, .. bytes]);
        }
        return [.. file];
    }

    private static void Write(ZipArchive zip, string name, byte[] bytes, CompressionLevel level)
    {
        using Stream entry = zip.CreateEntry(name, level).Open();
        entry.Write(bytes);
    }

    private static long[] RowMajor(long[] shape)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; stride *= Math.Max(1, shape[axis--])) strides[axis] = stride;
        return strides;
    }
}
