using System.Numerics;
using System.Runtime.CompilerServices;

namespace VecStore.Storage;

/// <summary>
/// An immutable set of rows of one segment, one bit a row: the deleted rows, or the rows that a filter allows.
/// Rows from <see cref="Capacity"/> on are not in it, so sets of different capacity can be combined.
/// </summary>
public sealed class RowSet
{
    private readonly ulong[] _words;

    private RowSet(ulong[] words, int capacity, int count)
    {
        _words = words;
        Capacity = capacity;
        Count = count;
    }

    /// <summary>Rows 0 to capacity - 1 can be in it.</summary>
    public int Capacity { get; }

    /// <summary>How many rows are in it.</summary>
    public int Count { get; }

    /// <summary>True when no row is in it.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The bits, row r at bit r % 64 of word r / 64; bits from the capacity on are 0.</summary>
    public ReadOnlySpan<ulong> Words => _words;

    /// <summary>A set with no rows.</summary>
    public static RowSet Empty(int capacity) => new(new ulong[WordsFor(capacity)], capacity, 0);

    /// <summary>A set with all rows.</summary>
    public static RowSet Full(int capacity)
    {
        ulong[] words = new ulong[WordsFor(capacity)];
        Array.Fill(words, ulong.MaxValue);
        return FromWords(words, capacity);
    }

    /// <summary>A set of these rows, in any order, repeats allowed.</summary>
    public static RowSet Of(int capacity, ReadOnlySpan<int> rows) => Empty(capacity).With(rows);

    /// <summary>Takes the words as the set; bits from the capacity on are cleared. The caller must not write to them any more.</summary>
    public static RowSet FromWords(ulong[] words, int capacity)
    {
        if (words.Length != WordsFor(capacity))
            throw new ArgumentException($"{words.Length} words for {capacity} rows; {WordsFor(capacity)} are needed", nameof(words));
        if (capacity % 64 != 0) words[^1] &= (1UL << (capacity % 64)) - 1;
        return new RowSet(words, capacity, CountOf(words));
    }

    /// <summary>Words needed for so many rows.</summary>
    public static int WordsFor(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        return (int)(((long)capacity + 63) / 64);
    }

    /// <summary>True when the row is in the set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(int row)
    {
        ulong[] words = _words;
        int word = row >> 6;
        return (uint)word < (uint)words.Length && (words[word] >> (row & 63) & 1) != 0;
    }

    /// <summary>How many of the first rows are in the set.</summary>
    public int CountBelow(int row)
    {
        int whole = Math.Min(row, Capacity), count = CountOf(_words.AsSpan(0, whole / 64));
        return whole % 64 == 0 ? count : count + BitOperations.PopCount(_words[whole / 64] & ((1UL << (whole % 64)) - 1));
    }

    /// <summary>This set and these rows.</summary>
    public RowSet With(params ReadOnlySpan<int> rows)
    {
        ulong[] words = [.. _words];
        int count = Count;
        foreach (int row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Capacity, nameof(rows));
            ref ulong word = ref words[row >> 6];
            ulong bit = 1UL << (row & 63);
            if ((word & bit) == 0) count++;
            word |= bit;
        }
        return new RowSet(words, Capacity, count);
    }

    /// <summary>The rows in both; as large as the smaller.</summary>
    public RowSet And(RowSet other)
    {
        RowSet small = Capacity <= other.Capacity ? this : other, large = ReferenceEquals(small, this) ? other : this;
        ulong[] words = [.. small._words];
        for (int i = 0; i < words.Length; i++) words[i] &= large._words[i];
        return new RowSet(words, small.Capacity, CountOf(words));
    }

    /// <summary>The rows in either; as large as the larger.</summary>
    public RowSet Or(RowSet other)
    {
        RowSet small = Capacity <= other.Capacity ? this : other, large = ReferenceEquals(small, this) ? other : this;
        ulong[] words = [.. large._words];
        for (int i = 0; i < small._words.Length; i++) words[i] |= small._words[i];
        return new RowSet(words, large.Capacity, CountOf(words));
    }

    /// <summary>The rows of this set that are not in the other; as large as this.</summary>
    public RowSet AndNot(RowSet other)
    {
        ulong[] words = [.. _words];
        for (int i = 0; i < Math.Min(words.Length, other._words.Length); i++) words[i] &= ~other._words[i];
        return new RowSet(words, Capacity, CountOf(words));
    }

    /// <summary>The rows below the capacity that are not in this set.</summary>
    public RowSet Not()
    {
        ulong[] words = [.. _words];
        for (int i = 0; i < words.Length; i++) words[i] = ~words[i];
        return FromWords(words, Capacity);
    }

    /// <summary>The rows in ascending order.</summary>
    public Enumerator GetEnumerator() => new(_words);

    private static int CountOf(ReadOnlySpan<ulong> words)
    {
        int count = 0;
        foreach (ulong word in words) count += BitOperations.PopCount(word);
        return count;
    }

    /// <summary>Goes through the rows of a set.</summary>
    public struct Enumerator
    {
        private readonly ulong[] _words;
        private int _word = -1;
        private ulong _left;

        internal Enumerator(ulong[] words) => _words = words;

        /// <summary>The row.</summary>
        public readonly int Current => (_word << 6) + BitOperations.TrailingZeroCount(_left);

        /// <summary>Goes to the next row.</summary>
        public bool MoveNext()
        {
            _left &= _left - 1; // the row before; nothing at the start
            while (_left == 0)
            {
                if (++_word >= _words.Length) return false;
                _left = _words[_word];
            }
            return true;
        }
    }
}
