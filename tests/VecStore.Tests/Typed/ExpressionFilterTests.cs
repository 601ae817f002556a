using System.Linq.Expressions;

namespace VecStore.Tests.Typed;

/// <summary>A condition finds in the store the records for which C# says that it is true.</summary>
public sealed class ExpressionFilterTests : IDisposable
{
    private static readonly Guid Ann = new("11111111-2222-3333-4444-555555555555");
    private readonly TemporaryFolder _folder = new();
    private readonly VectorStore _store;

    public ExpressionFilterTests() => _store = VectorStore.Open(_folder.Path, new() { CreateIfMissing = true });

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_condition_means_what_it_means_in_C_sharp()
    {
        TypedCollection<long, Note> notes = _store.Collection<long, Note>("notes");
        Note[] all = [.. Enumerable.Range(0, 120).Select(Sample)];
        notes.Upsert(all);
        int year = 2010;
        List<int> years = [2001, 2003, 2017];
        int?[] none = [];
        long?[] sizes = [3, null];
        string[] titles = ["title 1", "title 22"];
        var of = new { Least = 3.5, Day = new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.FromHours(3)) };
        var day = new DateTime(2026, 2, 9, 6, 0, 0, DateTimeKind.Utc);
        Mood mood = Mood.Cross;
        Mood[] moods = [Mood.Glad, Mood.Cross];
        bool onlyDrafts = true;
        int[]? chosen = null;
        Expression<Func<Note, bool>>[] conditions =
        [
            n => n.Year == 2004, n => n.Year != 2004, n => n.Year < year, n => n.Year <= year, n => year < n.Year, n => n.Year >= year + 5,
            n => n.Year > 2004.5, n => n.Size == 3, n => n.Size != 3, n => n.Size > 3, n => !(n.Size > 3), n => n.Size == null, n => n.Size != null,
            n => n.Size.HasValue && n.Size.Value < 5, n => n.Weight >= of.Least, n => n.Price == 0.5f, n => n.Price > 1.25, n => n.Price < 2,
            n => n.Draft, n => !n.Draft, n => n.Draft == false, n => n.Draft != true, n => n.Rank >= (short)2, n => n.Level == 7,
            n => n.Title == "title 7", n => n.Title != "title 7", n => n.Title == null, n => n.Title != null, n => null == n.Title, n => string.IsNullOrEmpty(n.Title),
            n => n.Title != null && n.Title.StartsWith("title 1", StringComparison.Ordinal), n => string.Equals(n.Title, "title 22"), n => string.Equals(n.Title, "title 22", StringComparison.Ordinal),
            n => n.Written > of.Day, n => n.Written <= of.Day.AddDays(3), n => n.Author == Ann, n => n.Author != Ann, n => n.Author == null,
            n => n.Tags != null && n.Tags.Contains("even"), n => n.Tags == null, n => n.Labels != null && n.Labels.Contains("x" + "1"), n => n.Labels != null && !n.Labels.Contains("x1"),
            n => years.Contains(n.Year), n => !years.Contains(n.Year), n => new[] { 2001, 2002 }.Contains(n.Year), n => none.Contains(n.Year), n => sizes.Contains(n.Size), n => titles.Contains(n.Title),
            n => n.Read > day, n => n.Read == day, n => n.Read >= new DateTime(2026, 2, 9), n => n.Due == null, n => n.Due <= new DateOnly(2026, 3, 9), n => n.Due != new DateOnly(2026, 3, 9),
            n => n.Mood == Mood.Glad, n => n.Mood != mood, n => n.Mood > Mood.Cross, n => moods.Contains(n.Mood), n => n.Haste == Haste.Some, n => n.Haste >= Haste.Some, n => n.Haste == null,
            n => !onlyDrafts || n.Draft, n => onlyDrafts && n.Draft, n => (chosen == null || chosen.Contains(n.Year)) && n.Draft, n => n.Title != null && n.Title.StartsWith('t'),
            n => (n.Year == 2001 | n.Year == 2002) & !n.Draft, n => n.Year > 2005 && (n.Title == "title 7" || n.Size == 4) && !(n.Draft && n.Weight > 2),
        ];
        Assert.True(conditions.Length > 62);
        int neither = 0;
        foreach (Expression<Func<Note, bool>> condition in conditions)
        {
            long[] expected = [.. all.Where(condition.Compile()).Select(note => note.Id)];
            long[] found = [.. notes.Get(condition, all.Length).Select(note => note.Id)];
            Assert.True(expected.SequenceEqual(found), $"{condition} as {notes.Translate(condition)}: {found.Length} found, {expected.Length} expected");
            if (found.Length is 0 or 120) neither++;
        }

        Assert.Equal(1, neither); // one of none; every other condition divides the records
        Assert.Equal(120, notes.Get(_ => onlyDrafts, 200).Count);
        Assert.Empty(notes.Get(n => n.Draft && chosen != null && chosen.Contains(n.Year), 200));
    }

    [Fact]
    public void What_cannot_be_translated_is_refused_and_named()
    {
        TypedCollection<long, Note> notes = _store.Collection<long, Note>("notes");
        Refused(n => n.Year > 2000 && n.Title!.Length > 3, "n.Title.Length");
        Refused(n => n.Year > 2000 && n.Title!.Contains("part", StringComparison.Ordinal), "n.Title.Contains(\"part\"");
        Refused(n => n.Title!.StartsWith("T", StringComparison.OrdinalIgnoreCase), "Ordinal");
        Refused(n => n.Year == n.Level, "compares two properties");
        Refused(n => n.Year + 1 > 2000, "(n.Year + 1)");
        Refused(n => n.Id == 5, "Id is no data property");
        Refused(n => n.Unmarked == "x", "Unmarked is no data property");
        Refused(n => (byte)n.Year == 3, "the conversion changes the value");
        long? nothing = null;
        Refused(n => n.Size > nothing, "null");
        Refused(n => n.Written.Year == 2026, "n.Written.Year");
        Refused(n => n.Tags!.Any(tag => tag == "x"), "n.Tags.Any(");
        Refused(n => n.Tags![0] == "x", "n.Tags.get_Item(0)");
        Refused(n => Names().Contains(n.Title!.ToUpperInvariant()), "ToUpperInvariant");

        void Refused(Expression<Func<Note, bool>> condition, string part) =>
            Assert.Contains(part, Assert.Throws<NotSupportedException>(() => notes.Translate(condition)).Message, StringComparison.Ordinal);
    }

    private static string[] Names() => ["x"];

    private static Note Sample(int i) => new()
    {
        Id = i,
        Title = i % 4 == 0 ? null : i % 9 == 0 ? "" : $"title {i}",
        Year = 2000 + (i % 20),
        Size = i % 3 == 0 ? null : i % 7,
        Weight = i / 8.0,
        Price = i % 5 == 0 ? null : (i % 6) * 0.5f,
        Draft = i % 2 == 1,
        Rank = i % 6 == 0 ? null : (short)(i % 5),
        Level = (byte)(i % 11),
        Written = new DateTimeOffset(2026, 1, 1 + (i % 28), 0, 0, 0, TimeSpan.Zero),
        Read = new DateTime(2026, 2, 1 + (i % 20), 6, 0, 0, DateTimeKind.Utc),
        Due = i % 7 == 0 ? null : new DateOnly(2026, 3, 1 + (i % 30)),
        Mood = (i % 3) switch { 0 => Mood.Calm, 1 => Mood.Glad, _ => Mood.Cross },
        Haste = i % 4 == 3 ? null : (Haste)(i % 4),
        Author = i % 3 == 1 ? Ann : i % 3 == 2 ? Guid.Empty : null,
        Tags = i % 4 == 1 ? null : i % 2 == 0 ? ["even", "all"] : ["all"],
        Labels = i % 5 == 2 ? ["x1", "x2"] : i % 5 == 3 ? ["x2"] : null,
        Embedding = new float[] { i, 1, 0, 0 },
    };
}
