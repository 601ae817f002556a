using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VecStore.Analysis.Tests;

/// <summary>The shared SAE data as the tests of lobes need it.</summary>
internal static class LobeData
{
    private static readonly Lazy<Domains> domains = new(ReadDomains);

    /// <summary>4,096 features of text from 13 domains.</summary>
    public sealed record Domains(FeatureBlocks Blocks, Labeling BlockDomains, CooccurrenceCounts Counts, MemoryRows Decoder, JsonElement Reference)
    {
        public Labeling Labels(string name) => new([.. Npz<short>("data/domains/labels.npz", name).Select(label => (int)label)], name);

        /// <summary>The domain in whose blocks each live feature fires most often.</summary>
        public Labeling DominantDomain()
        {
            long[,] fires = new long[4096, BlockDomains.Names.Count];
            for (int block = 0; block < Blocks.Count; block++)
                foreach (int feature in Blocks[block]) fires[feature, BlockDomains[block]]++;
            HashSet<int> live = [.. Counts.LiveFeatures];
            return new([.. Enumerable.Range(0, 4096).Select(feature => !live.Contains(feature) ? -1
                : Enumerable.Range(0, BlockDomains.Names.Count).MaxBy(domain => (double)fires[feature, domain] / BlockDomains.Sizes[domain]))], "dominant domain", BlockDomains.Names);
        }

        /// <summary>Ten bins of frequency by whether most of the decoder row lies in the context half.</summary>
        public Labeling Strata()
        {
            HashSet<int> live = [.. Counts.LiveFeatures];
            Labeling frequency = VecStore.Analysis.Strata.OfQuantiles([.. Enumerable.Range(0, 4096).Select(f => live.Contains(f) ? Counts.CountOf(f) : double.NaN)], 10, "frequency");
            double[][] rows = Golden.Doubles(Decoder);
            Labeling half = new([.. rows.Select(row => row[100..].Sum(x => x * x) > .5 * row.Sum(x => x * x) ? 1 : 0)], "context half");
            return VecStore.Analysis.Strata.Cross(frequency, half);
        }
    }

    public static Domains OfDomains()
    {
        Checkout.Shared("data/domains/block_features.npz");
        return domains.Value;
    }

    public static JsonElement Goldens { get; } = ReadGoldens();

    /// <summary>Blocks of the stories' firings, complete blocks of each document only.</summary>
    public static FeatureBlocks Stories(int block)
    {
        ReadOnlySpan<ushort> locations = MemoryMarshal.Cast<byte, ushort>(Tensor("data/stories260k/latents/layers.2/0_1023.safetensors", "locations"));
        int perDocument = 511 / block;
        SortedSet<int>[] fires = [.. Enumerable.Range(0, 1024 * perDocument).Select(_ => new SortedSet<int>())];
        for (int i = 0; i < locations.Length; i += 3)
            if (locations[i + 1] < perDocument * block) fires[locations[i] * perDocument + locations[i + 1] / block].Add(locations[i + 2]);
        FeatureBlocks blocks = new(1024);
        foreach (SortedSet<int> features in fires) blocks.Append([.. features]);
        return blocks;
    }

    public static MemoryRows StoriesDecoder() => new(Npz<float>("data/stories260k/params.npz", "W_dec"), 64);

    public static T[] Npz<T>(string file, string array) where T : unmanaged
    {
        using ZipArchive archive = ZipFile.OpenRead(Checkout.Shared(file));
        using Stream stream = archive.GetEntry(array + ".npy")!.Open();
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        byte[] npy = bytes.ToArray();
        return MemoryMarshal.Cast<byte, T>(npy.AsSpan(10 + BitConverter.ToUInt16(npy, 8))).ToArray(); // .npy version 1
    }

    public static byte[] Tensor(string file, string name)
    {
        byte[] all = File.ReadAllBytes(Checkout.Shared(file));
        int header = (int)BitConverter.ToInt64(all);
        using JsonDocument document = JsonDocument.Parse(all.AsMemory(8, header));
        JsonElement offsets = document.RootElement.GetProperty(name).GetProperty("data_offsets");
        return all[(8 + header + offsets[0].GetInt32())..(8 + header + offsets[1].GetInt32())];
    }

    private static Domains ReadDomains()
    {
        const string file = "data/domains/block_features.npz";
        long[] starts = Npz<long>(file, "indptr");
        int[] features = Npz<int>(file, "indices");
        FeatureBlocks blocks = new(4096);
        for (int block = 0; block + 1 < starts.Length; block++) blocks.Append(features.AsSpan((int)starts[block], (int)(starts[block + 1] - starts[block])));
        CooccurrenceCounts counts = new(4096);
        counts.Observe(blocks);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Checkout.Shared("data/domains/reference.json")));
        JsonElement reference = document.RootElement.Clone();
        string[] names = [.. reference.GetProperty("dominant_domain").GetProperty("domains").EnumerateArray().Select(name => name.GetString()!)];
        float[] decoder = MemoryMarshal.Cast<byte, float>(Tensor("data/domains/sae/sae_weights.safetensors", "W_dec")).ToArray();
        return new(blocks, new([.. Npz<sbyte>(file, "domain").Select(domain => (int)domain)], "domain of the block", names), counts, new(decoder, 200), reference);
    }

    private static JsonElement ReadGoldens()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("lobes.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static double[] Doubles(this JsonElement element) => [.. element.EnumerateArray().Select(x => x.GetDouble())];

    public static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(x => x.GetInt32())];

    public static MemoryRows Rows(this JsonElement element)
        => new(element.GetProperty("rows").EnumerateArray().Select(x => (float)x.GetDouble()).ToArray(), element.GetProperty("dimension").GetInt32());
}
