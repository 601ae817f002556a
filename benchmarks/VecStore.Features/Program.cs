using System.Diagnostics;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Features;

// dotnet run -c Release --project benchmarks/VecStore.Features -- count --features 16384 --blocks 20000 --firings 400          counts of all pairs
// dotnet run -c Release --project benchmarks/VecStore.Features -- stream --features 131072 --blocks 100000 --firings 200       neighbours of every feature, never all pairs
// Further: --lobes 64 --share 0.75 --seed 1 --permuted --threads 1 --repeat 3 --top 32, --write FOLDER (the blocks, for a peer), --read FOLDER.
// --smoke runs both in small size. analysis_peers/cooccurrence.py runs them in turn with SciPy.
Dictionary<string, string> options = [];
for (int i = 1; i < args.Length; i++)
{
    if (args[i].StartsWith("--", StringComparison.Ordinal)) options[args[i][2..]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[i + 1] : "true";
}

switch (args.FirstOrDefault())
{
    case "--smoke":
        options = new() { ["features"] = "640", ["blocks"] = "3000", ["firings"] = "30", ["lobes"] = "8", ["repeat"] = "1" };
        Count(Blocks());
        Stream(Blocks());
        options["permuted"] = "true";
        Stream(Blocks());
        return 0;
    case "count":
        Count(Blocks());
        return 0;
    case "stream":
        Stream(Blocks());
        return 0;
    default:
        Console.Error.WriteLine("count, stream or --smoke");
        return 2;
}

int Whole(string name, int otherwise) => options.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

FeatureBlocks Blocks()
{
    int features = Whole("features", 16_384), lobes = Whole("lobes", 64);
    if (options.TryGetValue("read", out string? from)) return NpyArrays.Read(from, features);
    double share = double.Parse(options.GetValueOrDefault("share", "0.75"), CultureInfo.InvariantCulture);
    FeatureBlocks blocks = PlantedBlocks.Make(features, Whole("blocks", 20_000), Whole("firings", 400), lobes, share, Whole("seed", 1));
    if (options.ContainsKey("permuted"))
    {
        using FeatureBlocks planted = blocks;
        blocks = PlantedBlocks.Permuted(planted, Whole("seed", 1));
    }
    if (options.TryGetValue("write", out string? to)) NpyArrays.Write(to, blocks);
    return blocks;
}

void Count(FeatureBlocks blocks)
{
    using FeatureBlocks disposed = blocks;
    for (int i = 0; i < Whole("repeat", 3); i++)
    {
        (TimeSpan start, long clock) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
        using CooccurrenceCounts counts = new(blocks.FeatureCount);
        counts.Observe(blocks, Whole("threads", 1));
        Report("count", start, clock, $"\"sum_check\": {Sum(counts)}");
    }
}

// The sum of some rows: what a peer must have too.
static long Sum(CooccurrenceCounts counts)
{
    long sum = 0;
    for (int i = 0; i < Math.Min(100, counts.FeatureCount); i++) for (int j = 0; j < counts.FeatureCount; j++) sum += counts[i, j];
    return sum;
}

void Stream(FeatureBlocks blocks)
{
    using FeatureBlocks disposed = blocks;
    int lobes = Whole("lobes", 64);
    for (int i = 0; i < Whole("repeat", 1); i++)
    {
        (TimeSpan start, long clock) = (Process.GetCurrentProcess().TotalProcessorTime, Stopwatch.GetTimestamp());
        CooccurrenceNeighbors neighbors = CooccurrenceNeighbors.Find(blocks, CooccurrenceAffinity.Phi, Whole("top", 32), Whole("threads", 1));
        long own = 0;
        for (int feature = 0; feature < blocks.FeatureCount; feature++)
        {
            for (long at = neighbors.Starts[feature]; at < neighbors.Starts[feature + 1]; at++)
                if (PlantedBlocks.LobeOf(neighbors.Features[at], lobes) == PlantedBlocks.LobeOf(feature, lobes)) own++;
        }
        Report("stream", start, clock, string.Create(CultureInfo.InvariantCulture, $"\"neighbors\": {neighbors.Features.Length}, \"share_in_own_lobe\": {(double)own / Math.Max(1, neighbors.Features.Length):0.0000}"));
    }
}

void Report(string what, TimeSpan start, long clock, string more)
{
    using Process process = Process.GetCurrentProcess();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{{\"what\": \"{what}\", \"threads\": {Whole("threads", 1)}, \"processor_seconds\": {(process.TotalProcessorTime - start).TotalSeconds:0.000}, \"seconds\": {Stopwatch.GetElapsedTime(clock).TotalSeconds:0.000}, \"peak_megabytes\": {process.PeakWorkingSet64 >> 20}, {more}}}"));
}
