using VecStore.Testing;

namespace VecStore.Tests.Scale;

/// <summary>A store in which a third of the rows are the same vector, as at the first token of every document: it answers as the exact search does, whatever is done to it.</summary>
public sealed class CopiesTests
{
    private const int Dimension = 24, Count = 3000;

    [Fact]
    public void Copies_are_found_as_by_the_exact_search_through_deletions_compaction_and_a_rebuilt_index()
    {
        using VectorStore store = VectorStore.Open("s", new()
        {
            Files = new FaultFiles(trace: false),
            CreateIfMissing = true,
            Durability = Durability.Os,
            Maintenance = Maintenance.Manual,
            GraphMinRows = 100,
            Index = new() { Threads = 2, EfConstruction = 60 },
        });
        VectorCollection rows = store.Create("activations", new CollectionSchema(Dimension) { Fields = [new("position", FieldType.Int64)] });
        using (BulkLoad load = rows.BeginBulkLoad())
        {
            for (int i = 0; i < Count; i++) load.Append(i, Vector(i), new() { ["position"] = i % 3 });
            load.Publish();
        }

        AnswersAsExact(rows);
        rows.Delete(0); // the row that the graph links
        AnswersAsExact(rows);
        rows.Upsert(6, Vectors.Random(1, Dimension)); // no copy any more
        rows.Upsert(10_000, Vector(0)); // another one, in memory
        AnswersAsExact(rows);
        rows.Seal();
        AnswersAsExact(rows);
        rows.Compact();
        AnswersAsExact(rows);
        Delete(row => row % 3 == 0 && row < Count - 30); // all copies of a graph but the last ten and the sealed one
        AnswersAsExact(rows);
        rows.Compact();
        AnswersAsExact(rows);
        rows.RebuildIndex();
        AnswersAsExact(rows);
        Delete(row => row % 3 == 0 || row == 10_000);
        AnswersAsExact(rows);
        Assert.Empty(store.Verify().Damages);

        void Delete(Func<int, bool> which)
        {
            using WriteBatch batch = rows.BeginWrite();
            foreach (int row in Enumerable.Range(0, 10_001).Where(which)) batch.Delete(row);
            batch.Commit();
        }
    }

    // Every third row is the same.
    private static float[] Vector(int i) => Vectors.Random(i % 3 == 0 ? 0 : i, Dimension);

    private static void AnswersAsExact(VectorCollection rows)
    {
        var exact = new Neighbor[10];
        var approximate = new Neighbor[10];
        using Snapshot snapshot = rows.TakeSnapshot();
        foreach (float[] query in (float[][])[Vector(0), [.. Vector(0).Select((x, i) => x + (0.02f * (i % 3)))]])
        {
            foreach (Filter? filter in (Filter?[])[null, Filter.Field("position") == 0, Filter.Field("position") != 2])
            {
                int expected = snapshot.Search(query, exact, new() { Method = SearchMethod.Exact, Filter = filter });
                int found = snapshot.Search(query, approximate, new() { Method = SearchMethod.Approximate, Effort = 200, Filter = filter });
                Assert.Equal(exact[..expected], approximate[..found]);
            }
        }
    }
}
