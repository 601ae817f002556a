namespace VecStore;

/// <summary>
/// An immutable list of conditions that compares by its elements. Lists that were made from one another share an array as long as only one of them goes on, so that a chain is
/// built condition by condition without being copied each time.
/// </summary>
internal sealed class FilterList : IEquatable<FilterList>
{
    private readonly Filter?[] _shared; // behind Count others may have put theirs

    private FilterList(Filter?[] shared, int count, int depth)
    {
        _shared = shared;
        Count = count;
        Depth = depth;
    }

    public int Count { get; }

    /// <summary>Of the deepest element.</summary>
    public int Depth { get; }

    public Filter this[int index] => _shared[index]!;

    public static FilterList Of(Filter filter) => new([filter, null], 1, filter.Depth);

    /// <summary>This list and one more.</summary>
    public FilterList With(Filter next)
    {
        int depth = Math.Max(Depth, next.Depth);
        if (Count < _shared.Length && Interlocked.CompareExchange(ref _shared[Count], next, null) is null) return new FilterList(_shared, Count + 1, depth);
        var copy = new Filter?[2 * (Count + 1)];
        Array.Copy(_shared, copy, Count);
        copy[Count] = next;
        return new FilterList(copy, Count + 1, depth);
    }

    public bool Equals(FilterList? other)
    {
        if (other is null || other.Count != Count) return false;
        for (int i = 0; i < Count; i++) if (!this[i].Equals(other[i])) return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as FilterList);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        for (int i = 0; i < Count; i++) hash.Add(this[i]);
        return hash.ToHashCode();
    }
}
