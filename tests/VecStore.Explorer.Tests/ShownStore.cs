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
        server = await ExplorerServer.StartAsync(store);

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
