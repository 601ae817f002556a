using System.Buffers.Binary;
using System.Numerics;
using System.Text;

using VecStore.Formats.Bytes;
using VecStore.Formats.Elements;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Torch;

/// <summary>
/// A file written by torch.save: a ZIP archive (since 1.6), or the older sequence of pickles followed by the storages. Owns the bytes.
/// </summary>
internal sealed class TorchFile : IDisposable
{
    private const int LongestPickle = 64 << 20;
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("119547037146038801333356");

    private readonly ByteSource bytes;
    private readonly Dictionary<string, ZipMember> members = [];
    private readonly Dictionary<string, TorchStorage> storages = [];
    private readonly Dictionary<string, long> legacyStarts = [];
    private readonly bool zipped;

    private TorchFile(ByteSource bytes)
    {
        this.bytes = bytes;
        Span<byte> magic = stackalloc byte[2];
        bytes.ReadExactly(0, magic);
        zipped = magic.SequenceEqual("PK"u8);
        Root = zipped ? ReadArchive() : ReadLegacy();
    }

    public string Path => bytes.Name;

    /// <summary>The saved object.</summary>
    public object? Root { get; }

    /// <summary>Whether elements lie most significant byte first.</summary>
    public bool BigEndian { get; private set; }

    public static TorchFile Open(ByteSource bytes) => new(bytes);

    public VectorFileException Error(string reason) => bytes.Error(0, reason);

    /// <summary>The tensors with their names: keys of nested dictionaries joined by dots, places in lists as numbers. A tensor alone has the name "".</summary>
    public List<(string Name, TorchTensor Tensor)> Tensors()
    {
        List<(string, TorchTensor)> found = [];
        Walk(Root, "", 0, (name, value) =>
        {
            if (value is TorchTensor tensor) found.Add((name, tensor));
        });
        return found;
    }

    /// <summary>Goes through the values that are no dictionaries or lists, a few levels deep.</summary>
    public static void Walk(object? value, string name, int depth, Action<string, object?> visit)
    {
        const int Deepest = 8;
        string prefix = name.Length == 0 ? "" : name + ".";
        switch (value)
        {
            case PickledDictionary dictionary when depth < Deepest:
                foreach ((object key, object? item) in dictionary.Items) Walk(item, prefix + Convert.ToString(key, System.Globalization.CultureInfo.InvariantCulture), depth + 1, visit);
                break;
            case IReadOnlyList<object?> list when depth < Deepest && list.Count < 100_000:
                for (int i = 0; i < list.Count; i++) Walk(list[i], prefix + i.ToString(System.Globalization.CultureInfo.InvariantCulture), depth + 1, visit);
                break;
            default: visit(name, value); break;
        }
    }

    /// <summary>The tensor's elements as float32 in row-major order, whatever its strides.</summary>
    public float[] ReadAll(TorchTensor tensor)
    {
        if (tensor.Count > Array.MaxLength) throw Error($"a tensor {tensor} of more than {Array.MaxLength:N0} elements");
        if (tensor.Count == 0) return [];
        long span = tensor.End - tensor.Offset;
        if (span > Array.MaxLength) throw Error($"a tensor {tensor} spread over more than {Array.MaxLength:N0} elements");
        float[] stored = new float[span];
        Decode(tensor, tensor.Offset, stored);
        if (tensor.IsContiguous) return stored;
        float[] results = new float[tensor.Count];
        long[] index = new long[tensor.Shape.Length];
        long from = 0;
        for (long at = 0; at < results.Length; at++)
        {
            results[at] = stored[from];
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                from += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis]) break;
                from -= tensor.Shape[axis] * tensor.Strides[axis];
                index[axis] = 0;
            }
        }
        return results;
    }

    /// <summary>Decodes consecutive elements of a tensor's storage.</summary>
    public void Decode(TorchTensor tensor, long first, Span<float> results)
    {
        int width = ElementDecoder.Width(tensor.Element);
        byte[] buffer = new byte[Math.Min(results.Length, 1 << 18) * width];
        using MatrixBytes stored = Storage(tensor.Storage, owns: false);
        for (int done = 0; done < results.Length;)
        {
            int step = Math.Min(results.Length - done, buffer.Length / width);
            stored.Read((first + done) * width, buffer.AsSpan(0, step * width));
            ElementDecoder.Decode(tensor.Element, BigEndian, buffer.AsSpan(0, step * width), results.Slice(done, step));
            done += step;
        }
    }

    /// <summary>The raw bytes of a storage.</summary>
    /// <param name="storage">A storage of this file.</param>
    /// <param name="owns">Whether disposing the result closes the file.</param>
    public MatrixBytes Storage(TorchStorage storage, bool owns)
    {
        ByteSource source = owns ? bytes : new BorrowedBytes(bytes);
        return zipped ? new ZipMatrixBytes(source, members[storage.Key]) : new StoredMatrixBytes(source, legacyStarts[storage.Key]);
    }

    public void Dispose() => bytes.Dispose();

    private object? ReadArchive()
    {
        List<ZipMember> directory = ZipDirectory.Read(bytes);
        ZipMember[] pickles = [.. directory.Where(member => member.Name == "data.pkl" || member.Name.EndsWith("/data.pkl", StringComparison.Ordinal))];
        if (pickles.Length != 1) throw bytes.Error(0, $"a ZIP archive with {pickles.Length} members data.pkl; torch.save writes one");
        string archive = pickles[0].Name[..^"data.pkl".Length];
        foreach (ZipMember member in directory)
        {
            if (member.Name == archive + "byteorder") BigEndian = Encoding.ASCII.GetString(Member(member, 16)).Trim() == "big";
            if (!member.Name.StartsWith(archive + "data/", StringComparison.Ordinal)) continue;
            if (member.Deflated) throw bytes.Error(member.HeaderOffset, $"storage '{member.Name}' is compressed; torch.save stores it as it is");
            if (!members.TryAdd(member.Name[(archive.Length + 5)..], member)) throw bytes.Error(member.HeaderOffset, $"storage '{member.Name}' is there twice");
        }
        PickleReader reader = null!;
        reader = new(bytes.Name, ZipDirectory.DataStart(bytes, pickles[0]), Member(pickles[0], LongestPickle)) { Persistent = id => Storage(reader, id) };
        return reader.Read();
    }

    private byte[] Member(ZipMember member, int most)
    {
        if (member.Length > most) throw bytes.Error(member.HeaderOffset, $"'{member.Name}' has {member.Length:N0} bytes; at most {most:N0} are read");
        byte[] whole = new byte[(int)member.Length];
        using ZipMatrixBytes matrix = new(new BorrowedBytes(bytes), member);
        if (whole.Length > 0) matrix.ReadMember(0, whole);
        return whole;
    }

    private TorchStorage Storage(PickleReader reader, object? id)
    {
        if (id is not object?[] { Length: >= 5 } parts || parts[0] is not "storage" || parts[1] is not StorageClass kind || parts[2] is not string key
            || parts[4] is not long count || count < 0)
            throw reader.Error("a persistent id that is not of a storage");
        TorchStorage storage = new(key, kind.Element, count);
        if (storages.TryGetValue(key, out TorchStorage? known))
            return known == storage ? known : throw reader.Error($"storage '{key}' is described in two ways");
        if (zipped)
        {
            if (!members.TryGetValue(key, out ZipMember? member)) throw reader.Error($"storage '{key}' is not in the archive");
            if (member.Length != BytesOf(reader, storage)) throw reader.Error($"storage '{key}' of {count:N0} elements has {member.Length:N0} bytes in the archive");
        }
        else if (parts.Length > 5 && parts[5] is not null) throw reader.Error("a view of a storage as PyTorch before 0.4 wrote it");
        return storages[key] = storage;
    }

    private static Int128 BytesOf(PickleReader reader, TorchStorage storage) => (Int128)storage.Count * (storage.Element is null ? 1
        : ElementDecoder.Width(storage.Element.Element ?? throw reader.Error($"a storage of {storage.Element.Name}, which is not a type that can be read")));

    // Magic, protocol, system, object, keys of the storages; then for each of these its number of elements and its bytes.
    private object? ReadLegacy()
    {
        byte[] head = bytes.Head(LongestPickle);
        int at = 0;
        if (Next(head, ref at, false) is not BigInteger magic || magic != LegacyMagic) throw bytes.Error(0, "a Python pickle that torch.save did not write; it is not read");
        if (Next(head, ref at, false) is not 1001L) throw bytes.Error(at, "not the protocol 1001 of PyTorch before 1.6");
        if (Next(head, ref at, false) is PickledDictionary system && system["little_endian"] is false) BigEndian = true;
        object? root = Next(head, ref at, true);
        if (Next(head, ref at, false) is not List<object?> keys) throw bytes.Error(at, "no list of storages after the object");
        long place = at;
        Span<byte> length = stackalloc byte[8];
        foreach (object? item in keys)
        {
            if (item is not string key || !storages.TryGetValue(key, out TorchStorage? storage)) throw bytes.Error(place, "a storage that the object does not name");
            bytes.ReadExactly(place, length);
            long count = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (count != storage.Count || storage.Element?.Element is not { } element || !legacyStarts.TryAdd(key, place + 8))
                throw bytes.Error(place, $"storage '{key}' has {count:N0} elements here, {storage.Count:N0} in the object");
            Int128 end = place + 8 + ((Int128)count * ElementDecoder.Width(element));
            if (end > bytes.Length) throw bytes.Error(place, $"storage '{key}' of {count:N0} elements runs past the end of the file");
            place = (long)end;
        }
        if (storages.Keys.FirstOrDefault(key => !legacyStarts.ContainsKey(key)) is { } missing) throw bytes.Error(place, $"storage '{missing}' is not in the file");
        return root;
    }

    private object? Next(byte[] head, ref int at, bool withStorages)
    {
        PickleReader reader = null!;
        reader = new(bytes.Name, at, head.AsMemory(at)) { Persistent = withStorages ? id => Storage(reader, id) : null };
        object? value = reader.Read();
        at += reader.Length;
        return value;
    }

    private sealed class BorrowedBytes(ByteSource owner) : ByteSource(owner.Name)
    {
        public override long Length => owner.Length;

        public override int Read(long offset, Span<byte> buffer) => owner.Read(offset, buffer);

        public override void Dispose() { }
    }
}
