using static VecStore.Filter;

namespace VecStore.Tests;

/// <summary>The text of a filter is read back to an equal one.</summary>
public sealed class FilterTextTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(201)]
    [InlineData(2_500)]
    [InlineData(100_000)]
    public void Flat_chains_are_read_back_at_any_length(int length)
    {
        Filter any = Field("n") == 0;
        Filter all = Field("n") != 0;
        for (int i = 1; i < length; i++)
        {
            any |= Field("n") == i;
            all &= Field("n") != i;
        }

        foreach (Filter chain in (Filter[])[any, all, !any, any & Field("lang").In("en", "fr"), (Field("x") > 1) | all])
        {
            Filter read = Parse(chain.ToString());
            Assert.Equal(chain, read);
            Assert.Equal(chain.GetHashCode(), read.GetHashCode());
            Assert.Equal(chain.ToString(), read.ToString());
        }

        Assert.NotEqual(any, Parse((any | Field("n") == -1).ToString()));
        Assert.DoesNotContain("((", any.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_that_begin_alike_do_not_disturb_one_another()
    {
        Filter begin = Field("a") == 1 & Field("b") == 2;
        Filter one = begin & Field("c") == 3;
        Filter two = begin & Field("d") == 4;
        Filter three = one & two;
        Assert.Equal("(a = 1 and b = 2)", begin.ToString());
        Assert.Equal("(a = 1 and b = 2 and c = 3)", one.ToString());
        Assert.Equal("(a = 1 and b = 2 and d = 4)", two.ToString());
        Assert.Equal("(a = 1 and b = 2 and c = 3 and a = 1 and b = 2 and d = 4)", three.ToString());
        Assert.Equal(Parse("a = 1 and (b = 2 and c = 3)"), one);
        Assert.NotEqual(Parse("a = 1 and b = 2 or c = 3"), one);
    }

    [Fact]
    public void Nesting_of_two_hundred_levels_is_read_back()
    {
        Filter nested = Field("a") == 1;
        Filter denied = Field("a") == 1;
        for (int i = 2; i <= 200; i++)
        {
            nested = i % 2 == 0 ? nested & Field("b").Exists() : nested | !Field("c").Exists();
            denied = i % 2 == 0 ? !denied : denied & Field("b") == i;
        }

        foreach (Filter filter in (Filter[])[nested, denied]) Assert.Equal(filter, Parse(filter.ToString()));
        Assert.Contains("levels of nesting", Assert.Throws<FormatException>(() => Parse(new string('(', 300) + "a = 1" + new string(')', 300))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() =>
        {
            Filter deep = Field("a") == 1;
            for (int i = 0; i < 2_100; i++) deep = !deep;
        });
    }

    [Fact]
    public void Long_chains_find_what_their_parts_find()
    {
        using var folder = new TemporaryFolder();
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true });
        VectorCollection rows = store.Create("rows", new CollectionSchema(2) { Metric = Metric.Dot, Fields = [new("n", FieldType.Int64)] });
        using (WriteBatch batch = rows.BeginWrite())
        {
            for (int i = 0; i < 300; i++) batch.Upsert(i, [i, 1], new() { ["n"] = i });
            batch.Commit();
        }

        Filter any = Field("n") == 0;
        Filter all = Field("n") != 0;
        for (int i = 3; i < 9_000; i += 3)
        {
            any |= Field("n") == i;
            all &= Field("n") != i;
        }

        using Snapshot snapshot = rows.TakeSnapshot();
        Assert.Equal(100, Count(snapshot, any));
        Assert.Equal(200, Count(snapshot, all));
        Assert.Equal(100, Count(snapshot, !all));
        Assert.Equal(50, Count(snapshot, any & Field("n") < 150));
    }

    private static int Count(Snapshot snapshot, Filter filter)
    {
        int count = 0;
        foreach (ScannedRow _ in snapshot.Scan(filter)) count++;
        return count;
    }
}
