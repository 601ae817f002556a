using System.Diagnostics;

namespace VecStore.Analysis.Tests.Store;

public sealed class SnapshotRowsTests(ITestOutputHelper output)
{
    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.BFloat16)]
    public void Rows_are_the_live_rows_in_order_under_deletions_and_filters(ElementType type)
    {
        using Folder folder = new();
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true });
        VectorCollection collection = store.Create("c", new(3) { ElementType = type, KeyKind = KeyKind.String, Fields = [new("n", FieldType.Int64)] });
        void Put(int from, int to)
        {
            using WriteBatch batch = collection.BeginWrite();
            for (int i = from; i < to; i++) batch.Upsert($"k{i}", [i, 1, -i], new() { ["n"] = (long)i });
            batch.Commit();
        }
        Put(0, 60);
        collection.Seal();
        Put(60, 100);
        collection.Seal();
        Put(100, 110);
        foreach (int deleted in new[] { 0, 7, 8, 59, 99, 105 }) collection.Delete($"k{deleted}");
        using Snapshot snapshot = collection.TakeSnapshot();
        Check(new SnapshotRows(snapshot), i => true, int.MaxValue);
        Check(new SnapshotRows(snapshot, new() { First = 70 }), i => true, 70);
        Check(new SnapshotRows(snapshot, new() { Filter = new FieldReference("n") >= 50 }), i => i >= 50, int.MaxValue);
        Check(new SnapshotRows(snapshot, new() { Filter = new FieldReference("n") >= 50, First = 20 }), i => i >= 50, 20);

        static void Check(SnapshotRows rows, Func<int, bool> passes, int limit)
        {
            int[] expected = [.. Enumerable.Range(0, 110).Where(i => passes(i) && i is not (0 or 7 or 8 or 59 or 99 or 105)).Take(limit)];
            Assert.Equal(expected.Length, rows.Count);
            float[] all = new float[rows.Count * 3];
            rows.Read(0, all);
            for (int row = 0; row < expected.Length; row++)
            {
                Assert.Equal($"k{expected[row]}", rows.KeyOf(row));
                Assert.Equal([expected[row], 1, -expected[row]], all[(3 * row)..(3 * row + 3)]);
                Assert.True(rows.TryFind($"k{expected[row]}", out int found));
                Assert.Equal(row, found);
            }
            foreach (int missing in Enumerable.Range(0, 110).Except(expected)) Assert.False(rows.TryFind($"k{missing}", out _));
            float[] some = new float[15];
            rows.Read(rows.Count - 5, some);
            Assert.Equal(all[^15..], some);
            Assert.Throws<ArgumentOutOfRangeException>(() => rows.Read(rows.Count - 4, some));
        }
    }

    [Fact]
    public void The_questions_asked_of_a_store_give_the_figures_of_the_reference()
    {
        using Folder folder = new();
        MemoryRows words = SharedData.Words(30_000);
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true, GraphMinRows = int.MaxValue });
        VectorCollection collection = store.Create("words", new(100) { KeyKind = KeyKind.String });
        using (BulkLoad load = collection.BeginBulkLoad())
        {
            float[] row = new float[100];
            for (int i = 0; i < words.Count; i++)
            {
                words.Read(i, row);
                load.Append(words.KeyOf(i), row);
            }
            load.Publish();
        }
        using Snapshot snapshot = collection.TakeSnapshot();
        long started = Stopwatch.GetTimestamp();
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(SharedData.RequireFile("data/analogies/questions-words.txt"));
        AnalogyEvaluationResult result = snapshot.EvaluateAnalogies(questions);
        output.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:F3} s for two methods, of which the scan {result.Elapsed.TotalSeconds:F3}");
        Assert.Equal(10_032, result.Total[AnalogyMethod.ThreeCosAdd].Correct);
        Assert.Equal(9_704, result.Total[AnalogyMethod.ThreeCosMul].Correct);
        Assert.Equal("queen", snapshot.SolveAnalogy("man", "king", "woman").Answers[0].Key);
        Assert.Equal("queen", snapshot.Nearest(VectorExpression.Parse("king - man + woman"))[0].Key);
        Assert.Equal("king", snapshot.Nearest(VectorExpression.Parse("king - man + woman"), keepInputs: true)[0].Key);
    }
}
