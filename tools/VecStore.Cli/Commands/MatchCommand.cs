using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Features of one collection against those of another, or among themselves.</summary>
internal sealed class MatchCommand : AnalysisCommand
{
    private readonly Argument<string?> second = new("SECOND") { Description = "The other collection of features; without it duplicates within the one are looked for.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> secondStore = Setting.Text("--second-store", "FOLDER", "The store of the other collection [the same].");
    private readonly Option<double?> matched = Setting.Number("--matched-from", "COSINE", "A lower best cosine counts as unmatched [0.7].", -1, 1);
    private readonly Option<double?> duplicates = Setting.Number("--duplicates-from", "COSINE", "Within one collection: from here two count as duplicates [0.95].", -1, 1);
    private readonly Option<double?> similar = Setting.Number("--similar-from", "COSINE", "With --counts: from here a pair may be an absorption candidate [0.4].", -1, 1);
    private readonly Option<int?> neighbors = Setting.Integer("--neighbors", "K", "Within one collection: nearest features of each that are looked at [20].", 1, 1_000);
    private readonly Option<string?> counts = Setting.Text("--counts", "NAME", "Within one collection: stored co-occurrence counts; also looks for absorption candidates.");
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Between two: draws of the null, elements permuted [19].", 0, 10_000);

    public MatchCommand(CommandEnvironment environment)
        : base(environment, "match", "Nearest features across two collections, mutual best matches and unmatched ones; within one, duplicates and absorption candidates.",
            Shared.Rows | Shared.Seed | Shared.Threads)
    {
        Arguments.Add(second);
        foreach (Option option in new Option[] { secondStore, matched, duplicates, similar, neighbors, counts, draws }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot first = CollectionOf(parse, store).TakeSnapshot();
        if (parse.GetValue(second) is not { } name) return Within(parse, first);
        using VectorStore? other = parse.GetValue(secondStore) is { } folder ? VectorStore.Open(folder, new StoreOptions { ReadOnly = true, IgnoreGraphs = true }) : null;
        using Snapshot against = CollectionNamed(other ?? store, name).TakeSnapshot();
        FeatureMatchingResult result = WithShare("pairs", progress => first.MatchFeatures(against, new()
        {
            MatchedFrom = parse.GetValue(matched) ?? 0.7,
            NullDraws = parse.GetValue(draws) ?? 19,
            Seed = Seed(parse),
            Threads = Threads(parse),
            Progress = progress,
        }, Selection(parse), Cancellation));
        return Show(parse, result.With(new ResultFact("first", first.Collection), new ResultFact("second", against.Collection)));
    }

    private int Within(ParseResult parse, Snapshot snapshot)
    {
        IKeyedRows rows = snapshot.Rows(Selection(parse));
        using CooccurrenceCounts? together = parse.GetValue(counts) is { } stored ? snapshot.ReadCooccurrence(stored) : null;
        if (together is not null && together.FeatureCount != rows.Count)
            throw new MistakeException($"The counts are of {together.FeatureCount} features, {rows.Count} rows are looked at; all rows of the collection are needed.");
        FeatureRedundancyResult result = WithShare("pairs", progress => FeatureRedundancy.Find(rows, together is null ? null : (a, b) => together[a, b], together?.Blocks ?? 0, parse.GetValue(neighbors) ?? 20,
            parse.GetValue(duplicates) ?? 0.95, parse.GetValue(similar) ?? 0.4, Threads(parse), progress, Cancellation));
        return Show(parse, result.With(new ResultFact("collection", snapshot.Collection), new ResultFact("counts", parse.GetValue(counts))));
    }
}
