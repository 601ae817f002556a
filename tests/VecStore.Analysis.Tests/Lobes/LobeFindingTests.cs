namespace VecStore.Analysis.Tests;

public class LobeFindingTests
{
    [Fact]
    public void Planted_lobes_of_features_are_found_from_all_pairs_and_from_the_strongest_and_nothing_is_found_in_permuted_data()
    {
        using FeatureBlocks blocks = Planted(permuted: false, out Labeling truth), permuted = Planted(permuted: true, out _);
        LobeFinding dense = LobeFinding.Of(blocks, new() { Lobes = 4, Seed = 1 }), sparse = LobeFinding.Of(blocks, new() { Lobes = 4, Seed = 1, Strongest = 10 });
        Assert.Equal((2, 1, 1203), (dense.NeverFiring, dense.AlwaysFiring, dense.Labels.Count));
        Assert.Equal(1200, dense.Labels.LabelledRows);
        Assert.True(sparse.Pairs < dense.Pairs / 20);
        Assert.InRange(LabelAgreement.Of(dense.Labels, truth).AdjustedMutualInformation, .95, 1);
        Assert.InRange(LabelAgreement.Of(sparse.Labels, truth).AdjustedMutualInformation, .95, 1);
        LobeFinding none = LobeFinding.Of(permuted, new() { Lobes = 4, Seed = 1 });
        Assert.InRange(LabelAgreement.Of(none.Labels, truth).AdjustedMutualInformation, -.02, .02);
        Assert.Equal(sparse.Labels.Labels.ToArray(), LobeFinding.Of(blocks, new() { Lobes = 4, Seed = 1, Strongest = 10, Threads = 7 }).Labels.Labels.ToArray());

        Assert.Contains("2 to 1200 lobes", Assert.Throws<ArgumentOutOfRangeException>(() => LobeFinding.Of(blocks, new() { Lobes = 1201 })).Message);
    }

    [Fact]
    public void Lobes_of_rows_are_found_by_angle_and_by_k_means()
    {
        SeededRandom random = new(4, "rows of lobes");
        int[] truth = [.. Enumerable.Range(0, 300).Select(_ => random.NextInt32(3))];
        float[] values = [.. Enumerable.Range(0, 300 * 10).Select(_ => (float)random.NextGaussian())];
        for (int i = 0; i < 300; i++)
            for (int k = 0; k < 10; k++) values[i * 10 + k] = (1 + i % 5) * (values[i * 10 + k] + (k == truth[i] ? 7 : 0)); // rows of all lengths
        MemoryRows rows = new(values, 10);
        foreach (LobeOptions options in (LobeOptions[])[new() { Lobes = 3 }, new() { Lobes = 3, Strongest = 8 }, new() { Lobes = 3, Method = LobeMethod.KMeans }])
        {
            LobeFinding found = LobeFinding.Of(rows, options);
            Assert.Equal(1, LabelAgreement.Of(found.Labels, new(truth, "")).AdjustedMutualInformation, 1e-9);
            Assert.True(found.Labels.Sizes[0] >= found.Labels.Sizes[2]);
            Assert.Contains("\"k\": 3", found.ToJson());
        }
        Assert.Contains("lobe 2", LobeFinding.MapOf(rows, LobeFinding.Of(rows, new() { Lobes = 3 }).Labels).ToSvg());
    }

    [Fact]
    public void A_sweep_tells_lobes_that_follow_the_rows_from_lobes_that_do_not()
    {
        using FeatureBlocks blocks = Planted(permuted: false, out Labeling truth);
        SeededRandom random = new(5, "rows of a sweep");
        float[] values = [.. Enumerable.Range(0, truth.Count * 6).Select(_ => (float)random.NextGaussian())];
        for (int i = 0; i < truth.Count; i++) values[i * 6 + Math.Max(0, truth[i])] += 4;
        LobeSweep sweep = LobeSweep.Run(_ => Planted(false, out Labeling _), new MemoryRows(values, 6), new()
        {
            Affinities = [LobeAffinity.ClippedPhi, LobeAffinity.Jaccard],
            Lobes = [2, 4],
            BlockLengths = [1],
            Draws = 19,
        });
        Assert.Equal(4, sweep.Entries.Count);
        LobeSweepEntry phi = sweep.Entries.Single(entry => entry is { Affinity: LobeAffinity.ClippedPhi, Lobes: 4 });
        Assert.InRange(phi.Agreement.Observed, .5, 1);
        Assert.Equal(.05, phi.Agreement.PValue, 1e-12);
        Assert.True(phi.PurityLift > 1.5 && phi.WithFrequency < .05);
        Assert.Contains("phi", sweep.ToPlot().ToSvg());
        Assert.Equal(4, ((IAnalysisResult)sweep).Tables[0].Count);

        LobeComparison comparison = LobeComparison.Of(new MemoryRows(values, 6), truth, new() { Draws = 19, Decoder = new() { Draws = 2 }, Strata = truth });
        Assert.Contains("\"balanced_accuracy\": 0.", comparison.ToJson());
        Assert.Equal(comparison.Purity.Overall.Observed, comparison.Purity.WithinStrata!.NullMean, 1e-12); // strata that are the lobes leave nothing to permute
    }

    [Fact]
    public void Labels_are_stored_as_a_field_with_their_provenance_and_lobes_are_compared_in_the_store()
    {
        string folder = Directory.CreateTempSubdirectory("vecstore-lobes-").FullName;
        try
        {
            Labeling labels = new([.. Enumerable.Range(0, 60).Select(i => i % 7 == 0 ? -1 : i % 3)], "by hand, seed 5");
            using (VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true }))
            {
                VectorCollection collection = store.Create("features", new(4) { Metric = Metric.Euclidean, KeyKind = KeyKind.String, Fields = [new("name", FieldType.String)] });
                for (int i = 0; i < 61; i++) collection.Upsert($"f{i}", [i, labels[i % 60], 1, i % 3 * 5], new() { ["name"] = $"feature {i}" });
                collection.Delete("f60");
                collection.StoreLabels("lobe", labels);
                collection.StoreLabels("domain", Labeling.OfText([.. Enumerable.Range(0, 60).Select(i => i == 3 ? null : i < 30 ? "code" : "prose")], "by eye"));
                Assert.Throws<ArgumentException>(() => collection.StoreLabels("lobe", new([0, 1], "")));
                Assert.Throws<ArgumentException>(() => collection.StoreLabels("name", labels)); // a field of text
            }
            using VectorStore again = VectorStore.Open(folder, new() { ReadOnly = true });
            VectorCollection features = again["features"];
            Labeling lobes = features.LoadLabels("lobe"), domain = features.LoadLabels("domain");
            Assert.Equal(labels.Labels.ToArray(), lobes.Labels.ToArray());
            Assert.StartsWith("by hand, seed 5", lobes.Provenance, StringComparison.Ordinal);
            Assert.Equal(["code", "prose"], domain.Names);
            Assert.Equal(59, domain.LabelledRows);
            Assert.Equal("feature 41", features.Get("f41")!.Fields["name"].AsString());
            Assert.Equal(2, features.Get("f41")!.Fields["lobe"].AsInt64());
            using Snapshot snapshot = features.TakeSnapshot();
            Assert.Equal("f59", new SnapshotRows(snapshot).KeyOf(59));
            LobeComparison overlap = snapshot.CompareNeighborhoodsToLobes(lobes, neighbors: 5, seed: 1);
            Assert.Equal((51, 9), (overlap.Rows, overlap.LeftOut));
            Assert.Contains("it has name, lobe, domain", Assert.Throws<ArgumentException>(() => snapshot.LoadLabels("colour")).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>1,200 features in four lobes, two that never fire and one that always does.</summary>
    private static FeatureBlocks Planted(bool permuted, out Labeling truth)
    {
        SeededRandom random = new(3, "planted firings");
        int[] lobe = [.. Enumerable.Range(0, 1203).Select(i => i >= 1200 ? -1 : random.NextInt32(4))];
        truth = new(lobe, "planted");
        FeatureBlocks blocks = new(1203);
        for (int block = 0; block < 1500; block++)
        {
            int own = random.NextInt32(4);
            SortedSet<int> firing = [1202];
            while (firing.Count < 50)
            {
                int feature = random.NextInt32(1200);
                if (permuted || lobe[feature] == own || random.NextDouble() < .2) firing.Add(feature);
            }
            blocks.Append([.. firing]);
        }
        return blocks;
    }
}
