using System.Globalization;
using System.Text.Json;

namespace VecStore.Analysis.Tests;

/// <summary>Lobes of a real SAE against scikit-learn's (shared/data/reference/lobes_stories_block16.json and _block256.json).</summary>
public class StoriesLobesTests(ITestOutputHelper output)
{
    private static readonly (string Name, LobeAffinity Affinity)[] Affinities =
    [
        ("phi", LobeAffinity.ShiftedPhi), ("overlap", LobeAffinity.Overlap), ("smc", LobeAffinity.SimpleMatching), ("jaccard", LobeAffinity.Jaccard), ("dice", LobeAffinity.Dice),
    ];

    [Theory]
    [InlineData(16)]
    [InlineData(256)]
    public void Agreement_with_angular_clusters_is_that_of_scikit_learn(int block)
    {
        // Python wrote a z-score of Infinity, which JSON does not know.
        string text = File.ReadAllText(Checkout.Shared($"data/reference/lobes_stories_block{block}.json")).Replace("Infinity", "null", StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement reference = document.RootElement;
        using FeatureBlocks blocks = LobeData.Stories(block);
        using CooccurrenceCounts counts = new(1024);
        counts.Observe(blocks);
        Assert.Equal((long)reference.GetProperty("n_chunks").GetDouble(), counts.Blocks);
        foreach (JsonElement pair in reference.GetProperty("top_phi_pairs").EnumerateArray())
            Assert.Equal(pair[2].GetDouble(), counts.Affinity(CooccurrenceAffinity.Phi, pair[0].GetInt32(), pair[1].GetInt32()), 1e-12);
        (int, int)[] strongest = [.. Enumerable.Range(0, 1024).SelectMany(i => Enumerable.Range(i + 1, 1023 - i).Select(j => (i, j)))
            .OrderByDescending(pair => counts.Affinity(CooccurrenceAffinity.Phi, pair.i, pair.j)).Take(10)];
        Assert.Equal(reference.GetProperty("top_phi_pairs").EnumerateArray().Select(pair => (pair[0].GetInt32(), pair[1].GetInt32())), strongest);

        int[] all = [.. Enumerable.Range(0, 1024)], ks = [2, 3, 4, 8, 16, 32, 64]; // the reference keeps features that fire in every block
        Dictionary<string, Labeling[]> labels = [];
        AffinityGraph angular = AngularAffinity.Dense(LobeData.StoriesDecoder());
        JsonElement cuts = LobeData.Goldens.GetProperty("cuts").GetProperty(block.ToString(CultureInfo.InvariantCulture));
        List<string> lines = [];
        int lower = 0, far = 0;
        foreach ((string name, AffinityGraph graph) in Affinities.Select(item => (item.Name, counts.DenseGraph(item.Affinity, all))).Prepend(("angular", angular)))
        {
            SpectralEmbedding embedding = SpectralEmbedding.Of(graph, 64);
            labels[name] = new Labeling[ks.Length];
            for (int i = 0; i < ks.Length; i++)
            {
                SpectralClustering lobes = SpectralClustering.Cut(graph, embedding, ks[i]);
                labels[name][i] = new(lobes.Labels, name);
                string k = ks[i].ToString(CultureInfo.InvariantCulture);
                double theirs = cuts.GetProperty(name).GetProperty(k).GetDouble();
                if (lobes.NormalizedCut <= theirs * (1 + 1e-9)) lower++;
                Assert.InRange(lobes.NormalizedCut, 0, theirs + .01 * ks[i]);
                if (name == "angular") continue;
                double ami = LabelAgreement.Of(labels["angular"][i], labels[name][i]).AdjustedMutualInformation, expected = reference.GetProperty("ami").GetProperty(name).GetProperty(k).GetDouble();
                bool near = Math.Abs(ami - expected) <= .02;
                if (!near) far++;
                lines.Add($"{name,-8} {k,3}  AMI {ami:F4} reference {expected:F4}{(near ? "" : " *")}  cut {lobes.NormalizedCut:F5} scikit-learn {theirs:F5}");
            }
        }
        output.WriteLine($"block {block}: cut at most scikit-learn's in {lower} of {ks.Length * labels.Count}\n" + string.Join('\n', lines));
        Assert.Equal(0, far);
    }
}
