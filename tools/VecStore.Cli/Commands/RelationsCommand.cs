using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>How parallel relations are, before and after a linear discriminant takes distractor dimensions away.</summary>
internal sealed class RelationsCommand : AnalysisCommand
{
    private readonly Argument<string[]> files = new("FILE...") { Description = "A relation each: pairs of keys, one a line, or JSON of input and output.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<int?> components = Setting.Integer("--components", "K", "Components of the discriminant [one fewer than relations].", 1);
    private readonly Option<int?> pairs = Setting.Integer("--pairs", "N", "Relations with fewer usable pairs are left out [10].", 2);
    private readonly Option<int?> folds = Setting.Integer("--folds", "N", "Folds for the held-out figures [5].", 2, 1_000);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Draws with relations shuffled among the pairs [20].", 1, 100_000);

    public RelationsCommand(CommandEnvironment environment)
        : base(environment, "relations", "How parallel the differences of relations are: mean pairwise cosine raw, centred, after a linear discriminant, and held out.",
            Shared.Rows | Shared.Metric | Shared.Seed | Shared.Plot)
    {
        Arguments.Add(files);
        foreach (Option option in new Option[] { components, pairs, folds, draws }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        ConceptPairs[] relations = [.. parse.GetValue(files)!.Select(Concepts.Read)];
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        RelationStudyOptions options = new()
        {
            Components = parse.GetValue(components),
            MinimumPairs = parse.GetValue(pairs) ?? 10,
            Folds = parse.GetValue(folds) ?? 5,
            NullDraws = parse.GetValue(draws) ?? 20,
            Seed = Seed(parse),
        };
        InnerProduct? inner = Inner(parse, store, snapshot);
        RelationStudyResult result = ProgressDisplay.Run(Terminal, display =>
            snapshot.StudyRelations(relations, options with { Progress = new Draws(display, options.NullDraws) }, inner, Selection(parse), Cancellation));
        return Show(parse, result.With(new ResultFact("collection", snapshot.Collection), new ResultFact("inner_product", (inner ?? InnerProduct.Euclidean).Description),
            new ResultFact("rows_seen", Rows(parse, snapshot).Count)), result.Plot);
    }

    private sealed class Draws(ProgressDisplay display, int total) : IProgress<int>
    {
        public void Report(int value) => display.Report("shuffled relations", value, "draws", (double)value / total);
    }
}
