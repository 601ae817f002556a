using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Puts features into lobes by what fires together or by direction; or goes through affinities, numbers of lobes and block lengths in one table.</summary>
internal sealed class LobesCommand : AnalysisCommand
{
    private static readonly LobeAffinity[] ByCounts = [LobeAffinity.ClippedPhi, LobeAffinity.ShiftedPhi, LobeAffinity.Overlap, LobeAffinity.SimpleMatching, LobeAffinity.Jaccard, LobeAffinity.Dice];
    private readonly Option<string?> affinity = Setting.Text("--affinity", "A,B", "phi, phi-shifted, overlap, matching, jaccard, dice (of firings), angular (of rows), or several; all: those of firings [phi].");
    private readonly Option<string?> lobes = Setting.Text("-k", "K,L", "How many lobes, or several numbers [8].");
    private readonly Option<string?> block = Setting.Text("--block", "N,M", "Tokens of a block, or several lengths [256; 1 where the firings are of blocks].");
    private readonly Option<double?> threshold = Setting.Number("--threshold", "X", "A feature fires with an activation greater than this [1; 0 where there are no activations].", double.MinValue, double.MaxValue);
    private readonly Option<bool> includePartial = Setting.Flag("--include-partial", "The shorter block at the end of a document counts too.");
    private readonly Option<string?> firings = Setting.Text("--firings", "NAME", "The name of the firings [firings].");
    private readonly Option<bool> kMeans = Setting.Flag("--k-means", "k-means of the rows at length 1, instead of spectral clustering of an affinity.");
    private readonly Option<int?> strongest = Setting.Integer("--strongest", "M", "Only the M strongest pairs of each feature [all up to 16,384 features, 50 above].", 1, 4_096);
    private readonly Option<int?> starts = Setting.Integer("--starts", "N", "Starts of k-means; the best counts [10].", 1, 10_000);
    private readonly Option<string?> field = Setting.Text("--field", "NAME", "Store the lobe of each feature in this field of the collection.");
    private readonly Option<string?> documentLabels = Setting.Text("--document-labels", "FILE", "The label of each document of the firings, one a line: enrichment of lobes, winning lobes.");
    private readonly Option<int?> neighbors = Setting.Integer("--neighbors", "K", "For several combinations: nearest rows of a neighbourhood [20].", 1, 10_000);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Permutations of each null [100].", 1, 1_000_000);

    public LobesCommand(CommandEnvironment environment)
        : base(environment, "lobes", "Puts features into lobes by what fires together or by direction; with several affinities, numbers or blocks, one table against geometry.",
            Shared.Seed | Shared.Threads | Shared.Plot)
    {
        foreach (Option option in new Option[] { affinity, lobes, block, threshold, includePartial, firings, kMeans, strongest, starts, field, documentLabels, neighbors, draws }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        LobeAffinity[] affinities = Affinities(parse.GetValue(affinity) ?? "phi");
        int[] numbers = Numbers("-k", parse.GetValue(lobes) ?? "8", 2);
        bool angular = parse.GetValue(kMeans) || affinities.Contains(LobeAffinity.Angular);
        if (parse.GetValue(kMeans) && parse.GetValue(affinity) is not null) throw new MistakeException("--k-means takes the rows themselves; --affinity has no meaning with it.");
        if (angular && (parse.GetValue(block) ?? parse.GetValue(documentLabels)) is not null)
            throw new MistakeException("Lobes of rows take no firings: --block and --document-labels have no meaning for them.");
        if (angular && affinities.Length > 1) throw new MistakeException("angular is what the affinities of firings are compared with: name it alone or leave it out.");
        if (angular && numbers.Length > 1) throw new MistakeException("Lobes of rows are made for one -k at a time.");
        LobeOptions options = new()
        {
            Affinity = affinities[0],
            Lobes = numbers[0],
            Method = parse.GetValue(kMeans) ? LobeMethod.KMeans : LobeMethod.Spectral,
            Strongest = parse.GetValue(strongest),
            Starts = parse.GetValue(starts) ?? 10,
            Seed = Seed(parse),
            Threads = Threads(parse),
        };

        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        VectorCollection collection = angular ? CollectionOf(parse, store) : WithFirings(parse, store);
        using Snapshot snapshot = collection.TakeSnapshot();
        SnapshotRows rows = new(snapshot);
        int[] lengths = [];
        if (!angular)
        {
            using FiringStore opened = Open(parse, snapshot);
            lengths = parse.GetValue(block) is { } typed ? Numbers("--block", typed, 1) : [BlockRule.DefaultOf(opened).Length];
        }

        if (affinities.Length * numbers.Length * Math.Max(1, lengths.Length) > 1) return Sweep(parse, snapshot, rows, affinities, numbers, lengths, options);
        LobeFinding found;
        LobeEnrichment? enrichment = null;
        List<ResultFact> facts = [new("collection", snapshot.Collection)];
        if (angular)
        {
            found = ProgressDisplay.Run(Terminal, display => LobeFinding.Of(rows, options with { Products = Cut(display) }, Sharing(display, "pairs"), Cancellation));
        }
        else
        {
            using FiringStore opened = Open(parse, snapshot);
            using BlockedFirings blocked = Blocks(parse, opened, lengths[0]);
            facts.AddRange([new("firings_name", opened.Attachment?.Name), new("block", lengths[0]), new("threshold", blocked.Rule.Threshold), new("block_rule", blocked.Rule.ToString())]);
            found = ProgressDisplay.Run(Terminal, display =>
                LobeFinding.Of(blocked.Blocks, options with { Products = Cut(display) }, Counting(display, "neighbours", "features", opened.FeatureCount), Cancellation));
            if (parse.GetValue(documentLabels) is { } file)
                enrichment = LobeEnrichment.Of(blocked.Blocks, LabelsOf(file, blocked), found.Labels, parse.GetValue(draws) ?? 100, options.Seed, null, Cancellation);
        }

        if (found.Labels.Count != rows.Count && parse.GetValue(field) is not null)
            throw new MistakeException($"--field needs a row for every feature: {found.Labels.Count} features, {rows.Count} rows.");
        if (parse.GetValue(field) is { } name) StoreLabels(parse, snapshot, name, found.Labels);
        facts.Add(new("field", parse.GetValue(field)));
        IAnalysisResult result = found, enriched = enrichment!;
        return Show(parse, new AnalysisReport(result.Title, [.. facts, .. result.Facts, .. enrichment is null ? [] : enriched.Facts], [.. result.Tables, .. enrichment is null ? [] : enriched.Tables]),
            () => enrichment is not null ? enrichment.ToPlot() : found.Labels.Count == rows.Count ? LobeFinding.MapOf(rows, found.Labels, options.Threads, Cancellation)
                : throw new MistakeException($"The map needs a row for every feature: {found.Labels.Count} features, {rows.Count} rows."));
    }

    private int Sweep(ParseResult parse, Snapshot snapshot, SnapshotRows rows, LobeAffinity[] affinities, int[] numbers, int[] lengths, LobeOptions options)
    {
        if (parse.GetValue(field) is not null || parse.GetValue(documentLabels) is not null)
            throw new MistakeException("--field and --document-labels need one affinity, one -k and one --block.");
        using FiringStore opened = Open(parse, snapshot);
        if (opened.FeatureCount != rows.Count) throw new MistakeException($"The comparison with geometry needs a row for every feature: {opened.FeatureCount} features, {rows.Count} rows.");
        LobeSweep sweep = WithShare("combinations", progress => LobeSweep.Run(length => BlockedFirings.Of(opened, RuleOf(parse, opened, length), cancellation: Cancellation).Blocks, rows, new()
        {
            Affinities = affinities,
            Lobes = numbers,
            BlockLengths = lengths,
            Neighbors = parse.GetValue(neighbors) ?? 20,
            Draws = parse.GetValue(draws) ?? 100,
            Lobe = options,
            Progress = progress,
        }, Cancellation));
        return Show(parse, ((IAnalysisResult)sweep).With(new ResultFact("collection", snapshot.Collection), new ResultFact("threshold", RuleOf(parse, opened, 1).Threshold)), sweep.ToPlot);
    }

    private void StoreLabels(ParseResult parse, Snapshot snapshot, string name, Labeling labels)
    {
        using VectorStore store = OpenToWrite(parse);
        VectorCollection collection = store[snapshot.Collection];
        ProgressDisplay.Run(Terminal, display =>
        {
            collection.StoreLabels(name, labels, display, Cancellation);
            return true;
        });
    }

    private FiringStore Open(ParseResult parse, Snapshot snapshot) => snapshot.OpenFirings(parse.GetValue(firings) ?? SnapshotFirings.DefaultName);

    private BlockRule RuleOf(ParseResult parse, FiringStore opened, int length)
    {
        BlockRule rule = BlockRule.DefaultOf(opened);
        rule = rule with { Length = length, Threshold = parse.GetValue(threshold) ?? rule.Threshold, IncludePartial = parse.GetValue(includePartial) };
        if (opened.Activation == ActivationType.None && rule.Threshold >= 1)
            throw new MistakeException($"--threshold {rule.Threshold} leaves nothing: these firings have no activations, each counts as 1.");
        return rule;
    }

    private BlockedFirings Blocks(ParseResult parse, FiringStore opened, int length)
        => WithProgress("blocks", opened.DocumentCount, progress => BlockedFirings.Of(opened, RuleOf(parse, opened, length), progress: progress, cancellation: Cancellation), "documents");

    private static IProgress<long> Cut(ProgressDisplay display) => Counting(display, "cut", "products", null);

    private static Labeling LabelsOf(string path, BlockedFirings blocked)
    {
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        string[] lines = File.ReadAllLines(path);
        long most = blocked.Origins.Count == 0 ? -1 : blocked.Origins.Max(origin => origin.Document);
        if (most >= lines.Length) throw new MistakeException($"{path} has {lines.Length} lines; document {most} needs line {most + 1}.");
        return Labeling.OfText([.. blocked.Origins.Select(origin => lines[origin.Document] is { Length: > 0 } label ? label : null)], path);
    }

    private static LobeAffinity[] Affinities(string typed)
    {
        if (typed == "all") return ByCounts;
        Dictionary<string, LobeAffinity> known = Enum.GetValues<LobeAffinity>().ToDictionary(one => one.Name(), StringComparer.Ordinal);
        string[] names = Setting.List(typed)!;
        if (names.Length == 0) throw new MistakeException($"--affinity names none; possible are {string.Join(", ", known.Keys)}, all.");
        return [.. names.Select(name => known.TryGetValue(name, out LobeAffinity one) ? one
            : throw new MistakeException($"--affinity {name} is not possible: {string.Join(", ", known.Keys)}, all are."))];
    }

    private static int[] Numbers(string option, string typed, int least)
    {
        int[] numbers = [.. Setting.List(typed)!.Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least ? number
            : throw new MistakeException($"{option} {text} is not possible: whole numbers of at least {least}, with commas between, are."))];
        return numbers.Length > 0 ? numbers : throw new MistakeException($"{option} names no number.");
    }
}
