using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Compares stored lobes with the geometry of the rows, and with other labels.</summary>
internal sealed class CompareLobesCommand : AnalysisCommand
{
    private readonly Option<string?> lobes = Setting.Text("--lobes", "FIELD", "The field with the lobes.");
    private readonly Option<string?> with = Setting.Text("--with", "FIELD", "Another field of labels to compare with: mutual information, Rand index.");
    private readonly Option<int?> neighbors = Setting.Integer("--neighbors", "K", "Nearest rows of a neighbourhood [20].", 1, 10_000);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Permutations of the labels [100].", 1, 1_000_000);
    private readonly Option<string?> strata = Setting.Text("--strata", "FIELD,FIELD", "Stricter nulls: labels are permuted only among rows alike in these fields.");
    private readonly Option<int?> frequencyBins = Setting.Integer("--frequency-bins", "N", "Stricter nulls: labels are permuted only among features that fire about as often, in N bins.", 1, 10_000);
    private readonly Option<string?> firings = Setting.Text("--firings", "NAME", "With --frequency-bins: the name of the firings [firings].");
    private readonly Option<bool> decode = Setting.Flag("--decode", "Decode the lobes from the rows by multinomial regression, cross-validated.");
    private readonly Option<int?> decodeDraws = Setting.Integer("--decode-draws", "N", "With --decode: draws of each null, each a whole cross-validation [20].", 0, 100_000);
    private readonly Option<int?> repeats = Setting.Integer("--repeats", "N", "With --decode: cross-validations [1].", 1, 1_000);
    private readonly Option<int?> folds = Setting.Integer("--folds", "N", "With --decode: folds [5].", 2, 100);
    private readonly Option<double?> penalty = Setting.Number("--penalty", "X", "With --decode: weight of the squared coefficients [1].", 1e-12, 1e12);
    private readonly Option<bool> noSilhouette = Setting.Flag("--no-silhouette", "Leave the silhouette out: half of the time for many rows.");

    public CompareLobesCommand(CommandEnvironment environment)
        : base(environment, "lobes", "Compares stored lobes with the geometry of the rows, beside permuted lobes; and with other labels.", Shared.Seed | Shared.Threads | Shared.Plot)
    {
        foreach (Option option in new Option[] { lobes, with, neighbors, draws, strata, frequencyBins, firings, decode, decodeDraws, repeats, folds, penalty, noSilhouette }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        VectorCollection collection = WithFirings(parse, store);
        if (parse.GetValue(lobes) is not { } field) throw new MistakeException($"Which lobes? Name their field with --lobes; {collection.Name} has {string.Join(", ", collection.Schema.Fields.Select(one => one.Name).DefaultIfEmpty("no fields"))}.");
        using Snapshot snapshot = collection.TakeSnapshot();
        Labeling labels = collection.LoadLabels(field);
        int near = parse.GetValue(neighbors) ?? 20;
        if (labels.LabelledRows <= near) throw new MistakeException($"{labels.LabelledRows} rows have a lobe; --neighbors {near} needs more.");
        Labeling? within = StrataOf(parse, collection, snapshot);
        LobeComparisonOptions options = new()
        {
            Draws = parse.GetValue(draws) ?? 100,
            Strata = within,
            Other = parse.GetValue(with) is { } other ? collection.LoadLabels(other) : null,
            Silhouette = !parse.GetValue(noSilhouette),
            Threads = Threads(parse),
            Decoder = !parse.GetValue(decode) ? null : new()
            {
                Draws = parse.GetValue(decodeDraws) ?? 20,
                Repeats = parse.GetValue(repeats) ?? 1,
                Folds = parse.GetValue(folds) ?? 5,
                Seed = Seed(parse),
                Strata = within,
                Regression = new() { Penalty = parse.GetValue(penalty) ?? 1, Threads = Threads(parse) },
            },
        };
        LobeComparison comparison = WithShare("pairs", progress => snapshot.CompareNeighborhoodsToLobes(labels, near, Seed(parse), options with { Progress = progress }, Cancellation));
        return Show(parse, ((IAnalysisResult)comparison).With(new("collection", snapshot.Collection), new ResultFact("field", field)),
            () => LobeFinding.MapOf(new SnapshotRows(snapshot), labels, Threads(parse), Cancellation));
    }

    private Labeling? StrataOf(ParseResult parse, VectorCollection collection, Snapshot snapshot)
    {
        List<Labeling> found = [.. (Setting.List(parse.GetValue(strata)) ?? []).Select(collection.LoadLabels)];
        if (parse.GetValue(frequencyBins) is { } bins)
        {
            using FiringStore opened = snapshot.OpenFirings(parse.GetValue(firings) ?? SnapshotFirings.DefaultName);
            if (opened.FeatureCount != snapshot.Count) throw new MistakeException($"--frequency-bins needs a row for every feature: {opened.FeatureCount} features, {snapshot.Count} rows.");
            found.Add(Strata.OfQuantiles([.. Enumerable.Range(0, opened.FeatureCount).Select(feature => (double)opened.CountOf(feature))], bins, "firings of the feature"));
        }

        return found.Count == 0 ? null : found.Aggregate(Strata.Cross);
    }
}
