using VecStore.Testing;

namespace VecStore.Tests.Model;

/// <summary>What a collection does not take is refused with the reason, leaves no trace, and does not stop the store.</summary>
public sealed class RefusalTests
{
    private static VectorStore Store(out FaultFiles files)
    {
        files = new FaultFiles(trace: false);
        return VectorStore.Open("s", new() { Files = files, CreateIfMissing = true, Maintenance = Maintenance.Manual });
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_vector_that_is_not_finite_is_refused_and_the_element_named(float bad)
    {
        using VectorStore store = Store(out _);
        VectorCollection rows = store.Create("c", new CollectionSchema(3));
        foreach (Action write in (Action[])[() => rows.Upsert(1, [1, bad, 3]), () => rows.BeginBulkLoad().Append(1, [1, bad, 3]), () => rows.Search([1, bad, 3], new Neighbor[1])])
            Assert.Contains("Element 1 ", Assert.Throws<ArgumentException>(write).Message, StringComparison.Ordinal);
        Assert.Equal(0, rows.Count);
        rows.Upsert(1, [1, 2, 3]);
        Assert.Equal(1, rows.Count);
    }

    [Theory]
    [InlineData(ElementType.Float16, 65_520f)]
    [InlineData(ElementType.BFloat16, 3.4e38f)]
    public void A_vector_that_overflows_its_element_type_is_refused(ElementType type, float large)
    {
        using VectorStore store = Store(out _);
        VectorCollection rows = store.Create("c", new CollectionSchema(2) { ElementType = type, Metric = Metric.Dot });
        string message = Assert.Throws<ArgumentException>(() => rows.Upsert(1, [0, large])).Message;
        Assert.Contains("Element 1 ", message, StringComparison.Ordinal);
        Assert.Contains(type.ToString(), message, StringComparison.Ordinal);
        Assert.Equal(0, rows.Count);
    }

    /// <summary>What a segment would refuse must not reach the log: it could never be replayed, and the store not opened.</summary>
    [Fact]
    public void Keys_and_fields_that_do_not_fit_are_refused_before_the_log()
    {
        using (VectorStore store = Store(out FaultFiles files))
        {
            VectorCollection rows = store.Create("c", new CollectionSchema(1) { KeyKind = KeyKind.String, Fields = [new("s", FieldType.String), new("l", FieldType.StringList)] });
            int calls = files.Calls;
            Assert.Throws<ArgumentException>(() => rows.Upsert(new string('k', (1 << 20) + 1), [1]));
            Assert.Throws<ArgumentException>(() => rows.Upsert("half \ud800 a pair", [1]));
            Assert.Throws<ArgumentException>(() => rows.Upsert(7, [1]));
            Assert.Throws<ArgumentException>(() => rows.Upsert("k", [1], new() { ["s"] = new string('s', (1 << 22) + 1) }));
            Assert.Throws<ArgumentException>(() => rows.Upsert("k", [1], new() { ["l"] = new string[] { null! } }));
            Assert.Throws<ArgumentException>(() => rows.Upsert("k", [1], new() { ["s"] = 3 }));
            Assert.Throws<ArgumentException>(() => rows.Upsert("k", [1], new() { ["other"] = 3 }));
            Assert.Throws<ArgumentException>(() => rows.Upsert("k", [1, 2]));
            Assert.Equal(calls, files.Calls);
            rows.Upsert(new string('k', 1 << 20), [1], new() { ["s"] = new string('s', 1 << 22) });
            rows.Upsert("", [2]);
            files.Kill();
            using VectorStore again = VectorStore.Open("s", new() { Files = files });
            Assert.Equal(2, again["c"].Count);
            Assert.True(again["c"].Contains(""));
        }
    }

    [Fact]
    public void A_zero_vector_scores_0_under_cosine_with_everything()
    {
        using VectorStore store = Store(out _);
        VectorCollection rows = store.Create("c", new CollectionSchema(2));
        rows.Upsert(1, [0, 0]);
        rows.Upsert(2, [-1, 0]);
        rows.Upsert(3, [1, 1]);
        foreach (int _ in (int[])[1, 2])
        {
            var nearest = new Neighbor[3];
            Assert.Equal(3, rows.Search([1, 0], nearest));
            Assert.Equal([3L, 1, 2], nearest.Select(neighbor => neighbor.Key));
            Assert.Equal(0, nearest[1].Score);
            Assert.Equal(3, rows.Search([0, 0], nearest));
            Assert.All(nearest, neighbor => Assert.Equal(0, neighbor.Score));
            rows.Seal();
        }
    }
}
