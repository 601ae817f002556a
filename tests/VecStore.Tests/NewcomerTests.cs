using static VecStore.Filter;

namespace VecStore.Tests;

/// <summary>What a newcomer stumbled over.</summary>
public sealed class NewcomerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_is_no_candidate_of_the_search_for_rows_like_it()
    {
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true });
        VectorCollection notes = store.Create("notes", new(2) { Fields = [new("year", FieldType.Int64)] });
        for (int i = 0; i < 3; i++) notes.Upsert(i, [1, i], new() { ["year"] = 2020 + i });
        using Snapshot snapshot = notes.TakeSnapshot();
        var nearest = new Neighbor[10];

        Assert.Equal(2, snapshot.SearchLike(0, nearest, SearchOptions.Default, out SearchReport all));
        Assert.Equal(2, all.RowsEligible);
        Assert.EndsWith("found 2 of 10: no more rows are eligible", all.ToString(), StringComparison.Ordinal);

        Assert.Equal(1, snapshot.SearchLike(0, nearest, new() { Filter = Field("year") < 2022 }, out SearchReport passing));
        Assert.Equal(1, passing.RowsEligible);
        Assert.Equal(2, snapshot.SearchLike(0, nearest, new() { Filter = Field("year") > 2020 }, out SearchReport failing));
        Assert.Equal(2, failing.RowsEligible);
    }

    [Fact]
    public void A_filter_that_is_nested_too_deeply_is_refused_before_it_overflows_a_stack()
    {
        string text = string.Concat(Enumerable.Repeat("not (", 100_000)) + "year = 1" + new string(')', 100_000);
        Assert.Contains("nesting", Assert.Throws<FormatException>(() => Parse(text)).Message, StringComparison.Ordinal);
        string longest = string.Join(" and ", Enumerable.Repeat("not (year = 1 or year > 7)", 100_000));
        Assert.Equal(Parse(longest), Parse(longest));
    }

    [Fact]
    public void What_is_no_collection_or_no_folder_is_said()
    {
        using (VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true }))
        {
            Assert.Throws<ArgumentNullException>(() => store.Create("notes", null!));
            VectorCollection notes = store.Create("notes", new(2));
            store.Drop("notes");
            Assert.Contains("dropped", Assert.Throws<InvalidOperationException>(() => notes.Provenance).Message, StringComparison.Ordinal);
        }

        string file = folder.Path + "/manifest";
        Assert.Contains("is a file", Assert.Throws<DirectoryNotFoundException>(() => VectorStore.Open(file, new() { CreateIfMissing = true })).Message, StringComparison.Ordinal);
    }
}
