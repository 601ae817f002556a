using System.Globalization;
using System.Text;
using VecStore.Storage;
using VecStore.Testing;
using static VecStore.Filter;

namespace VecStore.Tests.Damage;

/// <summary>A small store with every kind of file in it, and a full use of it: every key, a scan, searches of all kinds, filters.</summary>
internal sealed class DamagedStore
{
    public const string Path = "s.vecstore";

    public DamagedStore()
    {
        Files = new FaultFiles(trace: false);
        using (VectorStore store = VectorStore.Open(Path, Options(Files)))
        {
            VectorCollection numbers = store.Create("numbers", new CollectionSchema(4)
            {
                Metric = Metric.Cosine,
                Fields = [new("n", FieldType.Int64), new("x", FieldType.Double), new("even", FieldType.Bool), new("word", FieldType.String), new("tags", FieldType.StringList)],
            });
            using (BulkLoad load = numbers.BeginBulkLoad())
            {
                for (int i = 0; i < 50; i++) load.Append(i, Vectors.Random(Math.Min(i, 44), 4), Values(i)); // the last ones are equal: copies in the graph
                load.Publish();
            }

            for (int i = 0; i < 9; i++) numbers.Delete(i * 3);
            VectorCollection words = store.Create("words", new CollectionSchema(5) { Metric = Metric.Euclidean, KeyKind = KeyKind.String, ElementType = ElementType.Int8 });
            for (int i = 0; i < 18; i++) words.Upsert($"w{i}", Vectors.Random(i, 5));
            words.Seal();
            numbers.Seal();
            numbers.Upsert(100, Vectors.Random(100, 4), Values(100));
            numbers.PublishAttachment("notes", FileKind.Statistics, writer =>
            {
                writer.BeginSection("DATA");
                writer.Write([.. Enumerable.Range(0, 700).Select(i => (byte)(i + 1))]);
            });
            words.Upsert("last", Vectors.Random(101, 5));
            words.Delete("w3");
            Files.Kill(); // not closed: the log still holds the last commits
            try
            {
                store.Dispose();
            }
            catch (Exception)
            {
                // Its files are dead.
            }
        }

        Answers = Use(Files, readOnly: true);
    }

    public FaultFiles Files { get; }

    /// <summary>What the undamaged store answers.</summary>
    public string Answers { get; }

    public static StoreOptions Options(FaultFiles files) => new()
    {
        Files = files,
        CreateIfMissing = true,
        Maintenance = Maintenance.Manual,
        SealRows = 16,
        GraphMinRows = 40,
        Index = new() { Threads = 1, M = 4, EfConstruction = 20 },
    };

    /// <summary>All that a reader can ask, as text.</summary>
    public static string Use(FaultFiles files, bool readOnly, bool ignoreGraphs = false)
    {
        using VectorStore store = VectorStore.Open(Path, Options(files) with { ReadOnly = readOnly, CreateIfMissing = false, IgnoreGraphs = ignoreGraphs });
        return Use(store);
    }

    public static string Use(VectorStore store)
    {
        var text = new StringBuilder(Contents.Of(store));
        foreach (string name in store.Collections)
        {
            using Snapshot snapshot = store[name].TakeSnapshot();
            var nearest = new Neighbor[7];
            foreach (SearchMethod method in (ReadOnlySpan<SearchMethod>)[SearchMethod.Exact, SearchMethod.Approximate])
            {
                for (int seed = 500; seed < 503; seed++)
                {
                    int found = snapshot.Search(Vectors.Random(seed, snapshot.Schema.Dimension), nearest, new() { Method = method });
                    foreach (Neighbor neighbor in nearest.AsSpan(0, found)) text.Append(CultureInfo.InvariantCulture, $"{snapshot.KeyOf(neighbor)} {neighbor.Score:R}; ");
                }
            }

            if (snapshot.Schema.Fields.Count == 0) continue;
            foreach (Filter filter in (ReadOnlySpan<Filter>)[Field("n") > 20, Field("x") < 3.0, Field("even") == true, Field("word").StartsWith("b"), Field("tags").Contains("t2")])
                text.Append(CultureInfo.InvariantCulture, $"{filter}: {snapshot.CountWhere(filter)}\n");
            int passed = snapshot.Search(Vectors.Random(9, snapshot.Schema.Dimension), nearest, new() { Filter = Field("word") == "b1" });
            foreach (Neighbor neighbor in nearest.AsSpan(0, passed)) text.Append(CultureInfo.InvariantCulture, $"{snapshot.KeyOf(neighbor)} {neighbor.Score:R}; ");
        }

        return text.ToString();
    }

    private static FieldValues Values(int i) => new()
    {
        ["n"] = i,
        ["x"] = i / 7.0,
        ["even"] = i % 2 == 0,
        ["word"] = (i % 2 == 0 ? "a" : "b") + (i % 3),
        ["tags"] = new[] { "t" + (i % 4), "all" },
    };
}
