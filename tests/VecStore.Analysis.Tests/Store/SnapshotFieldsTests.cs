namespace VecStore.Analysis.Tests.Store;

public sealed class SnapshotFieldsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;
    private readonly VectorStore store;
    private readonly Snapshot snapshot;

    public SnapshotFieldsTests()
    {
        store = VectorStore.Open(folder, new() { CreateIfMissing = true });
        VectorCollection collection = store.Create("c", new(1)
        {
            Fields = [new("whole", FieldType.Int64), new("share", FieldType.Double), new("flag", FieldType.Bool), new("text", FieldType.String), new("few", FieldType.Int64)],
        });
        using (WriteBatch batch = collection.BeginWrite())
        {
            // Row 100 has no value.
            for (int i = 0; i < 100; i++)
                batch.Upsert(i, [i + 1], new() { ["whole"] = i * i, ["share"] = i / 4.0, ["flag"] = i % 3 == 0, ["text"] = i < 40 ? "a" : i < 70 ? "b" : $"t{i}", ["few"] = (i % 2 * 10) - 5 });
            batch.Upsert(100, [0]);
            batch.Commit();
        }
        collection.Delete(1);
        snapshot = collection.TakeSnapshot();
    }

    public void Dispose()
    {
        snapshot.Dispose();
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Numbers_come_row_by_row_and_truth_is_1()
    {
        int[] rows = [0, .. Enumerable.Range(2, 98)];
        Assert.Equal([.. rows.Select(i => (double)i * i), double.NaN], snapshot.NumbersOf("whole"));
        Assert.Equal([.. rows.Select(i => i / 4.0), double.NaN], snapshot.NumbersOf("share"));
        Assert.Equal([.. rows.Select(i => i % 3 == 0 ? 1.0 : 0), double.NaN], snapshot.NumbersOf("flag"));
        Assert.Equal([0.0, 4, 9], snapshot.NumbersOf("whole", new() { First = 3 }));
        Assert.Contains("holds text", Assert.Throws<ArgumentException>(() => snapshot.NumbersOf("text")).Message, StringComparison.Ordinal);
        Assert.Contains("no field \"none\"; it has whole, share", Assert.Throws<ArgumentException>(() => snapshot.NumbersOf("none")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_are_the_values_where_they_are_few_and_bands_or_the_commonest_otherwise()
    {
        Labeling few = snapshot.GroupsOf("few");
        Assert.Equal(["-5", "5"], few.Names);
        Assert.Equal([50, 49], few.Sizes);
        Assert.Equal(Labeling.LeftOut, few[99]);

        Labeling bands = snapshot.GroupsOf("whole", most: 4);
        Assert.Equal(["0 to 625", "625 to 2500", "2500 to 5625", "5625 to 9801"], bands.Names);
        Assert.Equal([24, 25, 25, 25], bands.Sizes);
        Assert.Equal(1, bands[24]); // 25 x 25 begins the second

        Labeling texts = snapshot.GroupsOf("text", most: 3);
        Assert.Equal(["(others)", "a", "b"], texts.Names);
        Assert.Equal([30, 39, 30], texts.Sizes);
        Assert.Equal(["false", "true"], snapshot.GroupsOf("flag").Names);
        Assert.Equal(3, snapshot.GroupsOf("text", new() { Keys = ["5", "6", "80"] }).Count);
    }
}
