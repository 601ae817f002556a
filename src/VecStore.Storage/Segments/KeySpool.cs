using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>
/// The keys of a segment while it is written: 8 bytes a row, and the bytes of string keys. At the end they are written with their table,
/// which takes 6 bytes a row.
/// </summary>
internal sealed unsafe class KeySpool(KeyKind kind)
{
    private readonly ChunkedList<long> _keys = new(); // integers, or references into the arena
    private readonly ByteArena _bytes = new();

    public int Count => (int)_keys.Count;

    public void Append(long key) => _keys.Add(key);

    public void Append(ReadOnlySpan<byte> utf8Key) => _keys.Add((long)_bytes.Add(utf8Key));

    /// <summary>Writes the sections of the keys and their table. The rows whose key came again later are returned; null if there are none.</summary>
    public RowSet? WriteTo(SectionFileWriter writer)
    {
        if (kind == KeyKind.String)
        {
            writer.BeginSection(SegmentSections.KeyOffsets);
            long end = 0;
            writer.Write<long>([end]);
            for (int row = 0; row < Count; row++)
            {
                end += StringKey(row).Length;
                writer.Write<long>([end]);
            }
            writer.BeginSection(SegmentSections.Keys);
            for (int row = 0; row < Count; row++) writer.Write(StringKey(row));
        }
        else
        {
            writer.BeginSection(SegmentSections.Keys);
            _keys.WriteTo(writer);
        }
        return WriteTable(writer);
    }

    private RowSet? WriteTable(SectionFileWriter writer)
    {
        long slots = SegmentSections.KeyTableSlots(Count);
        uint* table = (uint*)NativeMemory.AllocZeroed((nuint)slots, sizeof(uint));
        try
        {
            ulong[]? superseded = null;
            for (int row = 0; row < Count; row++)
            {
                ulong hash = kind == KeyKind.String ? KeyHash.Of(StringKey(row)) : KeyHash.Of(_keys[row]);
                long slot = KeyHash.FirstSlot(hash, slots);
                while (table[slot] != 0 && !SameKey((int)table[slot] - 1, row))
                {
                    if (++slot == slots) slot = 0;
                }
                if (table[slot] != 0)
                {
                    int earlier = (int)table[slot] - 1;
                    superseded ??= new ulong[RowSet.WordsFor(Count)];
                    superseded[earlier >> 6] |= 1UL << (earlier & 63);
                }
                table[slot] = (uint)row + 1;
            }
            writer.BeginSection(SegmentSections.KeyTable);
            for (long done = 0; done < slots; done += 1 << 20)
                writer.Write<uint>(new ReadOnlySpan<uint>(table + done, (int)Math.Min(1 << 20, slots - done)));
            return superseded is null ? null : RowSet.FromWords(superseded, Count);
        }
        finally
        {
            NativeMemory.Free(table);
        }
    }

    private bool SameKey(int left, int right) =>
        kind == KeyKind.Int64 ? _keys[left] == _keys[right] : StringKey(left).SequenceEqual(StringKey(right));

    private ReadOnlySpan<byte> StringKey(int row) => _bytes[(ulong)_keys[row]];
}
