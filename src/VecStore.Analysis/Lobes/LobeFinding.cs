using System.Globalization;

namespace VecStore.Analysis;

/// <summary>What lobes are made of.</summary>
public enum LobeMethod
{
    /// <summary>Spectral clustering of an affinity.</summary>
    Spectral,

    /// <summary>k-means of the rows at length 1.</summary>
    KMeans,
}

/// <summary>How lobes are found.</summary>
public sealed record LobeOptions
{
    /// <summary>Number of lobes.</summary>
    public int Lobes { get; init; } = 8;

    /// <summary>The affinity.</summary>
    public LobeAffinity Affinity { get; init; } = LobeAffinity.ClippedPhi;

    /// <summary>Spectral clustering, or k-means of the rows, which takes no affinity.</summary>
    public LobeMethod Method { get; init; }

    /// <summary>Only so many strongest pairs of each feature; null takes all pairs up to <see cref="DenseFeatures"/> features and 50 of each above.</summary>
    public int? Strongest { get; init; }

    /// <summary>Starts of k-means.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>Seed of eigenvectors and centres.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Features up to which all pairs are taken where nothing else is asked: 2 GB of weights.</summary>
    public const int DenseFeatures = 16_384;

    /// <summary>Strongest pairs of each feature where there are too many features for all pairs and nothing else is asked.</summary>
    public const int StrongestOfMany = 50;

    /// <summary>Told the products with the graph so far while it is cut: the longer part where features are many.</summary>
    public IProgress<long>? Products { get; init; }

    internal int? StrongestOf(int features) => Strongest ?? (features <= DenseFeatures ? null : StrongestOfMany);
}

/// <summary>Lobes of features.</summary>
/// <param name="Labels">The lobe of each feature, by descending size; -1 for those left out.</param>
/// <param name="NeverFiring">Features left out because they never fire.</param>
/// <param name="AlwaysFiring">Features left out because they fire in every block.</param>
/// <param name="Blocks">Blocks that were counted; 0 where none were.</param>
/// <param name="Pairs">Pairs of features with a weight; 0 for k-means.</param>
/// <param name="Clustering">The cut with its eigenvalues; null for k-means.</param>
/// <param name="KMeans">The clustering of coordinates or rows.</param>
/// <param name="Options">What was asked.</param>
public sealed record LobeFinding(
    Labeling Labels, int NeverFiring, int AlwaysFiring, long Blocks, long Pairs, SpectralClustering? Clustering, KMeansResult KMeans, LobeOptions Options) : IAnalysisResult
{
    /// <summary>Finds lobes of features that fire together.</summary>
    public static LobeFinding Of(FeatureBlocks blocks, LobeOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        int[] live = blocks.LiveFeatures(out int never, out int always);
        RequireLobes(options.Lobes, live.Length);
        using CooccurrenceCounts? counts = CountsOf(blocks, live.Length, options, cancellation);
        AffinityGraph graph = options.Affinity.GraphOf(counts, blocks, live, options.StrongestOf(live.Length), options.Threads, progress, cancellation);
        return Cut(graph, SpectralEmbedding.Of(graph, options.Lobes, SpectralOf(options), cancellation), live, blocks.FeatureCount, options, cancellation)
            with
        { NeverFiring = never, AlwaysFiring = always, Blocks = blocks.Count };
    }

    /// <summary>Finds lobes of rows by their directions: the angular affinity, or k-means.</summary>
    public static LobeFinding Of(IRowSource rows, LobeOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new() { Affinity = LobeAffinity.Angular };
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        RequireLobes(options.Lobes, rows.Count);
        if (options.Method == LobeMethod.KMeans)
        {
            KMeansResult clusters = Analysis.KMeans.Run(new UnitRows(rows), options.Lobes, KMeansOf(options), cancellation);
            string description = string.Create(CultureInfo.InvariantCulture,
                $"k-means of unit rows, k {options.Lobes}, {options.Starts} starts, seed {options.Seed}, inertia {clusters.Inertia:G6}");
            return new(new(SpectralClustering.BySize(clusters.Labels, options.Lobes, out _), description), 0, 0, 0, 0, null, clusters, options);
        }
        AffinityGraph graph = options.StrongestOf(rows.Count) is { } strongest
            ? AngularAffinity.Nearest(rows, Math.Min(strongest, rows.Count - 1), options.Threads, progress, cancellation)
            : AngularAffinity.Dense(rows, options.Threads, cancellation);
        options = options with { Affinity = LobeAffinity.Angular };
        return Cut(graph, SpectralEmbedding.Of(graph, options.Lobes, SpectralOf(options), cancellation), all, rows.Count, options, cancellation);
    }

    /// <summary>Counts of all pairs where all pairs are wanted, or phi + 1; null where the strongest pairs are found feature by feature.</summary>
    internal static CooccurrenceCounts? CountsOf(FeatureBlocks blocks, int live, LobeOptions options, CancellationToken cancellation)
    {
        if (blocks.FeatureCount > CooccurrenceCounts.MostFeatures || (options.StrongestOf(live) is not null && options.Affinity != LobeAffinity.ShiftedPhi)) return null;
        CooccurrenceCounts counts = new(blocks.FeatureCount);
        counts.Observe(blocks, options.Threads, null, cancellation);
        return counts;
    }

    internal static SpectralOptions SpectralOf(LobeOptions options) => new() { Seed = options.Seed, Threads = options.Threads, Progress = options.Products };

    internal static KMeansOptions KMeansOf(LobeOptions options) => new() { Seed = options.Seed, Starts = options.Starts, Threads = options.Threads };

    internal static LobeFinding Cut(AffinityGraph graph, SpectralEmbedding embedding, int[] live, int features, LobeOptions options, CancellationToken cancellation)
    {
        SpectralClustering lobes = SpectralClustering.Cut(graph, embedding, options.Lobes, KMeansOf(options), cancellation);
        long pairs = graph.IsDense ? (long)graph.Count * (graph.Count - 1) / 2 : graph.Weights.LongLength / 2;
        string affinity = options.StrongestOf(live.Length) is { } strongest
            ? string.Create(CultureInfo.InvariantCulture, $"{options.Affinity.Name()}, {strongest} strongest of each feature") : $"{options.Affinity.Name()}, all pairs";
        return new(Labeling.Spread(lobes.Labels, live, features, lobes.Describe(affinity)), 0, 0, 0, pairs, lobes, lobes.KMeans, options);
    }

    internal static int RequireLobes(int lobes, int rows)
        => lobes >= 2 && lobes <= rows ? lobes : throw new ArgumentOutOfRangeException(nameof(lobes), lobes, $"2 to {rows} lobes");

    string IAnalysisResult.Title => "Lobes";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts
    {
        get
        {
            List<ResultFact> facts =
            [
                new("reading", Words()), new("method", Options.Method == LobeMethod.KMeans ? "k-means" : "spectral"), new("affinity", Clustering is null ? null : Options.Affinity.Name()), new("k", Options.Lobes),
                new("features", Labels.Count), new("features_in_lobes", Labels.LabelledRows), new("never_firing", NeverFiring), new("always_firing", AlwaysFiring),
                new("blocks", Blocks), new("pairs", Pairs), new("strongest", Clustering is null ? null : Options.StrongestOf(Labels.LabelledRows)), new("inertia", KMeans.Inertia),
                new("k_means_converged", KMeans.Converged), new("starts", Options.Starts), new("seed", (long)Options.Seed),
            ];
            if (Clustering is { } cut)
            {
                facts.AddRange(
                [
                    new("normalized_cut", cut.NormalizedCut), new("eigenvalues", cut.Embedding.Eigenvalues), new("components", cut.Embedding.Components),
                    new("isolated", cut.Embedding.Isolated), new("products", cut.Embedding.Products), new("tolerance", cut.Embedding.Options.Tolerance),
                ]);
            }
            return facts;
        }
    }

    // Lobes at random have a normalised cut of k - 1, whatever their sizes: a row's weight falls into its own lobe as often as the lobe is large.
    private string Words() => Reading.Join(
        Clustering is not { } cut ? null : string.Create(CultureInfo.InvariantCulture, $"normalised cut {cut.NormalizedCut:0.000}, {Options.Lobes - 1} for lobes at random, 0 for separate ones: {Reading.Share(1 - (cut.NormalizedCut / (Options.Lobes - 1)))} of the way from chance to separate lobes"),
        $"the largest lobe has {Reading.Share((double)Labels.Sizes.Max() / Labels.LabelledRows)} of the {(Blocks > 0 ? "features in lobes" : "rows")}, the smallest {Reading.Share((double)Labels.Sizes.Min() / Labels.LabelledRows)}",
        Blocks > 0 ? "whether lobes lie together in space is another question: compare lobes" : null);

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("lobes", new("lobe", typeof(string)), new("features", typeof(int)), new("share", typeof(double)));
            for (int lobe = 0; lobe < Labels.Names.Count; lobe++) table.Add(Labels.Names[lobe], Labels.Sizes[lobe], (double)Labels.Sizes[lobe] / Labels.LabelledRows);
            return [table];
        }
    }

    /// <summary>The rows on their two principal axes, coloured by lobe.</summary>
    /// <param name="rows">The rows of the features.</param>
    /// <param name="labels">Their lobes.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ScatterPlot MapOf(IRowSource rows, Labeling labels, int threads = 0, CancellationToken cancellation = default)
    {
        PrincipalComponents axes = PrincipalComponents.Of(new UnitRows(rows), 2, new() { Threads = threads }, cancellation);
        List<double>[] x = [.. labels.Names.Select(_ => new List<double>())], y = [.. labels.Names.Select(_ => new List<double>())];
        float[] block = new float[256 * rows.Dimension];
        for (int first = 0; first < rows.Count; first += 256)
        {
            int count = Math.Min(256, rows.Count - first);
            rows.Read(first, block.AsSpan(0, count * rows.Dimension));
            UnitRow.NormalizeAll(block.AsSpan(0, count * rows.Dimension), rows.Dimension);
            for (int i = 0; i < count; i++)
            {
                if (labels[first + i] < 0) continue;
                double[] at = axes.Transform(block.AsSpan(i * rows.Dimension, rows.Dimension));
                x[labels[first + i]].Add(at[0]);
                y[labels[first + i]].Add(at.Length > 1 ? at[1] : 0);
            }
        }
        double first_ = axes.Variances[0] / axes.TotalVariance, second = axes.Variances.Length > 1 ? axes.Variances[1] / axes.TotalVariance : 0;
        return new("Lobes on the two principal axes of the rows",
            new(string.Create(CultureInfo.InvariantCulture, $"first axis ({first_:P1} of the variance)")), new(string.Create(CultureInfo.InvariantCulture, $"second axis ({second:P1})")),
            [.. labels.Names.Select((name, lobe) => new PlotSeries(string.Create(CultureInfo.InvariantCulture, $"lobe {name} ({labels.Sizes[lobe]:N0})"), x[lobe], y[lobe]))])
        {
            Note = labels.Provenance.Length > 110 ? labels.Provenance[..110] : labels.Provenance,
        };
    }
}
