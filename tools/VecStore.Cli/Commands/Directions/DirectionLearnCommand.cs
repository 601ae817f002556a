using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Learns a concept direction and keeps it in the store.</summary>
internal sealed class DirectionLearnCommand : AnalysisCommand
{
    private const int DrawsOfFits = 99;
    private readonly Argument<string> name = new("NAME") { Description = "The direction's name." };
    private readonly Option<string?> pairs = Setting.Text("--pairs", "FILE", "Pairs, from the first to the second key; two keys a line.");
    private readonly Option<string?> positive = Setting.Text("--positive", "A,B,...", "Keys that it points towards.");
    private readonly Option<string?> positiveFile = Setting.Text("--positive-file", "FILE", "The same from a file, one key a line.");
    private readonly Option<string?> negative = Setting.Text("--negative", "A,B,...", "Keys that it points away from; without them a random background.");
    private readonly Option<string?> negativeFile = Setting.Text("--negative-file", "FILE", "The same from a file, one key a line.");
    private readonly Option<int?> background = Setting.Integer("--background", "N", "Rows of the random background [1000].", 5, 1_000_000);
    private readonly Option<DirectionMethod?> method = Setting.Choice("--method", "How it is learned [mean-difference].", Names.Directions);
    private readonly Option<double?> shrinkage = Setting.Number("--shrinkage", "S", "Of the discriminant's covariance [0.1].", 0, 1);
    private readonly Option<double?> penalty = Setting.Number("--penalty", "P", "Of the probe: P / 2 |w|^2 beside the summed log loss [1].", 1e-12, 1e12);
    private readonly Option<int?> folds = Setting.Integer("--folds", "N", "Folds of the cross-validation [5].", 2, 1_000);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Draws from the null [999; 99 for discriminant and probe].", 1, 1_000_000);
    private readonly Option<int?> resamples = Setting.Integer("--resamples", "N", "Resamples for the interval of the direction's cosine with itself [200].", 2, 1_000_000);
    private readonly Option<bool> skipUnknown = Setting.Flag("--skip-unknown", "Leave out pairs and keys that have no row.");
    private readonly Option<bool> replace = Setting.Flag("--replace", "Take the place of a direction of that name.");
    private readonly Option<bool> dryRun = Setting.Flag("--dry-run", "Learn and test, save nothing.");

    public DirectionLearnCommand(CommandEnvironment environment)
        : base(environment, "learn", "Learns a direction from pairs, from two sets, or from one set against a background, tests it on what was left out, and saves it.",
            Shared.Rows | Shared.Metric | Shared.Seed | Shared.Threads)
    {
        Arguments.Add(name);
        foreach (Option option in new Option[] { pairs, positive, positiveFile, negative, negativeFile, background, method, shrinkage, penalty, folds, draws, resamples, skipUnknown, replace, dryRun })
            Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        string wanted = parse.GetValue(name)!;
        IReadOnlyList<(string From, string To)>? relation = parse.GetValue(pairs) is { } path ? TextFiles.Pairs(path) : null;
        IReadOnlyList<string>? towards = Set(parse, positive, positiveFile), away = Set(parse, negative, negativeFile);
        if (relation is null == towards is null) throw new MistakeException("From what? Give either --pairs FILE or --positive A,B,... (with --negative, or against a background).");
        if (relation is not null && away is not null) throw new MistakeException("--negative belongs to --positive; pairs have their other side in the file.");
        if (parse.GetValue(background) is not null && (relation is not null || away is not null)) throw new MistakeException("--background is for --positive without --negative.");
        bool save = !parse.GetValue(dryRun);
        using VectorStore store = save ? OpenToWrite(parse, ignoreGraphs: true) : OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        if (save && !parse.GetValue(replace) && store.HasDirection(snapshot.Collection, wanted))
            throw new MistakeException($"There is a direction {wanted} of {snapshot.Collection} already; --replace takes its place.");
        InnerProduct? inner = Inner(parse, store, snapshot);
        DirectionOptions options = OptionsOf(parse);
        (SavedDirection direction, IAnalysisResult result) = relation is not null
            ? FromPairs(wanted, snapshot, Enough(ListedPairs(parse, snapshot, relation, parse.GetValue(skipUnknown)), "pairs", 3), options, inner)
            : FromSets(parse, wanted, snapshot, ListedKeys(parse, snapshot, towards!, "positive keys", options.Folds),
                away is null ? null : ListedKeys(parse, snapshot, away, "negative keys", options.Folds), options, inner);
        if (save) store.SaveDirection(direction, replace: true);
        return Show(parse, result.With(new("direction", wanted), new("collection", snapshot.Collection), new("source", direction.Source), new("metric", direction.Metric),
            new ResultFact("saved", save), new ResultFact("exact", true)));
    }

    private DirectionOptions OptionsOf(ParseResult parse)
    {
        var plain = new DirectionOptions();
        DirectionMethod how = parse.GetValue(method) ?? plain.Method;
        bool fits = how is DirectionMethod.LinearDiscriminant or DirectionMethod.LogisticProbe;
        return plain with
        {
            Method = how,
            Shrinkage = parse.GetValue(shrinkage) ?? plain.Shrinkage,
            Penalty = parse.GetValue(penalty) ?? plain.Penalty,
            Folds = parse.GetValue(folds) ?? plain.Folds,
            NullDraws = parse.GetValue(draws) ?? (fits ? DrawsOfFits : plain.NullDraws),
            BootstrapDraws = parse.GetValue(resamples) ?? plain.BootstrapDraws,
            Seed = Seed(parse),
        };
    }

    private (SavedDirection Direction, IAnalysisResult Result) FromPairs(
        string wanted, Snapshot snapshot, (string From, string To)[] relation, DirectionOptions options, InnerProduct? inner)
    {
        if (options.Method is DirectionMethod.LinearDiscriminant or DirectionMethod.LogisticProbe)
        {
            // These learn from two sets: the second members against the first.
            string[] to = [.. relation.Select(pair => pair.To).Distinct()], from = [.. relation.Select(pair => pair.From).Distinct()];
            SetDirectionResult sides = snapshot.LearnDirection(to, from, options, inner, Cancellation);
            return (SavedDirection.From(wanted, snapshot, to, from, sides, inner), sides);
        }

        PairDirectionResult learned = snapshot.LearnDirection(relation, options, inner);
        var table = new ResultTable("pairs", new("from", typeof(string)), new("to", typeof(string)), new("held_out_cosine", typeof(double)));
        for (int i = 0; i < relation.Length; i++) table.Add(relation[i].From, relation[i].To, learned.HeldOutCosines[i]);
        IAnalysisResult plain = learned;
        return (SavedDirection.From(wanted, snapshot, relation, learned, inner), new AnalysisReport($"{wanted}: a direction from pairs", plain.Facts, [table]));
    }

    private (SavedDirection Direction, IAnalysisResult Result) FromSets(
        ParseResult parse, string wanted, Snapshot snapshot, string[] towards, string[]? away, DirectionOptions options, InnerProduct? inner)
    {
        SetDirectionResult learned = away is not null
            ? snapshot.LearnDirection(towards, away, options, inner, Cancellation)
            : snapshot.LearnDirectionAgainstBackground(towards, parse.GetValue(background) ?? 1_000, options, inner, Selection(parse), Cancellation);
        return (SavedDirection.From(wanted, snapshot, towards, away, learned, inner), learned);
    }

    private static IReadOnlyList<string>? Set(ParseResult parse, Option<string?> list, Option<string?> file)
    {
        if (parse.GetValue(list) is not null && parse.GetValue(file) is not null) throw new MistakeException($"{list.Name} and {file.Name} name the same set; one is enough.");
        return parse.GetValue(file) is { } path ? TextFiles.Keys(path) : Setting.List(parse.GetValue(list));
    }

    private string[] ListedKeys(ParseResult parse, Snapshot snapshot, IReadOnlyList<string> keys, string what, int least)
    {
        List<string> known = [];
        IKeyedRows rows = Rows(parse, snapshot);
        foreach (string key in keys)
        {
            if (ListedKey(rows, key) is { } found) known.Add(found);
            else if (!parse.GetValue(skipUnknown)) throw Keys.UnknownListed(key, snapshot.Collection);
        }

        string[] used = [.. known.Distinct()];
        if (known.Count < keys.Count) Say($"{keys.Count - known.Count} of {keys.Count} {what} have no row and are left out.");
        if (used.Length < known.Count) Say($"{known.Count - used.Length} {what} come twice; each counts once.");
        return Enough(used, what, least);
    }

    private static T[] Enough<T>(T[] items, string what, int least) =>
        items.Length >= least ? items : throw new MistakeException($"{items.Length} {what} are too few; at least {least} are needed.");
}
