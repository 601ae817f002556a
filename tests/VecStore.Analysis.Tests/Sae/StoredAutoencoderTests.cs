namespace VecStore.Analysis.Tests.Sae;

public sealed class StoredAutoencoderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vecstore-sae-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("relu")]
    [InlineData("jumprelu")]
    [InlineData("topk")]
    [InlineData("batchtopk")]
    [InlineData("gated")]
    public void It_comes_back_bit_for_bit_from_another_opening(string kind)
    {
        SparseAutoencoder model = RandomAutoencoder.Of(kind).FoldInputScale();
        SparseOrigin origin = new()
        {
            Family = "sae-lens",
            Model = "gpt2",
            Site = "blocks.3.hook_resid_pre",
            Layer = 3,
            Files = [new("/a/w.safetensors", 12, new string('a', 64))],
            Facts = new Dictionary<string, string> { ["prepend_bos"] = "True" },
            Notes = ["a note"],
            Damaged = [7],
        };
        string path = Path.Combine(folder, "s");
        using (VectorStore store = VectorStore.Open(path, new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual }))
        {
            new StoredAutoencoder("f", model, origin).Save(store, density: new float[model.FeatureCount]);
            Assert.Throws<ArgumentException>(() => new StoredAutoencoder("f", model, origin).Save(store));
            Assert.Equal(["f"], StoredAutoencoder.Names(store));
        }
        using (VectorStore store = VectorStore.Open(path, new StoreOptions { Maintenance = Maintenance.Manual }))
        {
            StoredAutoencoder stored = StoredAutoencoder.Load(store, "f");
            SparseAutoencoder found = stored.Model;
            Assert.Equal(model.Encoder.ToArray(), found.Encoder.ToArray());
            Assert.Equal(model.Decoder.ToArray(), found.Decoder.ToArray());
            Assert.Equal(model.EncoderBias, found.EncoderBias);
            Assert.Equal(model.DecoderBias, found.DecoderBias);
            Assert.Equal(model.Thresholds, found.Thresholds);
            Assert.Equal(model.MagnitudeBias, found.MagnitudeBias);
            Assert.Equal(model.MagnitudeLogScale, found.MagnitudeLogScale);
            Assert.Equal((model.Activation, model.SubtractDecoderBias, model.Normalization, model.InputScale, model.Folds),
                (found.Activation, found.SubtractDecoderBias, found.Normalization, found.InputScale, found.Folds));
            Assert.Equal((origin.Family, origin.Model, origin.Site, origin.Layer, origin.Files[0], "True", "a note", 7),
                (stored.Origin.Family, stored.Origin.Model, stored.Origin.Site, stored.Origin.Layer, stored.Origin.Files[0], stored.Origin.Facts["prepend_bos"], stored.Origin.Notes[0], stored.Origin.Damaged[0]));
            Assert.Contains(new string('a', 64), store["f"].Provenance[0].Source, StringComparison.Ordinal);
            StoredAutoencoder.Drop(store, "f");
            Assert.Empty(store.Collections);
            Assert.Throws<KeyNotFoundException>(() => StoredAutoencoder.Load(store, "f"));
        }
    }

    [Fact]
    public void Activations_are_encoded_from_a_collection_by_its_fields()
    {
        SparseAutoencoder model = RandomAutoencoder.Of("topk");
        MemoryRows rows = RandomAutoencoder.Rows(10);
        using VectorStore store = VectorStore.Open(Path.Combine(folder, "a"), new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual });
        FieldSchema[] fields = [new("document", FieldType.Int64), new("position", FieldType.Int64), new("token", FieldType.Int64)];
        VectorCollection collection = store.Create("acts", new CollectionSchema(37) { KeyKind = KeyKind.Int64, Fields = fields });
        float[] row = new float[37];
        // Documents 2 (positions 0, 1, 2), 5 (1, 3), 9 (0 .. 4).
        (long, long)[] places = [(2, 0), (2, 1), (2, 2), (5, 1), (5, 3), (9, 0), (9, 1), (9, 2), (9, 3), (9, 4)];
        for (int i = 0; i < 10; i++)
        {
            rows.Read(i, row);
            collection.Upsert(i, row, new FieldValues { ["document"] = places[i].Item1, ["position"] = places[i].Item2, ["token"] = 100L + i });
        }
        RandomAutoencoder.Sink direct = new(), stored = new();
        model.Encode(rows, DocumentRows.Every(10), direct);
        using Snapshot snapshot = collection.TakeSnapshot();
        SnapshotRows source = new(snapshot);
        model.Encode(source, DocumentRows.Fields(source, snapshot, token: "token"), stored);
        Assert.Equal([2, 5, 9], stored.Documents.Select(document => document.Document));
        Assert.Equal([3, 4, 5], stored.Documents.Select(document => document.Starts.Length - 1));
        Assert.Equal([0, 0, 11, 11, 22], stored.Documents[1].Starts); // positions without a row have no firings
        Assert.Equal([100, 101, 102], stored.Documents[0].Tokens);
        Assert.Empty(stored.Documents[1].Tokens); // the tokens of two positions are not known
        Assert.Equal(direct.Documents[0].Features, stored.Documents.SelectMany(document => document.Features));
        Assert.Equal(direct.Documents[0].Activations, stored.Documents.SelectMany(document => document.Activations));

        collection.Upsert(10L, row, new FieldValues { ["document"] = 2L, ["position"] = 7L });
        using Snapshot later = collection.TakeSnapshot();
        SnapshotRows mixed = new(later);
        Assert.Contains("document 2 after document 9", Assert.Throws<InvalidDataException>(() => model.Encode(mixed, DocumentRows.Fields(mixed, later), stored)).Message, StringComparison.Ordinal);
    }
}
