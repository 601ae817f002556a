using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Which lobes a sweep looks at.</summary>
public sealed record LobeSweepOptions
{
    /// <summary>Affinities by co-occurrence.</summary>
    public IReadOnlyList<LobeAffinity> Affinities { get; init; } =
        [LobeAffinity.ClippedPhi, LobeAffinity.ShiftedPhi, LobeAffinity.Overlap, LobeAffinity.SimpleMatching, LobeAffinity.Jaccard, LobeAffinity.Dice];

    /// <summary>Numbers of lobes.</summary>
    public IReadOnlyList<int> Lobes { get; init; } = [2, 3, 4, 8, 16, 32, 64];

    /// <summary>Block lengths in tokens.</summary>
    public IReadOnlyList<int> BlockLengths { get; init; } = [256];

    /// <summary>Nearest rows of a neighbourhood.</summary>
    public int Neighbors { get; init; } = 20;

    /// <summary>Permutations for each figure.</summary>
    public int Draws { get; init; } = 100;

    /// <summary>Bins of frequency within which labels are permuted for the stricter null, and with which lobes are compared: how much is plain frequency.</summary>
    public int FrequencyBins { get; init; } = 10;

    /// <summary>Everything else as for one clustering.</summary>
    public LobeOptions Lobe { get; init; } = new();

    /// <summary>Told the share of the clusterings that are done.</summary>
    public IProgress<double>? Progress { get; init; }
}

/// <summary>One clustering of a sweep.</summary>
/// <param name="BlockLength">Tokens of a block.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Affinity">The affinity.</param>
/// <param name="Lobes">k.</param>
/// <param name="Features">Features in lobes.</param>
/// <param name="Largest">Features of the largest lobe.</param>
/// <param name="Smallest">Features of the smallest.</param>
/// <param name="NormalizedCut">Of the lobes.</param>
/// <param name="Agreement">With the angular lobes of as many: adjusted mutual information beside permuted labels.</param>
/// <param name="WithinStrata">The same beside labels permuted within bins of frequency.</param>
/// <param name="WithFrequency">Adjusted mutual information of the lobes with the bins of frequency.</param>
/// <param name="Purity">Mean share of a row's nearest rows in its own lobe, beside permuted labels.</param>
/// <param name="PurityLift">That share over chance.</param>
public sealed record LobeSweepEntry(
    int BlockLength, long Blocks, LobeAffinity Affinity, int Lobes, int Features, int Largest, int Smallest, double NormalizedCut, NullTest Agreement, NullTest WithinStrata,
    double WithFrequency, NullTest Purity, double PurityLift);

/// <summary>Lobes against geometry over affinities, numbers of lobes and block lengths, in one table.</summary>
/// <param name="Entries">One for each combination.</param>
/// <param name="Options">What was asked.</param>
public sealed record LobeSweep(IReadOnlyList<LobeSweepEntry> Entries, LobeSweepOptions Options) : IAnalysisResult
{
    /// <summary>Runs through all combinations: one graph and one embedding for each block length and affinity, one for the angular affinity.</summary>
    /// <param name="blocksOf">The blocks of a length; disposed here.</param>
    /// <param name="rows">The rows of the features.</param>
    /// <param name="options">What to go through.</param>
    /// <param name="cancellation">Ends it.</param>
    public static LobeSweep Run(Func<int, FeatureBlocks> blocksOf, IRowSource rows, LobeSweepOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (options.Affinities.Contains(LobeAffinity.Angular)) throw new ArgumentException("the angular affinity is what the others are compared with", nameof(options));
        LobeOptions lobe = options.Lobe;
        int most = options.Lobes.Max(), done = 0;
        List<LobeSweepEntry> entries = [];
        foreach (int length in options.BlockLengths)
        {
            using FeatureBlocks blocks = blocksOf(length);
            if (blocks.FeatureCount != rows.Count) throw new ArgumentException($"blocks of {blocks.FeatureCount} features, {rows.Count} rows", nameof(rows));
            int[] live = blocks.LiveFeatures(out _, out _);
            LobeFinding.RequireLobes(most, live.Length);
            SelectedRows liveRows = new(rows, live);
            LobeOptions angularOptions = lobe with { Affinity = LobeAffinity.Angular };
            AffinityGraph angular = lobe.StrongestOf(live.Length) is { } strongest
                ? AngularAffinity.Nearest(liveRows, Math.Min(strongest, live.Length - 1), lobe.Threads, null, cancellation)
                : AngularAffinity.Dense(liveRows, lobe.Threads, cancellation);
            SpectralEmbedding angularEmbedding = SpectralEmbedding.Of(angular, most, LobeFinding.SpectralOf(lobe), cancellation);
            Dictionary<int, Labeling> angularLobes = options.Lobes.Distinct().ToDictionary(
                k => k, k => LobeFinding.Cut(angular, angularEmbedding, live, rows.Count, angularOptions with { Lobes = k }, cancellation).Labels);
            NeighborLists near = NeighborLists.Of(liveRows, Math.Min(options.Neighbors, live.Length - 1), lobe.Threads, null, cancellation);
            long[] fires = blocks.Occurrences();
            HashSet<int> alive = [.. live];
            Labeling frequency = Strata.OfQuantiles([.. fires.Select((count, feature) => alive.Contains(feature) ? count : double.NaN)], options.FrequencyBins, "frequency");
            using CooccurrenceCounts? counts = LobeFinding.CountsOf(blocks, live.Length, lobe, cancellation);
            foreach (LobeAffinity affinity in options.Affinities)
            {
                AffinityGraph graph = affinity.GraphOf(counts, blocks, live, lobe.StrongestOf(live.Length), lobe.Threads, null, cancellation);
                SpectralEmbedding embedding = SpectralEmbedding.Of(graph, most, LobeFinding.SpectralOf(lobe), cancellation);
                foreach (int k in options.Lobes)
                {
                    LobeFinding found = LobeFinding.Cut(graph, embedding, live, rows.Count, lobe with { Affinity = affinity, Lobes = k }, cancellation);
                    NullTest agreement = LabelAgreement.Test(found.Labels, angularLobes[k], options.Draws, lobe.Seed, null, lobe.Threads, cancellation);
                    NullTest strict = LabelAgreement.Test(found.Labels, angularLobes[k], options.Draws, lobe.Seed, frequency, lobe.Threads, cancellation);
                    NeighborhoodPurity purity = NeighborhoodPurity.Of(
                        near, [.. live.Select(row => found.Labels[row])], live, found.Labels.Names, options.Draws, lobe.Seed, null, lobe.Threads, cancellation);
                    entries.Add(new(length, blocks.Count, affinity, k, live.Length, found.Labels.Sizes.Max(), found.Labels.Sizes.Min(), found.Clustering!.NormalizedCut, agreement, strict,
                        LabelAgreement.Of(found.Labels, frequency).AdjustedMutualInformation, purity.Overall, purity.Lift));
                    options.Progress?.Report(++done / (double)(options.BlockLengths.Count * options.Affinities.Count * options.Lobes.Count));
                }
            }
        }
        return new(entries, options);
    }

    string IAnalysisResult.Title => "Lobes against geometry";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("reading", Words()), new("neighbors", Options.Neighbors), new("draws", Options.Draws), new("seed", (long)Options.Lobe.Seed), new("null", "labels permuted"),
        new("null_within_strata", string.Create(CultureInfo.InvariantCulture, $"labels permuted within {Options.FrequencyBins} bins of frequency")),
    ];

    private string Words()
    {
        if (Entries.Count == 0) return "nothing was gone through";
        LobeSweepEntry best = Entries.MaxBy(entry => entry.WithinStrata.Effect)!;
        int beyond = Entries.Count(entry => entry.WithinStrata.PValue <= 0.05);
        return string.Create(CultureInfo.InvariantCulture,
            $"{beyond} of {Entries.Count} combinations agree with the angular lobes beyond chance within strata of frequency; most: {best.Affinity.Name()}, k {best.Lobes}, block {best.BlockLength}: {Reading.Of("mutual information", best.WithinStrata)}; the best of many is larger than its p says");
    }

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("sweep", new("block", typeof(int)), new("blocks", typeof(long)), new("affinity", typeof(string)), new("k", typeof(int)), new("features", typeof(int)),
                new("largest", typeof(int)), new("smallest", typeof(int)), new("normalized_cut", typeof(double)), new("ami", typeof(double)), new("ami_null_mean", typeof(double)),
                new("ami_p", typeof(double)), new("ami_strata_null_mean", typeof(double)), new("ami_strata_p", typeof(double)), new("ami_with_frequency", typeof(double)),
                new("purity", typeof(double)), new("purity_null_mean", typeof(double)), new("purity_lift", typeof(double)), new("purity_p", typeof(double)));
            foreach (LobeSweepEntry e in Entries)
                table.Add(e.BlockLength, e.Blocks, e.Affinity.Name(), e.Lobes, e.Features, e.Largest, e.Smallest, e.NormalizedCut, e.Agreement.Observed, e.Agreement.NullMean, e.Agreement.PValue,
                    e.WithinStrata.NullMean, e.WithinStrata.PValue, e.WithFrequency, e.Purity.Observed, e.Purity.NullMean, e.PurityLift, e.Purity.PValue);
            return [table];
        }
    }

    /// <summary>Adjusted mutual information with the angular lobes against the number of lobes, a line for each affinity and block length.</summary>
    public LinePlot ToPlot()
        => new("Lobes against angular lobes", new("number of lobes", null, true), new("adjusted mutual information"),
            [.. Entries.GroupBy(entry => (entry.Affinity, entry.BlockLength)).Select(line => new PlotSeries(
                Options.BlockLengths.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{line.Key.Affinity.Name()}, block {line.Key.BlockLength}") : line.Key.Affinity.Name(),
                [.. line.Select(entry => (double)entry.Lobes)], [.. line.Select(entry => entry.Agreement.Observed)]))])
        { Marked = true };
}
