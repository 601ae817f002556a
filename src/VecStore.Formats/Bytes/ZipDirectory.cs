using System.Buffers.Binary;
using System.Text;

namespace VecStore.Formats.Bytes;

/// <summary>A member of a ZIP archive as the central directory describes it.</summary>
internal sealed record ZipMember(string Name, bool Deflated, uint Crc, long StoredLength, long Length, long HeaderOffset);

/// <summary>The central directory of a ZIP archive, with ZIP64 (APPNOTE.TXT 6.3.10). Nothing is believed that the file's length contradicts.</summary>
internal static class ZipDirectory
{
    private const int EndLength = 22;
    private const int LongestDirectory = 64 << 20;
    private const int EntryLength = 46;
    private const int LocalLength = 30;

    // A deflated byte gives at most 1,032: 258 bytes for two bits.
    private const int MostInflation = 1032;

    public static List<ZipMember> Read(ByteSource bytes)
    {
        (long start, long length, long end) = FindDirectory(bytes);
        if (start < 0 || length < 0 || start > end || length > end - start)
            throw bytes.Error(end, "the ZIP directory does not lie within the file");
        if (length > LongestDirectory) throw bytes.Error(start, $"the ZIP directory has {length:N0} bytes; at most {LongestDirectory:N0} are read");
        byte[] directory = new byte[(int)length];
        bytes.ReadExactly(start, directory);
        List<ZipMember> members = [];
        for (int at = 0; at < directory.Length;)
        {
            ReadOnlySpan<byte> entry = directory.AsSpan(at);
            if (entry.Length < EntryLength || UInt32(entry, 0) != 0x02014B50) throw bytes.Error(start + at, "not an entry of a ZIP directory");
            int nameLength = UInt16(entry, 28);
            int extraLength = UInt16(entry, 30);
            int whole = EntryLength + nameLength + extraLength + UInt16(entry, 32);
            if (entry.Length < whole) throw bytes.Error(start + at, "the ZIP directory is cut off");
            string name = Encoding.UTF8.GetString(entry.Slice(EntryLength, nameLength));
            members.Add(Member(bytes, start + at, name, entry, entry.Slice(EntryLength + nameLength, extraLength), end));
            at += whole;
        }
        return members;
    }

    /// <summary>Where the member's bytes begin, after its local header.</summary>
    public static long DataStart(ByteSource bytes, ZipMember member)
    {
        Span<byte> local = stackalloc byte[LocalLength];
        bytes.ReadExactly(member.HeaderOffset, local);
        if (UInt32(local, 0) != 0x04034B50) throw bytes.Error(member.HeaderOffset, $"no local header of ZIP member '{member.Name}' here");
        long start = member.HeaderOffset + LocalLength + UInt16(local, 26) + UInt16(local, 28);
        if (start + member.StoredLength > bytes.Length)
            throw bytes.Error(start, $"ZIP member '{member.Name}' of {member.StoredLength:N0} bytes runs past the end of the file");
        return start;
    }

    private static ZipMember Member(ByteSource bytes, long at, string name, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra, long end)
    {
        int flags = UInt16(entry, 8);
        int method = UInt16(entry, 10);
        if ((flags & 1) != 0) throw bytes.Error(at, $"ZIP member '{name}' is encrypted");
        if (method is not 0 and not 8) throw bytes.Error(at, $"ZIP member '{name}' is compressed by method {method}; stored and deflated can be read");
        long stored = UInt32(entry, 20);
        long length = UInt32(entry, 24);
        long offset = UInt32(entry, 42);
        for (; extra.Length >= 4; extra = extra[Math.Min(extra.Length, 4 + UInt16(extra, 2))..])
        {
            if (UInt16(extra, 0) != 1) continue;
            ReadOnlySpan<byte> wide = extra[4..Math.Min(extra.Length, 4 + UInt16(extra, 2))];
            foreach (int field in (ReadOnlySpan<int>)[0, 1, 2])
            {
                ref long target = ref field == 0 ? ref length : ref field == 1 ? ref stored : ref offset;
                if (target != uint.MaxValue) continue;
                if (wide.Length < 8) throw bytes.Error(at, $"ZIP member '{name}' lacks its ZIP64 sizes");
                target = BinaryPrimitives.ReadInt64LittleEndian(wide);
                wide = wide[8..];
            }
            break;
        }
        if (stored < 0 || length < 0 || offset < 0 || offset > end || stored > end - offset)
            throw bytes.Error(at, $"ZIP member '{name}' does not lie within the file");
        if (method == 0 && stored != length) throw bytes.Error(at, $"ZIP member '{name}' is stored, yet has two lengths ({stored:N0} and {length:N0})");
        if ((UInt128)length > (UInt128)stored * MostInflation) throw bytes.Error(at, $"ZIP member '{name}' claims {length:N0} bytes, more than {stored:N0} can inflate to");
        return new(name, method == 8, UInt32(entry, 16), stored, length, offset);
    }

    private static (long Start, long Length, long End) FindDirectory(ByteSource bytes)
    {
        int tailLength = (int)Math.Min(bytes.Length, EndLength + ushort.MaxValue);
        byte[] tail = new byte[tailLength];
        long tailStart = bytes.Length - tailLength;
        bytes.ReadExactly(tailStart, tail);
        for (int at = tailLength - EndLength; at >= 0; at--)
        {
            ReadOnlySpan<byte> record = tail.AsSpan(at);
            if (UInt32(record, 0) != 0x06054B50 || at + EndLength + UInt16(record, 20) > tailLength) continue;
            long end = tailStart + at;
            (long start, long length) = (UInt32(record, 16), UInt32(record, 12));
            bool wide = UInt16(record, 10) == ushort.MaxValue || start == uint.MaxValue || length == uint.MaxValue;
            return wide && FindWide(bytes, end) is { } found ? found : (start, length, end);
        }
        throw bytes.Error(bytes.Length, "the ZIP archive has no directory at its end: it is cut off or damaged");
    }

    private static (long, long, long)? FindWide(ByteSource bytes, long end)
    {
        Span<byte> locator = stackalloc byte[20];
        if (end < locator.Length) return null;
        bytes.ReadExactly(end - locator.Length, locator);
        if (UInt32(locator, 0) != 0x07064B50) return null;
        long at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        Span<byte> record = stackalloc byte[56];
        if (at < 0 || at > end - locator.Length - record.Length) throw bytes.Error(end - locator.Length, "the ZIP64 directory does not lie within the file");
        bytes.ReadExactly(at, record);
        if (UInt32(record, 0) != 0x06064B50) throw bytes.Error(at, "not the end of a ZIP64 directory");
        return (BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]), at);
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint UInt32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
