using System.Text.Json;
using VecStore.Analysis;

namespace VecStore.Cli.Tests.Commands;

/// <summary>Lobes from the command line: found, stored, compared, swept, drawn; and what is said to mistakes.</summary>
public sealed class LobesTests
{
    [Fact]
    public void Planted_lobes_are_found_stored_and_compared()
    {
        using var folder = new TestFolder();
        int[] truth = Plant(folder);
        JsonElement found = Cli.OkJson("lobes", "-k", "3", "--block", "4", "--threshold", "0", "--field", "lobe", "--document-labels", folder["labels.txt"], "--draws", "19", "--plot", folder["e.svg"], "--store", folder["s"]);
        Assert.Equal((90, 1, 0), (found.GetProperty("features_in_lobes").GetInt32(), found.GetProperty("never_firing").GetInt32(), found.GetProperty("always_firing").GetInt32()));
        Assert.InRange(found.GetProperty("winner_ami").GetDouble(), .9, 1);
        Assert.Equal(9, found.GetProperty("enrichment").GetArrayLength());
        Assert.Contains("Enrichment", File.ReadAllText(folder["e.svg"]), StringComparison.Ordinal);
        using (VectorStore store = VectorStore.Open(folder["s"], new() { ReadOnly = true }))
        {
            Labeling stored = store["features"].LoadLabels("lobe");
            Assert.Contains("spectral clustering of phi, all pairs; k 3", stored.Provenance, StringComparison.Ordinal);
            Assert.Equal(1, LabelAgreement.Of(stored, new(truth, "")).AdjustedMutualInformation, 1e-9);
        }

        JsonElement comparison = Cli.OkJson("compare", "lobes", "--lobes", "lobe", "--with", "kind", "--strata", "kind", "--frequency-bins", "3", "--neighbors", "10", "--decode", "--decode-draws", "2",
            "--draws", "19", "--plot", folder["m.svg"], "--csv", folder["c.csv"], "--store", folder["s"]);
        Assert.Equal((90, 1), (comparison.GetProperty("rows_seen").GetInt32(), comparison.GetProperty("rows_left_out").GetInt32()));
        Assert.Equal(.05, comparison.GetProperty("purity_test").GetProperty("p").GetDouble(), 1e-12);
        Assert.InRange(comparison.GetProperty("balanced_accuracy").GetDouble(), .9, 1);
        Assert.Contains("lobe 2", File.ReadAllText(folder["m.svg"]), StringComparison.Ordinal);
        Assert.StartsWith("lobe,rows,purity", File.ReadAllText(folder["c.csv"]), StringComparison.Ordinal);

        JsonElement sweep = Cli.OkJson("lobes", "--affinity", "phi,jaccard", "-k", "2,3", "--block", "2,4", "--threshold", "0", "--draws", "9", "--plot", folder["a.svg"], "--store", folder["s"]).GetProperty("sweep");
        Assert.Equal(8, sweep.GetArrayLength());
        Assert.Contains("jaccard, block 4", File.ReadAllText(folder["a.svg"]), StringComparison.Ordinal);
        Assert.Equal("k-means", Cli.OkJson("lobes", "--k-means", "-k", "3", "--store", folder["s"]).GetProperty("method").GetString());
    }

    [Fact]
    public void Mistakes_are_told_in_one_line()
    {
        using var folder = new TestFolder();
        Plant(folder);
        string[] store = ["--store", folder["s"]];
        Cli.IsOneLine(Cli.Run(["lobes", "--affinity", "psi", .. store]), 2, "phi-shifted");
        Cli.IsOneLine(Cli.Run(["lobes", "-k", "1", .. store]), 2, "at least 2");
        Cli.IsOneLine(Cli.Run(["lobes", "-k", "500", "--block", "4", "--threshold", "0", .. store]), 2, "2 to 90 lobes");
        Cli.IsOneLine(Cli.Run(["lobes", "--affinity", "angular", "--block", "4", .. store]), 2, "take no firings");
        Cli.IsOneLine(Cli.Run(["lobes", "--firings", "none", .. store]), 2, "none");
        Cli.IsOneLine(Cli.Run(["compare", "lobes", .. store]), 2, "features has kind");
        Cli.IsOneLine(Cli.Run(["compare", "lobes", "--lobes", "colour", .. store]), 2, "no field colour");
    }

    [Fact]
    public void The_README_names_every_property_of_every_document()
    {
        using var folder = new TestFolder();
        Plant(folder);
        Named("lobes", "-k", "3", "--block", "4", "--threshold", "0", "--field", "lobe", "--document-labels", folder["labels.txt"], "--draws", "2");
        Named("lobes", "--affinity", "phi,dice", "--block", "4", "--threshold", "0", "--draws", "2");
        Named("compare", "lobes", "--lobes", "lobe", "--with", "kind", "--strata", "kind", "--decode", "--decode-draws", "2", "--draws", "2");

        void Named(params string[] arguments) => DocumentedJson.Of([.. arguments, "--store", folder["s"]]);
    }

    /// <summary>91 features, of which the last never fires, in three lobes; 240 documents of 8 tokens, each of one lobe, whose labels lie beside the store.</summary>
    private static int[] Plant(TestFolder folder)
    {
        var random = new SeededRandom(7, "lobes of the command");
        int[] lobe = [.. Enumerable.Range(0, 91).Select(i => i == 90 ? -1 : i % 3)];
        using VectorStore store = VectorStore.Open(folder["s"], new() { CreateIfMissing = true });
        VectorCollection features = store.Create("features", new(5) { Fields = [new("kind", FieldType.String)] });
        using (WriteBatch batch = features.BeginWrite())
        {
            for (int i = 0; i < lobe.Length; i++)
            {
                float[] row = [.. Enumerable.Range(0, 5).Select(k => (float)(random.NextGaussian() + (k == lobe[i] ? 6 : 0)))];
                batch.Upsert(i, row, new() { ["kind"] = i % 2 == 0 ? "even" : "odd" });
            }

            batch.Commit();
        }

        int[] documents = [.. Enumerable.Range(0, 240).Select(_ => random.NextInt32(3))];
        File.WriteAllLines(folder["labels.txt"], documents.Select(own => $"kind {own}"));
        features.PublishFirings("firings", lobe.Length, sink =>
        {
            for (int document = 0; document < documents.Length; document++)
            {
                List<int> starts = [0], firing = [];
                for (int token = 0; token < 8; token++)
                {
                    var now = new SortedSet<int>();
                    while (now.Count < 5)
                    {
                        int feature = random.NextInt32(90);
                        if (lobe[feature] == documents[document] || random.NextDouble() < .05) now.Add(feature);
                    }

                    firing.AddRange(now);
                    starts.Add(firing.Count);
                }

                sink.AppendDocument(document, starts.ToArray(), firing.ToArray(), [.. firing.Select(_ => 2f)]);
            }
        });
        return lobe;
    }
}
