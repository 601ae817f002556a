using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Parallelograms and trapezoids among the rows of a collection.</summary>
internal sealed class CrystalsCommand : AnalysisCommand
{
    private readonly Argument<string[]> files = new("FILE...") { Description = "Pairs of keys, a relation each: two keys a line, or JSON of input and output.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> within = Setting.Text("--within", "FIELD", "Instead of files: all pairs of rows with the same value of a field.");
    private readonly Option<int?> neighbors = Setting.Integer("--neighbors", "K", "Instead of files: each row with its K nearest, found through the index.", 1, 1_000);
    private readonly Option<CrystalShape?> shape = Setting.Choice("--shape", "Equal differences, or parallel ones of any length [trapezoid].", Shapes);
    private readonly Option<int?> pairs = Setting.Integer("--pairs", "N", "Pairs compared; more are drawn at random [10000].", 2, 200_000);
    private readonly Option<double?> rate = Setting.Number("--fdr", "SHARE", "Share of false finds allowed among all [0.05].", 1e-6, 1);
    private readonly Option<CrystalNull?> chance = Setting.Choice("--null", "What chance is: differences of random pairs, or directions of the differences' own moments [random-pairs; own-moments with --neighbors].", Nulls);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Draws from the null [39].", 19, 100_000);
    private readonly Option<int?> most = Setting.Integer("--most", "N", "Crystals listed [1000].", 1, 1_000_000);
    private readonly Option<bool> heldOut = Setting.Flag("--held-out", "With two or more files: how well their relations are found on held-out folds, before and after a linear discriminant.");
    private readonly Option<string?> covariates = Setting.Text("--distractors", "rank,length,FIELD,...", "Correlate the leading components of the differences with the log of the row's number, the key's length, numeric fields.");

    public CrystalsCommand(CommandEnvironment environment)
        : base(environment, "crystals", "Looks for parallelograms and trapezoids: pairs of rows with equal or parallel differences, against a null.",
            Shared.Metric | Shared.Seed | Shared.Threads)
    {
        Arguments.Add(files);
        foreach (Option option in new Option[] { within, neighbors, shape, pairs, rate, chance, draws, most, heldOut, covariates }) Options.Add(option);
    }

    private static Names<CrystalShape> Shapes { get; } = new(("trapezoid", CrystalShape.Trapezoid), ("parallelogram", CrystalShape.Parallelogram));

    private static Names<CrystalNull> Nulls { get; } = new(("random-pairs", CrystalNull.RandomPairs), ("own-moments", CrystalNull.OwnMoments));

    protected override int Analyze(ParseResult parse)
    {
        ConceptPairs[] relations = [.. (parse.GetValue(files) ?? []).Select(Concepts.Read)];
        int ways = (relations.Length > 0 ? 1 : 0) + (parse.GetValue(within) is null ? 0 : 1) + (parse.GetValue(neighbors) is null ? 0 : 1);
        if (ways != 1) throw new MistakeException($"Pairs of what? Give one of FILE..., --within FIELD and --neighbors K{(ways > 1 ? ", not several" : "")}.");
        using VectorStore store = OpenToRead(parse);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        CrystalOptions options = new()
        {
            Shape = parse.GetValue(shape) ?? CrystalShape.Trapezoid,
            FalseDiscoveryRate = parse.GetValue(rate) ?? 0.05,
            NullDraws = parse.GetValue(draws) ?? 39,
            Most = parse.GetValue(most) ?? 1_000,
            Seed = Seed(parse),
            Threads = Threads(parse),
            Null = parse.GetValue(chance),
        };
        InnerProduct? inner = Inner(parse, store, snapshot);
        ResultFact[] about = [new("collection", snapshot.Collection), new("inner_product", (inner ?? InnerProduct.Euclidean).Description)];
        if (parse.GetValue(heldOut))
        {
            if (relations.Length < 2) throw new MistakeException("--held-out tells relations apart: two or more files are needed.");
            IKeyedRows rows = snapshot.Rows(inner: inner);
            return Show(parse, CrystalStudy.Run([.. relations.Select(relation => RelationDifferences.Of(relation.Name, rows, relation.Pairs))], rows, options, cancellation: Cancellation).With(about));
        }

        PairDifferences differences = Differences(parse, snapshot, relations, inner);
        if (differences.Count < 2) throw new MistakeException($"{differences.Count} pairs of rows were found ({differences.Description}); a crystal is made of two.");
        long steps = 2 + options.NullDraws;
        IAnalysisResult result = WithProgress("draws", steps, progress => CrystalSearch.Run(differences, options, progress, Cancellation), "passes");
        if (parse.GetValue(covariates) is { } names)
        {
            DistractorReport distractors = DistractorStudy.Run(differences, [.. Setting.List(names)!.Select(name => CovariateOf(snapshot, differences.Rows, name))], seed: Seed(parse));
            result = new AnalysisReport(result.Title, result.Facts, [.. result.Tables, .. ((IAnalysisResult)distractors).Tables]);
        }

        return Show(parse, result.With(about));
    }

    private PairDifferences Differences(ParseResult parse, Snapshot snapshot, ConceptPairs[] relations, InnerProduct? inner)
    {
        int kept = parse.GetValue(pairs) ?? PairDifferences.DefaultMost;
        if (relations.Length > 0) return snapshot.Differences([.. relations.SelectMany(relation => relation.Pairs)], inner: inner);
        if (parse.GetValue(neighbors) is { } k)
        {
            if (inner is not null) throw new MistakeException("The index knows the collection's own metric: --neighbors and --metric do not go together.");
            return PairDifferences.AmongNeighbors(snapshot, k, kept, Seed(parse), Cancellation);
        }

        string field = parse.GetValue(within)!;
        var texts = new List<string?>();
        KnowField(snapshot, field);
        foreach (ScannedRow row in snapshot.Scan()) texts.Add(row.Fields[field] is { Kind: not FieldValueKind.Absent } value ? value.ToString() : null);
        return PairDifferences.WithinGroups(snapshot.Rows(inner: inner), Labeling.OfText(texts, $"field {field}"), kept, Seed(parse));
    }

    private static Covariate CovariateOf(Snapshot snapshot, IKeyedRows rows, string name)
    {
        if (name == "rank") return new("log rank", [.. Enumerable.Range(0, rows.Count).Select(row => Math.Log(row + 1))]);
        if (name == "length") return new("length", [.. Enumerable.Range(0, rows.Count).Select(row => (double)rows.KeyOf(row).Length)]);
        return new(name, snapshot.NumbersOf(name));
    }

    private static void KnowField(Snapshot snapshot, string field)
    {
        if (!snapshot.Schema.Fields.Any(known => known.Name == field))
            throw new MistakeException($"The collection has no field \"{field}\"; it has {(snapshot.Schema.Fields.Count == 0 ? "none" : string.Join(", ", snapshot.Schema.Fields.Select(known => known.Name)))}.");
    }
}
