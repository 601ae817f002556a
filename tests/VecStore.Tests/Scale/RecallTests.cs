using System.Runtime.InteropServices;
using VecStore.Testing;

namespace VecStore.Tests.Scale;

/// <summary>Recall@10 at default settings on the 20,000 word vectors of the sample, after the collection has changed.</summary>
public sealed class RecallTests(ITestOutputHelper output)
{
    private const int Dimension = 100;
    private const int Queries = 300;

    [Fact]
    public void Recall_stays_above_0_95_after_deleting_half_and_compacting()
    {
        float[] words = Sample();
        using VectorStore store = Load(words, out VectorCollection rows);
        int count = words.Length / Dimension;
        using (WriteBatch batch = rows.BeginWrite())
        {
            for (int i = 0; i < count; i += 2) batch.Delete(i);
            batch.Commit();
        }

        double deleted = Recall(rows, words);
        rows.Compact();
        Assert.Equal(count / 2, rows.Count);
        double compacted = Recall(rows, words);
        output.WriteLine($"recall@10 with half of the rows deleted: {deleted:F4}; compacted: {compacted:F4}");
        Assert.True(deleted >= 0.95, $"recall {deleted} with half of the rows deleted");
        Assert.True(compacted >= 0.95, $"recall {compacted} after compaction");
    }

    [Fact]
    public void Recall_stays_above_0_95_after_a_fifth_was_upserted()
    {
        float[] words = Sample();
        using VectorStore store = Load(words, out VectorCollection rows);
        int count = words.Length / Dimension;
        var random = new Random(5);
        float[] moved = new float[Dimension];
        for (int i = 0; i < count; i += 5)
        {
            // Between two words: not where the graph had it, yet like the data.
            int other = random.Next(count);
            for (int e = 0; e < Dimension; e++) moved[e] = (words[(i * Dimension) + e] + words[(other * Dimension) + e]) / 2;
            rows.Upsert(i, moved);
        }

        Assert.Equal(count, rows.Count);
        double upserted = Recall(rows, words);
        rows.Seal();
        double sealedRecall = Recall(rows, words);
        output.WriteLine($"recall@10 after a fifth was upserted: {upserted:F4}; sealed: {sealedRecall:F4}");
        Assert.True(upserted >= 0.95, $"recall {upserted} after upserting");
        Assert.True(sealedRecall >= 0.95, $"recall {sealedRecall} after sealing");
    }

    private static VectorStore Load(float[] words, out VectorCollection rows)
    {
        VectorStore store = VectorStore.Open("s", new() { Files = new FaultFiles(trace: false), CreateIfMissing = true, Durability = Durability.Os, Maintenance = Maintenance.Manual });
        rows = store.Create("words", new CollectionSchema(Dimension));
        using BulkLoad load = rows.BeginBulkLoad();
        for (int i = 0; i < words.Length / Dimension; i++) load.Append(i, words.AsSpan(i * Dimension, Dimension));
        load.Publish();
        return store;
    }

    private static double Recall(VectorCollection rows, float[] words)
    {
        var exact = new Neighbor[10];
        var approximate = new Neighbor[10];
        int right = 0;
        using Snapshot snapshot = rows.TakeSnapshot();
        for (int query = 0; query < Queries; query++)
        {
            ReadOnlySpan<float> vector = words.AsSpan(query * 61 * Dimension, Dimension);
            Assert.Equal(10, snapshot.Search(vector, exact, SearchOptions.Exact));
            Assert.Equal(10, snapshot.Search(vector, approximate, new() { Method = SearchMethod.Approximate }, out SearchReport report));
            Assert.Equal(SearchMethod.Approximate, report.Method);
            right += approximate.Count(neighbor => exact.Any(best => best.Row == neighbor.Row));
        }

        return right / (10.0 * Queries);
    }

    // The sample is float16 .npy, rows after the header.
    private static float[] Sample()
    {
        byte[] npy = File.ReadAllBytes(Path.Combine(Checkout.Root, "tools/VecStore.Cli/Sample/glove-20k-100d-f16.npy"));
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(npy.AsSpan(10 + BitConverter.ToUInt16(npy, 8)));
        Assert.Equal(20_000 * Dimension, halves.Length);
        var floats = new float[halves.Length];
        for (int i = 0; i < floats.Length; i++) floats[i] = (float)halves[i];
        return floats;
    }
}
