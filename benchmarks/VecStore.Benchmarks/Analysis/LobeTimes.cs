using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using VecStore.Analysis;

namespace VecStore.Benchmarks.Analysis;

/// <summary>Our half of benchmarks/analysis_peers/sklearn_lobes.py: the data it shares with its peers, and the times of one thread. And planted lobes among many features.</summary>
internal static class LobeTimes
{
    private const int Rows = 16_384, Dimension = 768, Classes = 8;

    /// <summary>Writes rows, labels and a sparse affinity of features for both sides.</summary>
    public static int Make(string folder)
    {
        (MemoryRows rows, int[] labels) = LabelledRows();
        float[] values = new float[Rows * Dimension];
        rows.Read(0, values);
        Write(folder, "rows", "<f4", $"({Rows}, {Dimension})", MemoryMarshal.AsBytes(values.AsSpan()));
        Write(folder, "labels", "<i4", $"({Rows},)", MemoryMarshal.AsBytes(labels.AsSpan()));
        AffinityGraph graph = PlantedGraph(out _);
        Write(folder, "starts", "<i8", $"({graph.Starts.Length},)", MemoryMarshal.AsBytes(graph.Starts.AsSpan()));
        Write(folder, "columns", "<i4", $"({graph.Columns.Length},)", MemoryMarshal.AsBytes(graph.Columns.AsSpan()));
        Write(folder, "weights", "<f8", $"({graph.Weights.Length},)", MemoryMarshal.AsBytes(graph.Weights.AsSpan()));
        return 0;
    }

    /// <summary>Times of each part, one thread, the parts that are not named left out.</summary>
    public static int Run(IEnumerable<string> parts)
    {
        (MemoryRows rows, int[] labels) = LabelledRows();
        float[] values = new float[Rows * Dimension];
        rows.Read(0, values);
        Labeling labeling = new(labels, "planted");
        int[] all = [.. Enumerable.Range(0, Rows)];
        RegressionOptions regression = new() { Threads = 1 };
        AffinityGraph graph = PlantedGraph(out int[] planted);
        MemoryRows few = new(values.AsMemory(0, 1_024 * Dimension), Dimension); // once before the clock runs, so that compiling is not timed
        Dictionary<string, Func<int, double>> work = new()
        {
            ["spectral"] = _ => SpectralClustering.Run(graph, Classes, new() { Threads = 1 }, new() { Threads = 1 }).NormalizedCut,
            ["neighbors"] = round => NeighborLists.Of(round == 0 ? few : rows, 10, threads: 1).Cosines.Sum(x => (double)x),
            ["regression"] = round => MultinomialRegression.Fit(
                values, Dimension, round == 0 ? all[..1_024] : all, round == 0 ? labels[..1_024] : labels, Classes, regression).Objective,
            ["silhouette"] = round => SilhouetteStudy.Of(round == 0 ? few : rows, round == 0 ? new(labels[..1_024], "") : labeling, threads: 1).Mean,
        };
        Dictionary<string, object> found = [];
        foreach (string part in parts)
        {
            for (int i = 0; i < 3; i++) work[part](0);
            TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
            long started = Stopwatch.GetTimestamp();
            double value = work[part](1);
            found[part] = new { seconds = Stopwatch.GetElapsedTime(started).TotalSeconds, processor = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds, value };
        }
        if (found.ContainsKey("spectral")) found["planted_cut"] = SpectralClustering.NormalizedCutOf(graph, planted, Classes);
        Console.WriteLine(JsonSerializer.Serialize(found));
        return 0;
    }

    /// <summary>Planted lobes among many features: found, and nothing found when every feature fires as often but in blocks at random.</summary>
    public static int Planted(int features, int blockCount, int firings, int lobes, int strongest)
    {
        foreach (bool permuted in (bool[])[false, true])
        {
            long started = Stopwatch.GetTimestamp();
            int[] truth = PlantedLobes(features, lobes);
            using FeatureBlocks blocks = Blocks(truth, lobes, blockCount, firings, permuted);
            double generated = Stopwatch.GetElapsedTime(started).TotalSeconds;
            started = Stopwatch.GetTimestamp();
            CooccurrenceNeighbors near = CooccurrenceNeighbors.Find(blocks, CooccurrenceAffinity.Phi, strongest);
            int[] live = near.LiveFeatures;
            AffinityGraph graph = near.AffinityGraph(live);
            double graphSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            started = Stopwatch.GetTimestamp();
            // Permuted data have no gap behind the wanted eigenvalues: a residual of 1e-4 is as good as any there.
            SpectralClustering found = SpectralClustering.Run(graph, lobes, new() { Tolerance = permuted ? 1e-3 : 1e-8 });
            double agreement = LabelAgreement.Of(Labeling.Spread(found.Labels, live, features, "found"), new(truth, "planted")).AdjustedMutualInformation;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(permuted ? "permuted" : "planted")}: {features:N0} features, {blockCount:N0} blocks of {firings} firings, {lobes} lobes; {live.Length:N0} fire; made in {generated:F1} s; " +
                $"graph of {graph.Weights.LongLength / 2:N0} pairs in {graphSeconds:F1} s; cut in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s with {found.Embedding.Products:N0} products; " +
                $"eigenvalues {found.Embedding.Eigenvalues[1]:F3} .. {found.Embedding.Eigenvalues[^1]:F3}; AMI with the planted lobes {agreement:F4}; " +
                $"peak memory {Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:F2} GB"));
        }
        return 0;
    }

    private static (MemoryRows Rows, int[] Labels) LabelledRows()
    {
        SeededRandom random = new(5, "labelled rows");
        double[][] centres = [.. Enumerable.Range(0, Classes).Select(_ => Enumerable.Range(0, Dimension).Select(_ => random.NextGaussian()).ToArray())];
        float[] values = new float[Rows * Dimension];
        int[] labels = new int[Rows];
        for (int i = 0; i < Rows; i++)
        {
            labels[i] = random.NextInt32(Classes);
            for (int k = 0; k < Dimension; k++) values[i * Dimension + k] = (float)(random.NextGaussian() + 0.06 * centres[labels[i]][k]);
        }
        return (new(values, Dimension), labels);
    }

    /// <summary>The 64 strongest phi of 16,384 features with 8 planted lobes.</summary>
    private static AffinityGraph PlantedGraph(out int[] planted)
    {
        planted = PlantedLobes(Rows, Classes);
        using FeatureBlocks blocks = Blocks(planted, Classes, 5_000, 100, permuted: false);
        return CooccurrenceNeighbors.Find(blocks, CooccurrenceAffinity.Phi, 64).AffinityGraph([.. Enumerable.Range(0, Rows)]);
    }

    private static int[] PlantedLobes(int features, int lobes)
    {
        SeededRandom random = new(1, "planted lobes");
        return [.. Enumerable.Range(0, features).Select(_ => random.NextInt32(lobes))];
    }

    /// <summary>Each block has a lobe, from which three fifths of its firings come; permuted, every firing's feature is drawn from all.</summary>
    private static FeatureBlocks Blocks(int[] lobeOf, int lobes, int count, int firings, bool permuted)
    {
        SeededRandom random = new(2, "planted blocks");
        int[][] members = [.. Enumerable.Range(0, lobes).Select(lobe => Enumerable.Range(0, lobeOf.Length).Where(feature => lobeOf[feature] == lobe).ToArray())];
        FeatureBlocks blocks = new(lobeOf.Length);
        HashSet<int> firing = [];
        int[] ascending = new int[firings];
        for (int block = 0; block < count; block++)
        {
            firing.Clear();
            int[] own = members[random.NextInt32(lobes)];
            for (int i = 0; i < firings * 3 / 5; i++)
            {
                int feature = own[random.NextInt32(own.Length)];
                if (permuted) feature = random.NextInt32(lobeOf.Length);
                firing.Add(feature);
            }
            while (firing.Count < firings) firing.Add(random.NextInt32(lobeOf.Length));
            firing.CopyTo(ascending);
            Array.Sort(ascending);
            blocks.Append(ascending);
        }
        return blocks;
    }

    private static void Write(string folder, string name, string type, string shape, ReadOnlySpan<byte> bytes)
    {
        using FileStream file = File.Create(Path.Combine(folder, name + ".npy"));
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}";
        header = header.PadRight((header.Length + 11 + 63) / 64 * 64 - 11) + "\n";
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)(header.Length & 255), (byte)(header.Length >> 8)]);
        file.Write(Encoding.ASCII.GetBytes(header));
        file.Write(bytes);
    }
}
