using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>What an immutable file of a store holds.</summary>
public enum FileKind
{
    /// <summary>Rows: vectors, keys and metadata.</summary>
    Segment = 1,

    /// <summary>A search graph over the rows of one segment. Derived: can be built again from the segment.</summary>
    Graph = 2,

    /// <summary>Which rows of one segment are deleted.</summary>
    Deletions = 3,

    /// <summary>Sparse activations of features on tokens.</summary>
    Firings = 4,

    /// <summary>Statistics of a collection or of an attachment: counts, partials. Derived.</summary>
    Statistics = 5,

    /// <summary>Weights of a model beside a collection, such as the encoder of a sparse autoencoder whose decoder rows the collection holds.</summary>
    Weights = 6,
}

/// <summary>The start of every immutable file; the byte table with the meaning of each field is in FORMAT.md.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct FileHeader
{
    public const int Size = 128;
    public const int BlockBytes = 4096;          // the header block: header, section table, properties, checksum
    public const int ChecksumOffset = 4092;
    public const int SectionTableOffset = Size, MaxSections = 64;
    public const int PropertiesOffset = SectionTableOffset + (MaxSections * SectionEntry.Size), MaxProperties = 1024;
    public const uint CurrentVersion = 1;
    public const ulong MagicNumber = 0x45524F5453434556; // "VECSTORE"

    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint FormatVersion;
    [FieldOffset(12)] public uint Kind;
    [FieldOffset(16)] public long FileLength;
    [FieldOffset(24)] public long Identity;
    [FieldOffset(32)] public uint SectionCount;
    [FieldOffset(36)] public uint PropertiesLength;
    [FieldOffset(40)] public long DataLength;
    [FieldOffset(48)] public uint BlockCount;
    [FieldOffset(52)] public uint RootCount;
    [FieldOffset(56)] public uint RootChecksum;
}

/// <summary>One section of a file; the table of them follows the header.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct SectionEntry
{
    public const int Size = 32;

    [FieldOffset(0)] public uint Tag;
    [FieldOffset(8)] public long Offset;
    [FieldOffset(16)] public long Length;
}

/// <summary>The geometry of the checksums: blocks of the data, pages of the table of their checksums, the root over the pages.</summary>
internal static class Checksums
{
    public const int BlockShift = 14, BlockBytes = 1 << BlockShift;
    public const int PageShift = 10, PageEntries = 1 << PageShift; // checksums per page of the table: 4 KiB
    private const uint PageMark = 0x8000_0000, RootMark = 0xC000_0000;

    // The number of the block and the identity of the file go into the seed: a block that lies where another belongs is found.
    public static uint OfBlock(long identity, long block, ReadOnlySpan<byte> bytes) => Crc32C.Compute(bytes, Seed(identity) ^ (uint)block);

    public static uint OfPage(long identity, long page, ReadOnlySpan<byte> bytes) => Crc32C.Compute(bytes, Seed(identity) ^ PageMark ^ (uint)page);

    public static uint OfRoot(long identity, ReadOnlySpan<byte> bytes) => Crc32C.Compute(bytes, Seed(identity) ^ RootMark);

    private static uint Seed(long identity) => ((uint)identity * 0x9E3779B1) ^ ((uint)(identity >> 32) * 0x85EBCA77);
}
