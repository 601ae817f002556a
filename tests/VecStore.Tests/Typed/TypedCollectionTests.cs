namespace VecStore.Tests.Typed;

public sealed class TypedCollectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly VectorStore _store;

    public TypedCollectionTests() => _store = VectorStore.Open(_folder.Path, new() { CreateIfMissing = true });

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_record_comes_back_as_it_was()
    {
        TypedCollection<long, Note> notes = _store.Collection<long, Note>("notes");
        var full = new Note
        {
            Id = -5,
            Title = "Ångström",
            Year = 2026,
            Size = long.MaxValue,
            Weight = 0.1,
            Price = 0.1f,
            Draft = true,
            Rank = -3,
            Level = 255,
            Written = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.FromHours(2)),
            Author = Guid.NewGuid(),
            Tags = ["a", "b"],
            Labels = [],
            Embedding = new float[] { 1, 2, 3, 4 },
        };
        notes.Upsert([full, new Note { Id = 6, Embedding = new float[] { 0, 0, 0, 1 } }]);

        Note read = notes.Get(-5, new() { IncludeVectors = true })!;
        Assert.Equivalent(full, read, strict: true);
        Assert.Equal(TimeSpan.Zero, read.Written.Offset);
        Assert.Equal([1, 2, 3, 4], read.Embedding.ToArray());
        Assert.True(notes.Get(-5)!.Embedding.IsEmpty);
        Note empty = notes.Get(6)!;
        Assert.Null(empty.Title);
        Assert.Null(empty.Price);
        Assert.Null(empty.Tags);
        Assert.Null(notes.Get(7));
        Assert.Equal([6L, -5L], notes.Get([6, 7, -5]).Select(note => note.Id));
        Assert.Equal(Metric.Euclidean, notes.Collection.Schema.Metric);
    }

    [Fact]
    public void Positional_records_and_a_field_that_comes_later()
    {
        TypedCollection<Guid, Photo> photos = _store.Collection<Guid, Photo>("photos");
        var first = new Photo(Guid.NewGuid(), "Oslo", 1999, [1, 0.5f, 0]);
        photos.Upsert(first);
        Assert.Equivalent(first, photos.Get(first.Id, new() { IncludeVectors = true }), strict: true);
        Assert.Null(photos.Get(first.Id)!.Vector);
        Assert.Equal(ElementType.Float16, photos.Collection.Schema.ElementType);

        TypedCollection<Guid, PhotoWithStars> later = _store.Collection<Guid, PhotoWithStars>("photos");
        Assert.Equal(0, later.Get(first.Id)!.Stars);
        var second = new PhotoWithStars(Guid.NewGuid(), "Rome", null, 5, [0, 1, 0]);
        later.Upsert(second);
        Assert.Equal(second.Id, Assert.Single(later.Get(photo => photo.Stars >= 4, top: 10)).Id);
        Assert.Equal("Rome", photos.Get(second.Id)!.Place);
        Assert.True(photos.Delete(first.Id));
        Assert.False(photos.Delete(first.Id));
        photos.Delete([second.Id, first.Id]);
        Assert.Equal(0, photos.Collection.Count);
    }

    [Fact]
    public void A_search_pages_filters_and_cuts_at_a_score()
    {
        TypedCollection<long, Note> notes = _store.Collection<long, Note>("notes");
        notes.Upsert(Enumerable.Range(0, 20).Select(i => new Note { Id = i, Year = 2000 + i, Embedding = new float[] { i, 0, 0, 0 } }));
        ReadOnlySpan<float> query = [0, 0, 0, 0];

        IReadOnlyList<VectorSearchResult<Note>> page = notes.Search(query, top: 3, new() { Skip = 2, Filter = note => note.Year >= 2005, IncludeVectors = true }, out SearchReport report);
        Assert.Equal([7L, 8L, 9L], page.Select(result => result.Record.Id));
        Assert.Equal([-7f, -8f, -9f], page.Select(result => result.Score));
        Assert.Equal([7f, 0, 0, 0], page[0].Record.Embedding.ToArray());
        Assert.Equal(15, report.RowsEligible);
        Assert.Equal(3, notes.Search(query, top: 100, new() { ScoreThreshold = -2 }).Count);
        Assert.Empty(notes.Search(query, top: 5, new() { Skip = 20 }));
        Assert.Equal(20, notes.Search(query, top: int.MaxValue).Count);
        Assert.Equal([12L, 13L], notes.Get(note => note.Year > 2010, top: 2, new() { Skip = 1 }).Select(note => note.Id));
    }

    [Fact]
    public void A_class_that_is_no_record_is_refused_with_the_reason()
    {
        Assert.Contains("0 properties with [VectorStoreKey]", Refused(() => _store.Collection<long, Keyless>("x")), StringComparison.Ordinal);
        Assert.Contains("OfDecimals.Price has type Decimal", Refused(() => _store.Collection<string, OfDecimals>("x")), StringComparison.Ordinal);
        Assert.Contains("ManhattanDistance", Refused(() => _store.Collection<string, OfManhattan>("x")), StringComparison.Ordinal);
        Assert.Contains("key of type Int64, not String", Refused(() => _store.Collection<string, Note>("x")), StringComparison.Ordinal);
        Assert.Empty(_store.Collections);
        TypedCollection<Guid, Photo> photos = _store.Collection<Guid, Photo>("photos");
        Assert.Contains("is null", Refused(() => photos.Upsert(new Photo(Guid.NewGuid(), "Oslo", 1, null))), StringComparison.Ordinal);
        Assert.Contains("dimension 2", Refused(() => photos.Upsert(new Photo(Guid.NewGuid(), "Oslo", 1, [1, 2]))), StringComparison.Ordinal);

        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
    }

    [Fact]
    public void A_value_that_the_class_cannot_hold_is_named()
    {
        _store.Create("notes", new(4) { Metric = Metric.Euclidean, Fields = [new("Year", FieldType.Int64)] }).Upsert(1, [1, 2, 3, 4], new() { ["Year"] = 1L << 40 });
        TypedCollection<long, Note> notes = _store.Collection<long, Note>("notes");
        Assert.Contains("Year", Assert.Throws<InvalidOperationException>(() => notes.Get(1)).Message, StringComparison.Ordinal);
    }
}
