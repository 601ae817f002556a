using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Storage;

/// <summary>
/// Writes a <see cref="SectionFile"/> front to back: sections one after the other, checksums as the bytes pass, the header last.
/// Holds a buffer of 2 MiB and four bytes for each 16 KiB written. Disposed without <see cref="Complete"/>, it deletes the file.
/// </summary>
public sealed class SectionFileWriter : IDisposable
{
    /// <summary>
    /// Written at multiples of itself in the file: a Linux file system that keeps large folios (ext4, xfs) then keeps each piece in one huge
    /// page, and the mapping saves address translations: scans and walks ran up to a fifth faster than on a file written in small pieces.
    /// </summary>
    private const int BufferBytes = 2 << 20;

    private readonly IStoreFiles _files;
    private readonly IStoreFile _file;
    private readonly FileKind _kind;
    private readonly long _identity;
    private readonly byte[] _buffer = new byte[FileHeader.BlockBytes + BufferBytes];
    private readonly List<SectionEntry> _sections = [];
    private readonly List<uint> _checksums = [];
    private byte[] _properties;
    private long _written;  // bytes of the data part with their checksums taken: whole blocks, until the end
    private int _carried;   // of these the last ones, which wait in front of the buffer for the next piece
    private int _buffered;  // bytes after them, in the buffer
    private long _sectionStart = -1;
    private bool _completed, _disposed;

    private SectionFileWriter(IStoreFiles files, IStoreFile file, string path, FileKind kind, byte[] properties, long identity)
    {
        _files = files;
        _file = file;
        Path = path;
        _kind = kind;
        _properties = properties;
        _identity = identity;
    }

    /// <summary>The path of the file.</summary>
    public string Path { get; }

    /// <summary>Bytes written to the section that is open.</summary>
    public long Position => _sectionStart < 0 ? 0 : _written + _buffered - _sectionStart;

    /// <summary>Length of the file in bytes, after <see cref="Complete"/>.</summary>
    public long FileLength { get; private set; }

    /// <summary>
    /// Creates the file. <paramref name="identity"/> is the id of the segment that the file is or belongs to: it goes into every checksum,
    /// so that a block of another file is not taken for one of this.
    /// </summary>
    public static SectionFileWriter Create(IStoreFiles files, string path, FileKind kind, ReadOnlySpan<byte> properties, long identity = 0)
    {
        CheckProperties(properties);
        return new SectionFileWriter(files, files.Create(path), path, kind, properties.ToArray(), identity);
    }

    /// <summary>Replaces the properties, for what is only known at the end. At most 1,024 bytes.</summary>
    public void SetProperties(ReadOnlySpan<byte> properties)
    {
        CheckProperties(properties);
        _properties = properties.ToArray();
    }

    /// <summary>Ends the section before and starts one, aligned to 4,096 bytes. The tag has four ASCII characters, once in a file.</summary>
    public void BeginSection(string tag)
    {
        ObjectDisposedException.ThrowIf(_disposed || _completed, this);
        if (tag.Length != 4 || !Ascii.IsValid(tag)) throw new ArgumentException($"a section tag has four ASCII characters, not '{tag}'", nameof(tag));
        uint number = MemoryMarshal.Read<uint>(Encoding.ASCII.GetBytes(tag));
        if (_sections.Exists(section => section.Tag == number)) throw new ArgumentException($"the file has a section {tag} already", nameof(tag));
        if (_sections.Count == FileHeader.MaxSections) throw new InvalidOperationException($"a file has at most {FileHeader.MaxSections} sections");
        EndSection();
        _sectionStart = _written + _buffered;
        _sections.Add(new SectionEntry { Tag = number, Offset = FileHeader.BlockBytes + _sectionStart });
    }

    /// <summary>Appends to the section that is open.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_sectionStart < 0) throw new InvalidOperationException("no section is open");
        Append(bytes);
    }

    /// <summary>Appends the bytes of values that have no padding.</summary>
    public void Write<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        // A span of bytes counts in int: long runs go in pieces.
        const int piece = 1 << 20;
        for (; values.Length > piece; values = values[piece..]) Write(MemoryMarshal.AsBytes(values[..piece]));
        Write(MemoryMarshal.AsBytes(values));
    }

    /// <summary>Reads back bytes that were written to a section of this file: for content that is written once more in another order.</summary>
    /// <param name="tag">A section that was begun.</param>
    /// <param name="offset">From the start of the section.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <exception cref="ArgumentException">There is no such section, or it has fewer bytes.</exception>
    public void ReadBack(string tag, long offset, Span<byte> destination)
    {
        uint number = MemoryMarshal.Read<uint>(Encoding.ASCII.GetBytes(tag));
        int index = _sections.FindIndex(section => section.Tag == number);
        if (index < 0) throw new ArgumentException($"the file has no section {tag}", nameof(tag));
        long length = index == _sections.Count - 1 && _sectionStart >= 0 ? Position : _sections[index].Length;
        if (offset < 0 || offset + destination.Length > length)
            throw new ArgumentException($"{destination.Length} bytes at {offset} of section {tag}, which has {length}", nameof(offset));
        long start = _sections[index].Offset - FileHeader.BlockBytes + offset;
        int inFile = (int)Math.Clamp(_written - _carried - start, 0, destination.Length);
        if (inFile > 0 && _file.Read(FileHeader.BlockBytes + start, destination[..inFile]) != inFile) throw new EndOfStreamException($"{Path} is shorter than what was written to it");
        if (inFile < destination.Length) _buffer.AsSpan(FileHeader.BlockBytes + (int)(start + inFile - _written), destination.Length - inFile).CopyTo(destination[inFile..]);
    }

    /// <summary>Appends zeros until the position in the section is a multiple of <paramref name="alignment"/>.</summary>
    public void Align(int alignment)
    {
        if (_sectionStart < 0) throw new InvalidOperationException("no section is open");
        AppendZeros((int)((alignment - (Position % alignment)) % alignment));
    }

    /// <summary>
    /// Writes what is left and the header, and flushes the file to the disk. The name of the file is durable after a flush of its folder,
    /// which is the caller's.
    /// </summary>
    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_disposed || _completed, this);
        EndSection();
        FlushBuffer(last: true);

        ReadOnlySpan<uint> checksums = CollectionsMarshal.AsSpan(_checksums);
        int pages = (checksums.Length + Checksums.PageEntries - 1) >> Checksums.PageShift;
        uint[] roots = new uint[pages];
        for (int page = 0; page < pages; page++)
        {
            int first = page << Checksums.PageShift;
            ReadOnlySpan<uint> entries = checksums[first..Math.Min(checksums.Length, first + Checksums.PageEntries)];
            roots[page] = Checksums.OfPage(_identity, page, MemoryMarshal.AsBytes(entries));
        }
        long tableOffset = FileHeader.BlockBytes + _written, rootOffset = tableOffset + (sizeof(uint) * (long)checksums.Length);
        _file.Write(tableOffset, MemoryMarshal.AsBytes(checksums));
        _file.Write(rootOffset, MemoryMarshal.AsBytes<uint>(roots));
        FileLength = rootOffset + (sizeof(uint) * (long)pages);
        _file.Write(0, Header(checksums.Length, roots));
        _file.Flush();
        _completed = true;
        Dispose();
    }

    /// <summary>Closes the file, and deletes it unless it was completed.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _file.Dispose();
        if (_completed) return;
        try
        {
            _files.Delete(Path);
        }
        catch (IOException)
        {
            // What went wrong before is what the caller should hear of; nothing names the file that stays.
        }
    }

    private byte[] Header(int blocks, uint[] roots)
    {
        byte[] block = new byte[FileHeader.BlockBytes];
        MemoryMarshal.Write(block, new FileHeader
        {
            Magic = FileHeader.MagicNumber,
            FormatVersion = FileHeader.CurrentVersion,
            Kind = (uint)_kind,
            FileLength = FileLength,
            Identity = _identity,
            SectionCount = (uint)_sections.Count,
            PropertiesLength = (uint)_properties.Length,
            DataLength = _written,
            BlockCount = (uint)blocks,
            RootCount = (uint)roots.Length,
            RootChecksum = Checksums.OfRoot(_identity, MemoryMarshal.AsBytes<uint>(roots)),
        });
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_sections)).CopyTo(block.AsSpan(FileHeader.SectionTableOffset));
        _properties.CopyTo(block, FileHeader.PropertiesOffset);
        MemoryMarshal.Write(block.AsSpan(FileHeader.ChecksumOffset), Crc32C.Compute(block.AsSpan(0, FileHeader.ChecksumOffset)));
        return block;
    }

    private void EndSection()
    {
        if (_sectionStart < 0) return;
        SectionEntry entry = _sections[^1];
        entry.Length = Position;
        _sections[^1] = entry;
        AppendZeros((int)((FileHeader.BlockBytes - (Position % FileHeader.BlockBytes)) % FileHeader.BlockBytes));
        _sectionStart = -1;
    }

    private void AppendZeros(int count)
    {
        Span<byte> zeros = stackalloc byte[512];
        zeros.Clear();
        for (; count > zeros.Length; count -= zeros.Length) Append(zeros);
        Append(zeros[..count]);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int taken = Math.Min(bytes.Length, BufferBytes - _buffered);
            bytes[..taken].CopyTo(_buffer.AsSpan(FileHeader.BlockBytes + _buffered));
            bytes = bytes[taken..];
            _buffered += taken;
            if (_buffered == BufferBytes) FlushBuffer(last: false);
        }
    }

    // Called with a full buffer, and once at the end with what is left. The header before the data shifts it: so much of each piece belongs to the next.
    private void FlushBuffer(bool last)
    {
        Span<byte> data = _buffer.AsSpan(FileHeader.BlockBytes, _buffered);
        for (int offset = 0; offset < data.Length; offset += Checksums.BlockBytes)
            _checksums.Add(Checksums.OfBlock(_identity, _checksums.Count, data[offset..Math.Min(offset + Checksums.BlockBytes, data.Length)]));
        int kept = last ? 0 : FileHeader.BlockBytes;
        Span<byte> piece = _buffer.AsSpan(FileHeader.BlockBytes - _carried, _carried + _buffered - kept);
        if (piece.Length > 0) _file.Write(FileHeader.BlockBytes + _written - _carried, piece);
        data[(_buffered - kept)..].CopyTo(_buffer.AsSpan(FileHeader.BlockBytes - kept));
        _written += _buffered;
        _carried = kept;
        _buffered = 0;
    }

    private static void CheckProperties(ReadOnlySpan<byte> properties)
    {
        if (properties.Length > FileHeader.MaxProperties)
            throw new ArgumentException($"properties of {properties.Length} bytes; at most {FileHeader.MaxProperties} fit", nameof(properties));
    }
}
