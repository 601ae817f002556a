using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>The first bytes of each file of the log; the pages begin at <see cref="LogFormat.HeaderBytes"/>. Little-endian.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct LogFileHeader
{
    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public int Version;
    [FieldOffset(12)] public uint Run;
    [FieldOffset(16)] public uint Segment;
    [FieldOffset(20)] public int PageBytes;
    [FieldOffset(24)] public long SegmentBytes;
    [FieldOffset(32)] public long FirstSequence;
    [FieldOffset(60)] public uint Checksum;
}

/// <summary>
/// What precedes each piece of a record. It names its own place, so that a block that the disk put elsewhere is not taken for what should be there.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct FragmentHeader
{
    [FieldOffset(0)] public uint Magic;
    [FieldOffset(4)] public uint Checksum;
    [FieldOffset(8)] public long Sequence;
    [FieldOffset(16)] public long FlushedSequence;
    [FieldOffset(24)] public long Address;
    [FieldOffset(32)] public uint Run;
    [FieldOffset(36)] public uint Part;
    [FieldOffset(40)] public int Length;
    [FieldOffset(44)] public uint Reserved;
}

/// <summary>Numbers and names of the log's files. The byte tables are in README.md beside this file.</summary>
internal static class LogFormat
{
    public const ulong FileMagic = 0x31474F4C43455656; // "VVECLOG1"
    public const uint FragmentMagic = 0x47415246;      // "FRAG"
    public const int Version = 1;

    /// <summary>Where the pages of FASTER begin in a file: a page of the disk for our header.</summary>
    public const int HeaderBytes = 4096;

    /// <summary>FASTER's own header before each entry: its 64-bit exclusive-or and the length. Written by FASTER, never believed by us.</summary>
    public const int EntryHeaderBytes = 12;

    /// <summary>FASTER's first address; the bytes before it are unused.</summary>
    public const int FirstAddress = 64;

    /// <summary>What a fragment takes beside its payload.</summary>
    public const int FragmentOverhead = EntryHeaderBytes + 48;

    /// <summary>A record goes on to the next page rather than leave so small a piece on this one.</summary>
    public const int SmallestPiece = 256;

    public const uint LastPart = 0x8000_0000;
    public const int RecordBytesMax = 1 << 30;
    public const string Extension = ".log";

    public static string FileName(uint run, uint segment) =>
        string.Create(CultureInfo.InvariantCulture, $"{run:D8}-{segment:D8}{Extension}");

    public static bool TryParseName(string name, out uint run, out uint segment)
    {
        run = segment = 0;
        return name.Length == 17 + Extension.Length && name[8] == '-' && name.EndsWith(Extension, StringComparison.Ordinal)
            && uint.TryParse(name.AsSpan(0, 8), NumberStyles.None, CultureInfo.InvariantCulture, out run)
            && uint.TryParse(name.AsSpan(9, 8), NumberStyles.None, CultureInfo.InvariantCulture, out segment);
    }

    public static string PathOf(string folder, string name) => folder.Length == 0 ? name : $"{folder.TrimEnd('/')}/{name}";

    public static int Aligned(int length) => (length + 3) & ~3;

    /// <summary>Of the header without its last four bytes.</summary>
    public static uint ChecksumOf(ref LogFileHeader header) =>
        Crc32C.Compute(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1))[..60]);

    /// <summary>Of a fragment's header behind the checksum, and its payload.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> fragment) => Crc32C.Compute(fragment[8..]);

    /// <summary>True when a whole, unharmed fragment that belongs here begins at the first byte of <paramref name="entry"/> behind FASTER's header.</summary>
    public static bool TryReadFragment(ReadOnlySpan<byte> entry, uint run, long address, out FragmentHeader header)
    {
        header = default;
        if (entry.Length < FragmentOverhead) return false;
        ReadOnlySpan<byte> fragment = entry[EntryHeaderBytes..];
        header = MemoryMarshal.Read<FragmentHeader>(fragment);
        return header.Magic == FragmentMagic && header.Run == run && header.Address == address && header.Reserved == 0
            && header.Length >= 0 && header.Length <= fragment.Length - Unsafe.SizeOf<FragmentHeader>()
            && header.Checksum == ChecksumOf(fragment[..(Unsafe.SizeOf<FragmentHeader>() + header.Length)]);
    }
}

/// <summary>Sizes of a log. Tests take small ones, so that the rare paths (a new page, a new file) run thousands of times.</summary>
internal sealed record LogGeometry
{
    public static readonly LogGeometry Default = new();

    /// <summary>64 KB pages: FASTER's unit of buffering; no fragment crosses one.</summary>
    public int PageBits { get; init; } = 16;

    /// <summary>16 MB files: the unit in which space is given back.</summary>
    public int SegmentBits { get; init; } = 24;

    /// <summary>A file is reserved in steps of this size, so that most flushes need not change its length.</summary>
    public int GrowthBytes { get; init; } = 1 << 20;

    public int PageBytes => 1 << PageBits;

    public long SegmentBytes => 1L << SegmentBits;

    /// <summary>Sixteen pages are kept in memory: 1 MB.</summary>
    public int MemoryBits => PageBits + 4;
}
