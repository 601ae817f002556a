using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>The sections of a segment file; FORMAT.md has their byte tables.</summary>
internal static class SegmentSections
{
    public const string Vectors = "VECS", InverseNorms = "NORM", Scales = "SCAL";
    public const string Keys = "KEYS", KeyOffsets = "KEYO", KeyTable = "HASH";
    public const string Fields = "FLDS", Columns = "COLS";

    /// <summary>Slots of the key table: half as many again as rows, so that a search looks at two or three.</summary>
    public static long KeyTableSlots(int rowCount) => rowCount + (rowCount / 2) + 1;
}

/// <summary>The properties of a segment file: its schema but for the fields, which are a section.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct SegmentProperties
{
    public const int Size = 32;

    [FieldOffset(0)] public int Dimension;
    [FieldOffset(4)] public byte Metric;
    [FieldOffset(5)] public byte ElementType;
    [FieldOffset(6)] public byte KeyKind;
    [FieldOffset(8)] public int RowCount;
    [FieldOffset(12)] public int StrideBytes;
    [FieldOffset(16)] public int FieldCount;
    [FieldOffset(24)] public long KeyTableSlots;
}

/// <summary>One field of a segment, in section FLDS; offsets of its parts are within section COLS, each a multiple of 64.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct FieldEntry
{
    public const int Size = 80;

    [FieldOffset(0)] public uint NameOffset;
    [FieldOffset(4)] public uint NameLength;
    [FieldOffset(8)] public uint Type;
    [FieldOffset(12)] public uint DictionaryCount;
    [FieldOffset(16)] public long PresenceOffset;
    [FieldOffset(24)] public long ValuesOffset;
    [FieldOffset(32)] public long CodesOffset;
    [FieldOffset(40)] public long CodesCount;
    [FieldOffset(48)] public long DictionaryOffset;
    [FieldOffset(56)] public long DictionaryBytesOffset;
    [FieldOffset(64)] public long DictionaryBytesLength;
}

/// <summary>The properties of a deletions file.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
internal struct DeletionsProperties
{
    public const int Size = 8;

    [FieldOffset(0)] public int RowCapacity;
    [FieldOffset(4)] public int DeletedCount;
}
