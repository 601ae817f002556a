using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Features;

namespace VecStore.Cli.Commands;

/// <summary>Counts in how many blocks of tokens features fire together.</summary>
internal sealed class CooccurCommand : FiringsCommand
{
    private readonly Option<int?> block = Setting.Integer("--block", "N", "Tokens of a block [256; 1 where the firings are of blocks].", 1);
    private readonly Option<double?> threshold = Setting.Number("--threshold", "X", "A feature fires with an activation greater than this [1; 0 where there are no activations].", double.MinValue, double.MaxValue);
    private readonly Option<bool> includePartial = Setting.Flag("--include-partial", "The shorter block at the end of a document counts too.");
    private readonly Option<CooccurrenceAffinity?> affinity = Setting.Choice("--affinity", "For --neighbors: the affinity [phi].", AffinityNames.All);
    private readonly Option<int?> neighbors = Setting.Integer("--neighbors", "FEATURE", "The features that co-occur most with this one.", 0);
    private readonly Option<int?> count = Setting.Integer("-k", "K", "With --neighbors: how many [10].", 1, 4096);
    private readonly Option<string?> save = Setting.Text("--save", "NAME", "Keep the counts beside the collection under this name.");
    private readonly Option<string?> write = Setting.Text("--write", "FILE", "Write the counts to a file, to be combined with those of other documents.");
    private readonly Option<string[]> combine = Setting.Several("--combine", "FILES", "Take in the counts of other documents from files that --write wrote.");
    private readonly Option<int?> memory = Setting.Integer("--memory", "MB", "Memory of the lists of blocks; more goes to a temporary file [1024].", 1);

    public CooccurCommand(CommandEnvironment environment)
        : base(environment, "cooccur", "Counts in how many blocks of tokens features fire together; the features nearest to one by that.", Shared.Threads)
    {
        foreach (Option option in new Option[] { block, threshold, includePartial, affinity, neighbors, count, save, write, combine, memory }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse, Snapshot snapshot, FiringStore firings)
    {
        BlockRule rule = BlockRule.DefaultOf(firings);
        rule = rule with { Length = parse.GetValue(block) ?? rule.Length, Threshold = parse.GetValue(threshold) ?? rule.Threshold, IncludePartial = parse.GetValue(includePartial) };
        if (firings.Activation == ActivationType.None && rule.Threshold >= 1)
            throw new MistakeException($"--threshold {rule.Threshold} leaves nothing: these firings have no activations, each counts as 1.");
        if (parse.GetValue(neighbors) is { } asked) RequireFeature(firings, asked);
        string[] files = parse.GetValue(combine)!;
        if (files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Count() < files.Length) throw new MistakeException($"--combine {string.Join(' ', files)}: a file is named twice, and would be counted twice.");
        // Of files alone the counts are those of the files; documents are counted besides only where they are named.
        Func<long, bool>? selected = Documents(parse) ?? (files.Length > 0 ? _ => false : null);
        bool dense = firings.FeatureCount <= CooccurrenceCounts.MostFeatures;
        if (!dense && (parse.GetValue(save) ?? parse.GetValue(write) ?? parse.GetValue(combine)!.FirstOrDefault()) is not null)
            throw new MistakeException($"--save, --write and --combine need counts of all pairs, which are made for up to {CooccurrenceCounts.MostFeatures:N0} features; there are {firings.FeatureCount:N0}.");
        using BlockedFirings blocked = WithProgress("blocks", firings.DocumentCount, progress =>
            BlockedFirings.Of(firings, rule, selected, (parse.GetValue(memory) ?? 1024L) << 20, progress, Cancellation), "documents");
        CooccurrenceReport report = dense ? Dense(parse, snapshot, firings, blocked) : Streamed(parse, blocked);
        return Show(parse, new AnalysisReport("Co-occurrence of features", [
            new("collection", snapshot.Collection), new("firings_name", firings.Attachment?.Name), new("block", rule.Length), new("threshold", rule.Threshold), new("include_partial", rule.IncludePartial),
            .. ((IAnalysisResult)report).Facts, new("counted", dense ? "all pairs" : "streamed"), new("saved", parse.GetValue(save)),
        ], ((IAnalysisResult)report).Tables));
    }

    private CooccurrenceReport Dense(ParseResult parse, Snapshot snapshot, FiringStore firings, BlockedFirings blocked)
    {
        CooccurrencePartial partial = new(blocked.Rule.ToString(), blocked.Documents, blocked.Tokens, blocked.TokensLeftOut, new(firings.FeatureCount));
        using CooccurrenceCounts counts = partial.Counts;
        WithProgress("pairs", blocked.Blocks.Count, progress =>
        {
            counts.Observe(blocked.Blocks, Threads(parse), progress, Cancellation);
            return true;
        });
        foreach (string file in parse.GetValue(combine)!)
        {
            if (!File.Exists(file)) throw new MistakeException($"There is no file {file}.");
            using CooccurrencePartial other = CooccurrencePartial.Read(file);
            partial = partial.Combine(other);
        }

        if (parse.GetValue(write) is { } path) partial.Write(path);
        if (parse.GetValue(save) is { } name)
        {
            using VectorStore store = OpenToWrite(parse);
            store[snapshot.Collection].PublishCooccurrence(name, counts, partial.Rule, firings.Attachment?.Name ?? "");
        }

        if (partial.Documents > firings.DocumentCount)
            Say($"note: {partial.Documents:N0} documents were counted, and these firings have {firings.DocumentCount:N0}: right only where the files count documents of other firings.");
        if (counts.Blocks == 0) Say($"note: there is no block: {partial.Rule}.");
        CooccurrenceReport report = CooccurrenceReport.Of(counts, partial.Rule) with { Documents = partial.Documents, Tokens = partial.Tokens, TokensLeftOut = partial.TokensLeftOut };
        if (parse.GetValue(neighbors) is not { } feature) return report;
        CooccurrenceAffinity by = parse.GetValue(affinity) ?? CooccurrenceAffinity.Phi;
        return report with { Feature = feature, Affinity = by, Neighbors = counts.Neighbors(feature, by, parse.GetValue(count) ?? 10) };
    }

    private CooccurrenceReport Streamed(ParseResult parse, BlockedFirings blocked)
    {
        CooccurrenceReport report = CooccurrenceReport.Of(blocked.Blocks, blocked.Rule.ToString()) with { Documents = blocked.Documents, Tokens = blocked.Tokens, TokensLeftOut = blocked.TokensLeftOut };
        if (parse.GetValue(neighbors) is not { } feature) return report;
        CooccurrenceAffinity by = parse.GetValue(affinity) ?? CooccurrenceAffinity.Phi;
        return report with { Feature = feature, Affinity = by, Neighbors = CooccurrenceNeighbors.Of(blocked.Blocks, feature, by, parse.GetValue(count) ?? 10, Cancellation) };
    }
}
