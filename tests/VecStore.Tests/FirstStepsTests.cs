using static VecStore.Filter;

namespace VecStore.Tests;

public sealed class FirstStepsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_committed_is_found_and_survives_reopening()
    {
        float[] embedding = Vectors.Random(1, 768);
        using (VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true }))
        {
            VectorCollection notes = store.OpenOrCreate("notes", new(Dimension: 768) { Metric = Metric.Cosine, Fields = [new("title", FieldType.String)] });
            using (WriteBatch batch = notes.BeginWrite())
            {
                batch.Upsert(key: 42, embedding, new() { ["title"] = "meeting notes" });
                batch.Upsert(key: 17, Vectors.Random(2, 768));
                batch.Delete(key: 17);
                batch.Commit();
            }

            Span<Neighbor> nearest = stackalloc Neighbor[10];
            int found = notes.Search(embedding, nearest);
            Assert.Equal(1, found);
            Assert.Equal(42, nearest[0].Key);
            Assert.Equal(1.0, nearest[0].Score, 1e-6);
        }

        using (VectorStore store = VectorStore.Open(folder.Path))
        {
            Record row = store["notes"].Get(42)!;
            Assert.Equal(embedding, row.Vector);
            Assert.Equal("meeting notes", row.Fields["title"].AsString());
            Assert.Null(store["notes"].Get(17));
        }
    }

    [Fact]
    public void A_commit_survives_without_a_clean_close()
    {
        var options = new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual, SealRows = 16 };
        using (VectorStore store = VectorStore.Open(folder.Path, options))
        {
            VectorCollection words = store.Create("words", new(8) { KeyKind = KeyKind.String, Metric = Metric.Euclidean });
            for (int i = 0; i < 100; i++) words.Upsert("w" + i % 60, Vectors.Random(i, 8));
            Assert.Equal(60, words.Count);
            using VectorStore reader = VectorStore.Open(folder.Path, new() { ReadOnly = true });
            Assert.Equal(60, reader["words"].Count);
            Assert.Equal(Vectors.Random(99, 8), reader["words"].Get("w39")!.Vector);
            Assert.True(reader.Verify().IsClean);
        }

        using (VectorStore store = VectorStore.Open(folder.Path))
        {
            store["words"].Compact();
            Assert.Equal(60, store["words"].Count);
            Assert.Equal(Vectors.Random(59, 8), store["words"].Get("w59")!.Vector);
            Assert.Equal(Vectors.Random(65, 8), store["words"].Get("w5")!.Vector);
            Assert.True(store.Verify().IsClean);
        }
    }

    [Fact]
    public void A_bulk_load_appears_at_once_and_filters_work_on_it()
    {
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true });
        VectorCollection rows = store.Create("rows", new(16) { Fields = [new("year", FieldType.Int64), new("lang", FieldType.String)] });
        using (BulkLoad load = rows.BeginBulkLoad(new() { CheckpointRows = 1000 }))
        {
            for (int i = 0; i < 5000; i++) load.Append(i, Vectors.Random(i, 16), new() { ["year"] = 2000 + (i % 30), ["lang"] = i % 3 == 0 ? "en" : "fr" });
            Assert.Equal(0, rows.Count);
            Assert.Equal(5000, load.Publish().Rows);
        }

        Assert.Equal(5000, rows.Count);
        Filter filter = Field("year") >= 2020 & Field("lang").In("en", "de");
        Span<Neighbor> nearest = new Neighbor[10];
        int found = rows.Search(Vectors.Random(7, 16), nearest, new() { Filter = filter }, out SearchReport report);
        Assert.Equal(10, found);
        using Snapshot snapshot = rows.TakeSnapshot();
        foreach (Neighbor neighbor in nearest)
        {
            Assert.True(snapshot.FieldOf(neighbor.Row, "year").AsInt64() >= 2020);
            Assert.Equal("en", snapshot.FieldOf(neighbor.Row, "lang").AsString());
        }

        Assert.Equal(snapshot.CountWhere(filter), report.RowsEligible);
        Assert.Equal(filter, Filter.Parse(filter.ToString()));
    }
}
