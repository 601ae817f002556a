using System.Buffers.Binary;

namespace VecStore.Storage;

/// <summary>
/// A note, outside the log's own files, of the last record that was flushed: written after each flush and not flushed itself, in two places by turns,
/// so that a torn one leaves the other. It may be behind the truth, never before it; what it names must be found when the log is opened.
/// </summary>
internal sealed class AcknowledgedMark(IStoreFile file) : IDisposable
{
    public const string Name = "acknowledged";
    private const ulong Magic = 0x314B52414D4B4341; // "ACKMARK1"
    private const int SlotBytes = 512, UsedBytes = 20;

    private int _slot;

    public static AcknowledgedMark Create(IStoreFiles files, string folder)
    {
        string path = LogFormat.PathOf(folder, Name);
        if (!files.Exists(path)) return new AcknowledgedMark(files.Create(path));
        IStoreFile file = files.Open(path, FileAccess.ReadWrite);
        // The slot that holds the higher number is to be kept until the other one is written.
        return new AcknowledgedMark(file) { _slot = ReadSlot(file, 0) >= ReadSlot(file, 1) ? 1 : 0 };
    }

    /// <summary>The higher of the two places; 0 when there is none or none that can be read.</summary>
    public static long Read(IStoreFiles files, string folder)
    {
        string path = LogFormat.PathOf(folder, Name);
        if (!files.Exists(path)) return 0;
        using IStoreFile file = files.Open(path, FileAccess.Read);
        return Math.Max(ReadSlot(file, 0), ReadSlot(file, 1));
    }

    public void Write(long sequence)
    {
        Span<byte> slot = stackalloc byte[UsedBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(slot, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(slot[8..], sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(slot[16..], Crc32C.Compute(slot[..16]));
        file.Write(_slot * SlotBytes, slot);
        _slot ^= 1;
    }

    public void Dispose() => file.Dispose();

    private static long ReadSlot(IStoreFile file, int slot)
    {
        Span<byte> bytes = stackalloc byte[UsedBytes];
        int there = (int)Math.Clamp(file.Length - (slot * SlotBytes), 0, UsedBytes);
        int read = file.Read(slot * SlotBytes, bytes);
        if (read < there) throw new IOException($"{Name}: {read} bytes were read, {there} are there"); // not the same as a torn note
        if (read < UsedBytes || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic) return 0;
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) != Crc32C.Compute(bytes[..16])) return 0;
        return BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
    }
}
