using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace VecStore.Storage;

/// <summary>
/// An immutable file of named sections, mapped, with a checksum on every block: the container of segments, graphs and deletions.
/// Opening it verifies the header and the root of the checksums only; the rest is verified when it is first read.
/// </summary>
public sealed unsafe class SectionFile : IDisposable
{
    private readonly IMappedFile _map;
    private readonly BlockVerifier _verifier;
    private readonly Dictionary<string, MappedSection> _sections = [];
    private readonly byte[] _properties;

    private SectionFile(IMappedFile map, string path, FileKind kind, in FileHeader header)
    {
        _map = map;
        Path = path;
        Kind = kind;
        Identity = header.Identity;
        byte* start = map.Base;
        _properties = new ReadOnlySpan<byte>(start + FileHeader.PropertiesOffset, (int)header.PropertiesLength).ToArray();
        _verifier = new BlockVerifier(map, path, kind, header);
        var entries = (SectionEntry*)(start + FileHeader.SectionTableOffset);
        for (int i = 0; i < header.SectionCount; i++)
        {
            SectionEntry entry = entries[i];
            string tag = Encoding.Latin1.GetString((byte*)(entries + i), 4);
            _sections[tag] = new MappedSection(_verifier, tag, start + entry.Offset, entry.Offset - FileHeader.BlockBytes, entry.Length);
        }
    }

    /// <summary>The path it was opened by.</summary>
    public string Path { get; }

    /// <summary>What it holds.</summary>
    public FileKind Kind { get; }

    /// <summary>The number given by its writer: the id of the segment that the file is, or belongs to.</summary>
    public long Identity { get; }

    /// <summary>SHA-256 over the checksums of all blocks: what is the same here has the same content.</summary>
    public byte[] ContentHash() => _verifier.ContentHash();

    /// <summary>Length of the file in bytes.</summary>
    public long Length => _map.Length;

    /// <summary>The properties that its writer gave, up to 1,024 bytes. Verified.</summary>
    public ReadOnlySpan<byte> Properties => _properties;

    /// <summary>The tags of its sections.</summary>
    public IReadOnlyCollection<string> Tags => _sections.Keys;

    /// <summary>The section of that tag; <see cref="StoreCorruptException"/> when there is none.</summary>
    public MappedSection this[string tag] => _sections.TryGetValue(tag, out MappedSection? section)
        ? section
        : throw _verifier.Corrupt(FileHeader.SectionTableOffset, $"a section {tag}", $"only {string.Join(", ", _sections.Keys)}");

    /// <summary>The section of that tag, if the file has one.</summary>
    public bool TryGet(string tag, [NotNullWhen(true)] out MappedSection? section) => _sections.TryGetValue(tag, out section);

    /// <summary>
    /// Maps a file and verifies its header. <see cref="StoreCorruptException"/> when it is damaged or of another kind,
    /// <see cref="FormatVersionException"/> when a newer version wrote it.
    /// </summary>
    public static SectionFile Open(IStoreFiles files, string path, FileKind kind)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("the files of VecStore are read in place and are little-endian");
        IMappedFile map = files.Map(path);
        SectionFile? file = null;
        try
        {
            FileHeader header = ReadHeader(map, path, kind);
            file = new SectionFile(map, path, kind, header);
            file._verifier.VerifyRoot();
            return file;
        }
        catch
        {
            file?._verifier.Dispose();
            map.Dispose();
            throw;
        }
    }

    /// <summary>Reads and verifies every byte of the file again, whatever was verified before; throws at the first damage.</summary>
    public void Verify(CancellationToken cancel = default)
    {
        _ = ReadHeader(_map, Path, Kind);
        _verifier.VerifyAgain(cancel);
    }

    /// <summary>The error for content of this file that its checksums allow but that cannot be.</summary>
    public StoreCorruptException Corrupt(long offset, string expected, string found) => _verifier.Corrupt(offset, expected, found);

    /// <summary>Unmaps the file. Nobody may read its sections any more.</summary>
    public void Dispose()
    {
        _verifier.Dispose();
        _map.Dispose();
    }

    private static FileHeader ReadHeader(IMappedFile map, string path, FileKind kind)
    {
        if (map.Length < FileHeader.BlockBytes)
            throw Damaged(0, $"a header of {FileHeader.BlockBytes} bytes", $"a file of {map.Length} bytes");

        byte* start = map.Base;
        FileHeader header = Unsafe.ReadUnaligned<FileHeader>(start);
        if (header.Magic != FileHeader.MagicNumber)
            throw Damaged(0, "the magic VECSTORE", $"the bytes {Convert.ToHexString(new ReadOnlySpan<byte>(start, 8))}");

        // The place of this checksum never changes, so that a newer version is told from a damaged one.
        uint expected = Unsafe.ReadUnaligned<uint>(start + FileHeader.ChecksumOffset);
        uint found = Crc32C.Compute(start, FileHeader.ChecksumOffset);
        if (found != expected) throw Damaged(FileHeader.ChecksumOffset, $"CRC-32C 0x{expected:X8} of the header", $"0x{found:X8}");
        if (header.FormatVersion > FileHeader.CurrentVersion)
            throw new FormatVersionException(path, (int)header.FormatVersion, (int)FileHeader.CurrentVersion);
        if (header.Kind != (uint)kind) throw Damaged(12, $"a file of kind {kind}", $"kind {(FileKind)header.Kind}");
        if (header.FileLength != map.Length) throw Damaged(16, $"{header.FileLength} bytes", $"a file of {map.Length} bytes");

        // What follows can only fail by a mistake of a writer; it keeps every later pointer inside the map.
        long blocks = (header.DataLength + Checksums.BlockBytes - 1) >> Checksums.BlockShift;
        long roots = (blocks + Checksums.PageEntries - 1) >> Checksums.PageShift;
        if (header.DataLength < 0 || header.DataLength > map.Length || blocks != header.BlockCount || roots != header.RootCount
            || FileHeader.BlockBytes + header.DataLength + (sizeof(uint) * (blocks + roots)) != map.Length
            || header.SectionCount > FileHeader.MaxSections || header.PropertiesLength > FileHeader.MaxProperties)
        {
            throw Damaged(16, "lengths that fit the file", $"data of {header.DataLength} bytes, {header.BlockCount} blocks, {header.SectionCount} sections");
        }
        var entries = (SectionEntry*)(start + FileHeader.SectionTableOffset);
        for (int i = 0; i < header.SectionCount; i++)
        {
            SectionEntry entry = entries[i];
            if (entry.Offset < FileHeader.BlockBytes || entry.Offset % FileHeader.BlockBytes != 0 || entry.Length < 0
                || entry.Length > FileHeader.BlockBytes + header.DataLength - entry.Offset)
            {
                throw Damaged(FileHeader.SectionTableOffset + (i * SectionEntry.Size), "a section within the data",
                    $"{entry.Length} bytes at {entry.Offset}");
            }
        }
        return header;

        StoreCorruptException Damaged(long offset, string expected, string found) => new(path, offset, expected, found, BlockVerifier.Cure(kind));
    }
}
