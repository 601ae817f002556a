using VecStore.Testing;

namespace VecStore.Tests.Concurrency;

/// <summary>A search allocates nothing on the managed heap, whatever it goes through, as long as nobody traces it.</summary>
[Collection("observed")]
public sealed class AllocationTests
{
    [Theory]
    [InlineData(KeyKind.Int64, SearchMethod.Exact)]
    [InlineData(KeyKind.Int64, SearchMethod.Approximate)]
    [InlineData(KeyKind.Int64, SearchMethod.Auto)]
    [InlineData(KeyKind.String, SearchMethod.Exact)]
    [InlineData(KeyKind.String, SearchMethod.Approximate)]
    public void A_search_allocates_0_bytes(KeyKind keys, SearchMethod method)
    {
        using VectorStore store = VectorStore.Open("s", new()
        {
            Files = new FaultFiles(trace: false),
            CreateIfMissing = true,
            Maintenance = Maintenance.Manual,
            GraphMinRows = 100,
            Index = new() { Threads = 1, M = 8, EfConstruction = 40 },
        });
        VectorCollection rows = store.Create("c", new CollectionSchema(20) { KeyKind = keys });
        Key KeyOf(int i) => keys == KeyKind.Int64 ? new Key(i) : new Key($"key {i}");
        using (BulkLoad load = rows.BeginBulkLoad())
        {
            for (int i = 0; i < 600; i++) load.Append(KeyOf(i), Vectors.Random(i, 20));
            load.Publish();
        }

        // A second, small segment, deleted rows, and rows in memory.
        for (int i = 590; i < 620; i++) rows.Upsert(KeyOf(i), Vectors.Random(i, 20));
        rows.Seal();
        for (int i = 0; i < 30; i++) rows.Delete(KeyOf(i));
        rows.Upsert(KeyOf(700), Vectors.Random(700, 20));
        var options = new SearchOptions { Method = method };
        float[] query = Vectors.Random(1000, 20);
        var nearest = new Neighbor[10];
        using Snapshot snapshot = rows.TakeSnapshot();
        int found = 0;
        for (int i = 0; i < 100; i++) found += rows.Search(query, nearest, options) + snapshot.Search(query, nearest, options);

        // The least of several rounds: a pool that another test has emptied allocates once, a search that allocates does so in each.
        long allocated = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) found += rows.Search(query, nearest, options) + snapshot.Search(query, nearest, options);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(12_000, found);
        Assert.Equal(0, allocated);
    }
}
