using VecStore.Analysis;
using VecStore.Formats;

namespace VecStore.Explorer.Tests;

/// <summary>A store of the sample's first 6,000 words with the length and the first letter of each, and the first 1,000 once more as another layer, shown by a server.</summary>
public sealed class ShownStore : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "vecstore-explorer-" + Guid.NewGuid().ToString("N"));
    private VectorStore? store;
    private ExplorerServer? server;

    public Uri Address => server!.Address;

    public async ValueTask InitializeAsync()
    {
        store = VectorStore.Open(folder, new() { CreateIfMissing = true, Durability = Durability.Os });
        string sample = Path.Combine(AppContext.BaseDirectory, "Sample");
        string[] words = File.ReadAllLines(Path.Combine(sample, "glove-20k.vocab.txt"));
        Load("words", 6_000);
        Load("other-layer", 1_000);
        using (Snapshot snapshot = store["words"].TakeSnapshot())
        {
            SetDirectionResult gender = snapshot.LearnDirection(["she", "her", "woman", "mother", "queen"], ["he", "him", "man", "father", "king"], new() { BootstrapDraws = 9, NullDraws = 9 });
            store.SaveDirection(new("gender", "words", gender.Vector) { Method = "mean-difference", Source = "two sets" });
        }

        VectorCollection features = store.OpenOrCreate("features", new(Dimension: 3));
        for (int feature = 0; feature < 4; feature++) features.Upsert(feature, [feature, 1, -feature]);
        features.PublishFirings("firings", 4, sink => sink.AppendDocument(0, [0, 1, 1, 2], [2, 3], [0.5f, 2.5f], [7, 8, 9]));
        server = await ExplorerServer.StartAsync(store, vocabulary: id => $" token{id}");

        void Load(string name, int rows)
        {
            VectorCollection collection = store.OpenOrCreate(name, new(Dimension: 100) { KeyKind = KeyKind.String, Metric = Metric.Cosine, Fields = [new("length", FieldType.Int64), new("letter", FieldType.String)] });
            using VectorSource source = VectorSource.Open(Path.Combine(sample, "glove-20k-100d-f16.npy"));
            using BulkLoad load = collection.BeginBulkLoad();
            var block = new VectorBlock();
            for (int row = 0; row < rows && source.Read(block, rows - row);)
            {
                for (int i = 0; i < block.Count; i++, row++)
                    load.Append(words[row], block.Row(i), new() { ["length"] = words[row].Length, ["letter"] = words[row][..1] });
            }

            load.Publish();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        store?.Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
