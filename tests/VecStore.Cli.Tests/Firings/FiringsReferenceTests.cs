using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using VecStore.Analysis;

namespace VecStore.Cli.Tests.Firings;

/// <summary>Firings of real models, held to what NumPy counted.</summary>
public sealed class FiringsReferenceTests : IDisposable
{
    private readonly TestFolder folder = new();

    private string Store => folder["s"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_stories_have_4_186_094_firings_and_co_occur_as_the_reference_says_in_every_entry()
    {
        string latents = Above("data/stories260k/latents/layers.2/0_1023.safetensors");
        byte[] reference = Member(Checkout.Shared("data/stories260k/cooc_block256_ref.npz"), "histogram.npy");
        JsonElement import = Cli.OkJson("firings", "import", latents, "--into", Store, "--collection", "stories");
        Assert.Equal(4_186_094, import.GetProperty("firings").GetInt64());
        Assert.Equal((1024, 1024, 523_264), (import.GetProperty("features").GetInt32(), import.GetProperty("documents").GetInt32(), import.GetProperty("tokens").GetInt32()));
        JsonElement found = Cli.OkJson("cooccur", "--store", Store, "--block", "256", "--threshold", "0", "--save", "counts");
        Assert.Equal(1024, found.GetProperty("blocks").GetInt32());
        Assert.Equal(30, found.GetProperty("always_firing").GetInt32());
        using VectorStore store = VectorStore.Open(Store, new() { ReadOnly = true });
        using Snapshot snapshot = store["stories"].TakeSnapshot();
        using CooccurrenceCounts counts = snapshot.ReadCooccurrence("counts");
        ReadOnlySpan<int> expected = MemoryMarshal.Cast<byte, int>(reference.AsSpan(reference.Length - (1024 * 1024 * sizeof(int))));
        for (int i = 0; i < 1024; i++)
        {
            for (int j = 0; j < 1024; j++)
            {
                if (expected[(1024 * i) + j] != counts[i, j]) Assert.Fail($"n[{i}, {j}] is {counts[i, j]}, not {expected[(1024 * i) + j]}");
            }
        }
    }

    [Fact]
    public void Counts_and_affinities_of_the_domains_are_those_of_the_reference()
    {
        string blocks = Checkout.Shared("data/domains/block_features.npz");
        JsonElement reference = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Checkout.Shared("data/domains/reference.json")));
        Cli.Ok("firings", "import", blocks, "--into", Store, "--collection", "domains");
        JsonElement found = Cli.OkJson("cooccur", "--store", Store, "--save", "counts"), expected = reference.GetProperty("cooccurrence");
        Assert.Equal(expected.GetProperty("total_sum").GetInt64(), found.GetProperty("sum").GetInt64());
        Assert.Equal(expected.GetProperty("trace").GetInt64(), found.GetProperty("trace").GetInt64());
        Assert.Equal(expected.GetProperty("nnz").GetInt64(), found.GetProperty("non_zeros").GetInt64());
        Assert.Equal(expected.GetProperty("sha256_int64_le_rowmajor").GetString(), found.GetProperty("sha256").GetString());
        Assert.Equal((7, 3, 4086), (found.GetProperty("never_firing").GetInt32(), found.GetProperty("always_firing").GetInt32(), found.GetProperty("live").GetInt32()));
        using VectorStore store = VectorStore.Open(Store, new() { ReadOnly = true });
        using Snapshot snapshot = store["domains"].TakeSnapshot();
        using CooccurrenceCounts counts = snapshot.ReadCooccurrence("counts");
        Assert.Equal(Numbers(reference.GetProperty("never_features")), counts.NeverFiring);
        Assert.Equal(Numbers(reference.GetProperty("every_block_features")), counts.AlwaysFiring);
        int pairs = 0;
        foreach (JsonElement pair in reference.GetProperty("affinities").GetProperty("pairs").EnumerateArray())
        {
            int i = pair.GetProperty("i").GetInt32(), j = pair.GetProperty("j").GetInt32();
            Assert.Equal((pair.GetProperty("n_i").GetInt32(), pair.GetProperty("n_j").GetInt32(), pair.GetProperty("n11").GetInt32()), (counts.CountOf(i), counts.CountOf(j), counts[i, j]));
            foreach ((CooccurrenceAffinity affinity, string name) in ((CooccurrenceAffinity, string)[])[(CooccurrenceAffinity.SimpleMatching, "simple_matching"),
                (CooccurrenceAffinity.Jaccard, "jaccard"), (CooccurrenceAffinity.Dice, "dice"), (CooccurrenceAffinity.Overlap, "overlap"), (CooccurrenceAffinity.Phi, "phi")])
            {
                Assert.InRange(counts.Affinity(affinity, i, j) - pair.GetProperty(name).GetDouble(), -1e-12, 1e-12);
            }

            pairs++;
        }

        Assert.True(pairs > 10);
    }

    /// <summary>One file or two splits: the same firings; and by the trap of the README fewer than before rounding to float16 pass the threshold.</summary>
    [Fact]
    public void Both_dumps_of_the_domains_import_alike()
    {
        string one = Above("data/domains/dump/delphi_one_split/glove_ctx/0_4095.safetensors"), two = Above("data/domains/dump/delphi_two_splits/glove_ctx/0_2047.safetensors");
        Cli.Ok("firings", "import", one, "--into", Store, "--collection", "one");
        Cli.Ok("firings", "import", two, "--into", Store, "--collection", "two");
        using VectorStore store = VectorStore.Open(Store, new() { ReadOnly = true });
        using Snapshot first = store["one"].TakeSnapshot(), second = store["two"].TakeSnapshot();
        using FiringStore left = first.OpenFirings(), right = second.OpenFirings();
        Assert.Equal((64, 16_384, 262_144, true), (left.DocumentCount, left.TokenCount, left.FiringCount, left.HasTokens));
        Assert.Equal(left.FiringCount, right.FiringCount);
        int overOne = 0;
        for (long place = 0; place < 64; place++)
        {
            DocumentFirings a = left.Read(place), b = right.Read(place);
            Assert.True(a.TokenStarts.SequenceEqual(b.TokenStarts) && a.Features.SequenceEqual(b.Features) && a.Activations.SequenceEqual(b.Activations) && a.Tokens.SequenceEqual(b.Tokens));
            foreach (float activation in a.Activations) overOne += activation > 1 ? 1 : 0;
        }

        Assert.Equal(183_949, overOne);
    }

    // The folder of the folder of a file: that of the modules.
    private static string Above(string file) => Path.GetDirectoryName(Path.GetDirectoryName(Checkout.Shared(file)))!;

    private static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt32())];

    private static byte[] Member(string archive, string name)
    {
        using ZipArchive zip = ZipFile.OpenRead(archive);
        using Stream stream = zip.GetEntry(name)!.Open();
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
