using System.Numerics;
using System.Runtime.CompilerServices;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Which rows may be returned: those that are allowed and not deleted.</summary>
internal readonly ref struct RowFilter
{
    private readonly ReadOnlySpan<ulong> _deleted;
    private readonly ReadOnlySpan<ulong> _allowed;
    private readonly bool _allAllowed;

    public RowFilter(int rows, RowSet? deleted, RowSet? allowed)
    {
        RowCount = rows;
        if (deleted is { Count: > 0 }) _deleted = deleted.Words;
        _allAllowed = allowed == null;
        if (allowed != null) _allowed = allowed.Words;
        if (_allAllowed && _deleted.IsEmpty)
        {
            Count = rows;
            return;
        }
        if (_deleted.IsEmpty && allowed!.Capacity <= rows)
        {
            Count = allowed.Count;
            return;
        }
        int count = 0;
        for (int word = 0; word < (rows + 63) / 64; word++) count += BitOperations.PopCount(Word(word));
        Count = count;
    }

    /// <summary>Rows there are.</summary>
    public int RowCount { get; }

    /// <summary>Rows that may be returned.</summary>
    public int Count { get; }

    /// <summary>Every row may be returned.</summary>
    public bool PassesAll => Count == RowCount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Passes(int row) =>
        ((uint)(row >> 6) >= (uint)_deleted.Length || (_deleted[row >> 6] >> row & 1) == 0)
        && (_allAllowed || ((uint)(row >> 6) < (uint)_allowed.Length && (_allowed[row >> 6] >> row & 1) != 0));

    /// <summary>Rows 64 * word to 64 * word + 63, as bits.</summary>
    public ulong Word(int word)
    {
        ulong bits = _allAllowed ? ulong.MaxValue : word < _allowed.Length ? _allowed[word] : 0;
        if (word < _deleted.Length) bits &= ~_deleted[word];
        int beyond = ((word + 1) * 64) - RowCount;
        return beyond > 0 ? bits & (ulong.MaxValue >> beyond) : bits;
    }
}
