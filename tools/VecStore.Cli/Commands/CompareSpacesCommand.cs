using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>How alike two collections of the same keys are.</summary>
internal sealed class CompareSpacesCommand : AnalysisCommand
{
    private readonly Argument<string> second = new("SECOND") { Description = "The other collection." };
    private readonly Option<string?> secondStore = Setting.Text("--second-store", "FOLDER", "The store of the other collection [the same].");
    private readonly Option<int?> pairs = Setting.Integer("--pairs", "N", "Pairs of keys for representational similarity [20000].", 10, 100_000_000);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Shuffles of keys for its null [99].", 1, 1_000_000);

    public CompareSpacesCommand(CommandEnvironment environment)
        : base(environment, "compare-spaces", "Compares two collections of the same keys: linear CKA, orthogonal Procrustes, representational similarity.",
            Shared.Rows | Shared.Metric | Shared.Seed | Shared.Threads | Shared.Plot)
    {
        Arguments.Add(second);
        foreach (Option option in new Option[] { secondStore, pairs, draws }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using VectorStore? other = parse.GetValue(secondStore) is { } folder ? VectorStore.Open(folder, new StoreOptions { ReadOnly = true, IgnoreGraphs = true }) : null;
        using Snapshot first = CollectionOf(parse, store).TakeSnapshot(), compared = CollectionNamed(other ?? store, parse.GetValue(second)!).TakeSnapshot();
        (InnerProduct? First, InnerProduct? Second) inner = (Inner(parse, store, first), Inner(parse, other ?? store, compared));
        SpaceComparisonResult result = WithProgress("covariance", first.Rows(Selection(parse)).Count, progress => first.CompareWith(compared, Selection(parse), inner,
            parse.GetValue(pairs) ?? 20_000, parse.GetValue(draws) ?? 99, Seed(parse), new() { Threads = Threads(parse), Progress = progress }, Cancellation));
        return Show(parse, result.With(new ResultFact("first", first.Collection), new ResultFact("second", compared.Collection), new ResultFact("inner_product", (inner.First ?? InnerProduct.Euclidean).Description),
            new ResultFact("second_inner_product", (inner.Second ?? InnerProduct.Euclidean).Description)), result.Plot);
    }
}
