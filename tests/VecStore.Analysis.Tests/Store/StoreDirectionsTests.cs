using System.Data;

namespace VecStore.Analysis.Tests.Store;

/// <summary>Directions kept in a store, views of rows, and rows written from views.</summary>
public sealed class StoreDirectionsTests : IDisposable
{
    private const int Count = 500, Dimension = 12;
    private readonly string folder = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;
    private readonly VectorStore store;
    private readonly VectorCollection words;

    public StoreDirectionsTests()
    {
        store = VectorStore.Open(folder, new() { CreateIfMissing = true });
        words = store.Create("words", new(Dimension) { KeyKind = KeyKind.String, Fields = [new("n", FieldType.Int64)] });
        using WriteBatch batch = words.BeginWrite();
        SeededRandom random = new(1, "words");
        for (int i = 0; i < Count; i++) batch.Upsert($"w{i}", [.. Enumerable.Range(0, Dimension).Select(_ => (float)random.NextGaussian())], new() { ["n"] = (long)i });
        batch.Commit();
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_direction_comes_back_with_its_provenance_after_the_store_was_closed()
    {
        (string, string)[] pairs = [("w0", "w1"), ("w2", "w3"), ("w4", "w5"), ("w6", "w7")];
        SavedDirection saved;
        using (Snapshot snapshot = words.TakeSnapshot())
        {
            InnerProduct inner = snapshot.WhitenedInnerProduct();
            PairDirectionResult learned = snapshot.LearnDirection(pairs, new() { NullDraws = 99, Seed = ulong.MaxValue }, inner);
            saved = SavedDirection.From("up", snapshot, pairs, learned, inner);
            // What is kept lies in the space of the rows; mapped again it is what was learned.
            Assert.Equal(1, DoubleVectors.Cosine(inner.Map(saved.Vector), learned.Vector), 1e-9);
        }
        store.SaveDirection(saved);
        Assert.Throws<ArgumentException>(() => store.SaveDirection(saved));
        store.SaveDirection(saved, replace: true);
        store.SaveDirection(new("none learned", "words", [.. Enumerable.Range(0, Dimension).Select(k => k == 0 ? 2.0 : 0)]) { Method = "expression", Source = "directions" });
        store.Dispose();

        using VectorStore reopened = VectorStore.Open(folder, new() { ReadOnly = true });
        SavedDirection read = reopened.LoadDirection("words", "up");
        Golden.Close(saved.Vector, read.Vector, 1e-7);
        Assert.Equal(saved.ToString(), (read with { Vector = saved.Vector, Members = saved.Members }).ToString());
        Assert.Equal(["w0 → w1", "w2 → w3", "w4 → w5", "w6 → w7"], read.Members);
        Assert.Equal(["up", "none learned"], reopened.ListDirections("words").Select(direction => direction.Name));
        SavedDirection bare = reopened.LoadDirection("words", "none learned");
        Assert.True(double.IsNaN(bare.PValue));
        Assert.Equal(1, DoubleVectors.Norm(bare.Vector), 1e-12);
        Assert.Contains("there are up, none learned", Assert.Throws<KeyNotFoundException>(() => reopened.LoadDirection("words", "down")).Message, StringComparison.Ordinal);
        Assert.True(reopened.HoldsDirections("words.directions"));
        Assert.False(reopened.HoldsDirections("words"));
    }

    [Fact]
    public void Expressions_name_directions_before_rows_and_a_direction_must_fit_its_collection()
    {
        double[] first = [.. Enumerable.Range(0, Dimension).Select(k => k == 0 ? 1.0 : 0)];
        store.SaveDirection(new("w0", "words", first) { Method = "expression", Source = "directions" });
        using Snapshot snapshot = words.TakeSnapshot();
        DirectionResolver resolver = new(store, "words", new RowResolver(snapshot.Rows(), unitLength: true));
        float[] value = VectorExpression.Parse("2 * w0 - w1").Evaluate(resolver), row = VectorExpression.Parse("w1").Evaluate(resolver);
        for (int k = 0; k < Dimension; k++) Assert.Equal((k == 0 ? 2 : 0) - row[k], value[k], 1e-6f);
        Assert.Throws<ArgumentException>(() => store.SaveDirection(new("short", "words", [1, 2]) { Method = "expression", Source = "directions" }));
        Assert.Throws<ArgumentException>(() => store.SaveDirection(new("zero", "words", new double[Dimension]) { Method = "expression", Source = "directions" }));
        Assert.True(store.DeleteDirection("words", "w0"));
        Assert.False(store.HasDirection("words", "w0"));
    }

    [Fact]
    public void Views_project_reject_and_steer_every_row_and_are_written_whole_or_not_at_all()
    {
        using Snapshot snapshot = words.TakeSnapshot();
        IKeyedRows rows = snapshot.Rows();
        SeededRandom random = new(2, "directions");
        double[][] span = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, Dimension).Select(_ => random.NextGaussian()).ToArray())];
        double[][] plain = Golden.Doubles(rows), kept = Golden.Doubles(SubspaceRows.Projected(rows, span)), rest = Golden.Doubles(SubspaceRows.Rejected(rows, span));
        double[][] moved = Golden.Doubles(new SteeredRows(rows, span[0], -1.5));
        for (int i = 0; i < Count; i += 17)
        {
            Golden.Close(DirectionAlgebra.Project(plain[i], span), kept[i], 1e-6);
            Golden.Close(DirectionAlgebra.Reject(plain[i], span), rest[i], 1e-6);
            Golden.Close(DirectionAlgebra.Steer(plain[i], span[0], -1.5), moved[i], 1e-6);
        }
        RowSelection selection = new() { Filter = new FieldReference("n") >= 100 };
        Assert.Equal(400, store.WriteRows("rest", snapshot, selection, source => SubspaceRows.Rejected(source, span)));
        using (Snapshot written = store["rest"].TakeSnapshot())
        {
            Assert.Equal(400, written.Count);
            IKeyedRows copy = written.Rows();
            Assert.True(copy.TryFind("w250", out int row));
            double[][] all = Golden.Doubles(copy);
            Golden.Close(rest[250], all[row], 1e-6);
            Assert.Equal(250, written.Get("w250")!.Fields["n"].AsInt64());
        }
        using CancellationTokenSource stop = new();
        Assert.Throws<OperationCanceledException>(() => store.WriteRows("half", snapshot, null, source => source, new Stopper(stop), stop.Token));
        Assert.DoesNotContain("half", store.Collections);
        Assert.Throws<ArgumentException>(() => store.WriteRows("rest", snapshot, null, source => source));
    }

    [Fact]
    public void Steering_in_batch_gives_what_single_steps_give()
    {
        using Snapshot snapshot = words.TakeSnapshot();
        double[] direction = [.. Enumerable.Range(0, Dimension).Select(k => k == 3 ? 1.0 : 0)];
        string[] keys = ["w3", "w77", "w400"];
        double[] multiples = [-2, 0, 5];
        foreach (InnerProduct? inner in new[] { null, InnerProduct.Cosine, snapshot.WhitenedInnerProduct() })
        {
            SteeringResult result = snapshot.Steer(keys, direction, multiples, new() { Count = 4, Inner = inner });
            Assert.Equal(9, result.Rows.Count);
            for (int i = 0; i < keys.Length; i++)
            {
                IKeyedRows rows = snapshot.Rows(inner: inner);
                for (int m = 0; m < multiples.Length; m++)
                {
                    float[] moved = [.. DirectionAlgebra.Steer(RowKeys.Vector(rows, keys[i]), direction, multiples[m]).Select(x => (float)x)];
                    Assert.Equal(NearestRows.Find(rows, [moved], new() { Count = 4, Except = [keys[i]] })[0], result.Rows[i * 3 + m].Neighbors);
                }
            }
        }
    }

    [Fact]
    public void Every_result_of_directions_and_projections_can_be_shown()
    {
        using Snapshot snapshot = words.TakeSnapshot();
        DirectionOptions few = new() { NullDraws = 9, BootstrapDraws = 9 };
        string[] Keys(int from, int count) => [.. Enumerable.Range(from, count).Select(i => $"w{i}")];
        PairDirectionResult pairs = snapshot.LearnDirection([("w0", "w1"), ("w2", "w3"), ("w4", "w5")], few);
        ProjectionResult projections = snapshot.Project(pairs.Vector, new() { Extremes = 3 });
        IAnalysisResult[] results =
        [
            pairs, snapshot.LearnDirection(Keys(0, 10), Keys(10, 12), few), snapshot.LearnDirectionAgainstBackground(Keys(0, 10), 50, few), projections,
            snapshot.Steer(["w1"], pairs.Vector, [1.0]), snapshot.SolveAnalogy("w0", "w1", "w2"), DirectionComparison.Of([("a", pairs.Vector), ("b", projections.Top.Select(_ => 1.0).Concat(new double[Dimension - 3]).ToArray())], [InnerProduct.Euclidean]),
        ];
        foreach (IAnalysisResult result in results)
        {
            using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(result.ToJson());
            Assert.NotEmpty(result.Facts);
            using DataTable table = new() { Locale = System.Globalization.CultureInfo.InvariantCulture };
            table.Load(result.CreateReader());
            Assert.True(table.Rows.Count > 0);
        }
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<long>
    {
        public void Report(long value) => stop.Cancel();
    }
}
