using FsCheck;
using FsCheck.Fluent;

namespace VecStore.Storage.Tests.Segments;

public sealed class RowSetTests
{
    private const int Capacity = 200;

    [Fact]
    public void It_behaves_like_a_set_of_integers() => Prop.ForAll<int[], int[]>((left, right) =>
    {
        int[] a = [.. left.Select(Wrap)], b = [.. right.Select(Wrap)];
        SortedSet<int> x = [.. a], y = [.. b];
        RowSet p = RowSet.Of(Capacity, a), q = RowSet.Of(Capacity, b);
        Assert.Equal(x, Rows(p));
        Assert.Equal(x.Count, p.Count);
        Assert.Equal(x.Union(y).Order(), Rows(p.Or(q)));
        Assert.Equal(x.Intersect(y).Order(), Rows(p.And(q)));
        Assert.Equal(x.Except(y).Order(), Rows(p.AndNot(q)));
        Assert.Equal(Enumerable.Range(0, Capacity).Except(x), Rows(p.Not()));
        Assert.Equal(x.Union(y).Order(), Rows(p.With(b)));
        for (int row = 0; row < Capacity; row++)
        {
            Assert.Equal(x.Contains(row), p.Contains(row));
            Assert.Equal(x.Count(other => other < row), p.CountBelow(row));
        }
        foreach (RowSet set in (RowSet[])[p.Or(q), p.And(q), p.AndNot(q), p.Not(), p.With(b)]) Assert.Equal(Rows(set).Count, set.Count);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_outside_are_not_in_it()
    {
        RowSet full = RowSet.Full(65);
        Assert.Equal(65, full.Count);
        Assert.True(full.Contains(64));
        foreach (int row in (int[])[-1, 65, 127, 128, int.MaxValue, int.MinValue]) Assert.False(full.Contains(row));
        Assert.Throws<ArgumentOutOfRangeException>(() => full.With(65));
        Assert.Throws<ArgumentOutOfRangeException>(() => full.With(-1));
    }

    [Fact]
    public void Sets_of_different_capacity_combine()
    {
        RowSet small = RowSet.Full(10), large = RowSet.Full(300);
        Assert.Equal(10, small.And(large).Count);
        Assert.Equal(300, small.Or(large).Count);
        Assert.Equal(290, large.AndNot(small).Count);
        Assert.Equal(0, small.AndNot(large).Count);
    }

    [Fact]
    public void With_leaves_the_set_before_as_it_was()
    {
        RowSet before = RowSet.Of(100, [1]), after = before.With(2);
        Assert.False(before.Contains(2));
        Assert.True(after.Contains(2) && after.Contains(1));
    }

    private static int Wrap(int value) => (int)((uint)value % Capacity);

    private static List<int> Rows(RowSet set)
    {
        List<int> rows = [];
        foreach (int row in set) rows.Add(row);
        return rows;
    }
}
