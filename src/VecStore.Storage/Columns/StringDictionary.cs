namespace VecStore.Storage;

/// <summary>The distinct strings of a column, as UTF-8, by code. Codes go from 1 to <see cref="Count"/>; 0 stands for absent.</summary>
public abstract class StringDictionary
{
    /// <summary>How many strings there are.</summary>
    public abstract int Count { get; }

    /// <summary>True when the strings ascend with their codes (byte by byte, which is the order of code points too).</summary>
    public abstract bool IsSorted { get; }

    /// <summary>The string of a code.</summary>
    public abstract ReadOnlySpan<byte> this[uint code] { get; }

    /// <summary>The code of a string, if it is there.</summary>
    public abstract bool TryFind(ReadOnlySpan<byte> utf8, out uint code);
}

/// <summary>A sorted dictionary in a file: n + 1 offsets of 8 bytes, and the bytes.</summary>
internal sealed unsafe class MappedDictionary(ColumnPart offsets, ColumnPart bytes, int count) : StringDictionary
{
    public override int Count => count;

    public override bool IsSorted => true;

    public override ReadOnlySpan<byte> this[uint code]
    {
        get
        {
            if (code - 1 >= (uint)count) throw offsets.Corrupt($"codes from 1 to {count}", $"code {code}");
            long start = offsets.Value<long>(code - 1), end = offsets.Value<long>(code);
            if (end < start || end - start > int.MaxValue) throw offsets.Corrupt("strings that end after they start", $"a string from {start} to {end}");
            return new ReadOnlySpan<byte>(bytes.At(start, end - start), (int)(end - start));
        }
    }

    public override bool TryFind(ReadOnlySpan<byte> utf8, out uint code)
    {
        uint low = 1, high = (uint)count + 1;
        while (low < high)
        {
            uint middle = low + ((high - low) / 2);
            int order = this[middle].SequenceCompareTo(utf8);
            if (order == 0)
            {
                code = middle;
                return true;
            }
            if (order < 0) low = middle + 1;
            else high = middle;
        }
        code = 0;
        return false;
    }
}

/// <summary>
/// A growing dictionary: codes in order of arrival. One writer adds, any number of threads read without locks: entries and tables are only
/// added to, and replaced by larger copies when full.
/// </summary>
internal sealed class GrowingDictionary : StringDictionary
{
    private readonly ByteArena _bytes = new();
    private volatile Table _table = new(64);
    private volatile int _count;

    public override int Count => _count;

    public override bool IsSorted => false;

    public override ReadOnlySpan<byte> this[uint code] => _bytes[_table.References[code]];

    public override bool TryFind(ReadOnlySpan<byte> utf8, out uint code)
    {
        code = Find(_table, utf8, out _);
        return code != 0;
    }

    /// <summary>Writer only: the code of a string, added if it is new.</summary>
    public uint Add(ReadOnlySpan<byte> utf8)
    {
        Table table = _table;
        uint code = Find(table, utf8, out int slot);
        if (code != 0) return code;
        if (_count + 1 >= table.References.Length)
        {
            table = Grow(table);
            Find(table, utf8, out slot);
        }
        code = (uint)_count + 1;
        table.References[code] = _bytes.Add(utf8);
        Volatile.Write(ref table.Slots[slot], code); // after the entry it leads to
        _table = table;
        _count++;
        return code;
    }

    private uint Find(Table table, ReadOnlySpan<byte> utf8, out int slot)
    {
        int mask = table.Slots.Length - 1;
        for (slot = (int)(KeyHash.Of(utf8) >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            uint code = Volatile.Read(ref table.Slots[slot]);
            if (code == 0 || _bytes[table.References[code]].SequenceEqual(utf8)) return code;
        }
    }

    private Table Grow(Table old)
    {
        Table table = new(old.References.Length * 2);
        old.References.CopyTo(table.References, 0);
        for (uint code = 1; code <= _count; code++)
        {
            Find(table, _bytes[table.References[code]], out int slot);
            table.Slots[slot] = code;
        }
        return table;
    }

    private sealed class Table(int capacity)
    {
        public readonly ulong[] References = new ulong[capacity]; // by code
        public readonly uint[] Slots = new uint[capacity * 2];
    }
}
