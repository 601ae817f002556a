using VecStore.Storage;

namespace VecStore;

/// <summary>The deletions of one segment while a commit adds to them: one copy of the bits a commit, not one a row.</summary>
internal sealed class DeletionBuilder
{
    private readonly ulong[] _words;
    private readonly int _capacity;

    public DeletionBuilder(SegmentView view)
    {
        _capacity = view.Segment is MemorySegment memory ? memory.Capacity : view.Segment.Count;
        _words = new ulong[RowSet.WordsFor(_capacity)];
        view.Deleted?.Words.CopyTo(_words);
    }

    public bool Contains(int row) => (_words[row >> 6] >> (row & 63) & 1) != 0;

    public void Add(int row) => _words[row >> 6] |= 1UL << (row & 63);

    /// <summary>The finished set; the builder must not be used any more.</summary>
    public RowSet ToRowSet() => RowSet.FromWords(_words, _capacity);
}
