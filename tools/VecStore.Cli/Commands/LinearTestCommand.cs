using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Whether concepts, given as pairs of keys, are represented linearly.</summary>
internal sealed class LinearTestCommand : AnalysisCommand
{
    private readonly Argument<string[]> files = new("FILE...") { Description = "A concept each: pairs of keys, one a line, or JSON of input and output.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> align = Setting.Text("--align", "COLLECTION", "A second space of the same keys (unembeddings): do the concepts point the same way there?");
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Draws of random pairs of rows [199].", 1, 1_000_000);
    private readonly Option<string?> logOdds = Setting.Text("--log-odds", "FIELD", "A field of labels or probabilities: is its log-odds a straight line over the projection on the first concept?");

    public LinearTestCommand(CommandEnvironment environment)
        : base(environment, "linear-test", "Tests concepts given as pairs: cosines within and across concepts against random pairs, alignment of two spaces, log-odds over the projection.",
            Shared.Rows | Shared.Metric | Shared.Seed | Shared.Plot)
    {
        Arguments.Add(files);
        foreach (Option option in new Option[] { align, draws, logOdds }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        ConceptPairs[] concepts = [.. parse.GetValue(files)!.Select(Concepts.Read)];
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        using Snapshot? second = parse.GetValue(align) is { } name ? CollectionNamed(store, name).TakeSnapshot() : null;
        InnerProduct? inner = Inner(parse, store, snapshot);
        ConceptStudyResult result = snapshot.TestConcepts(concepts, inner, second, Selection(parse), parse.GetValue(draws) ?? 199, Seed(parse), Cancellation);
        IAnalysisResult shown = result.With(new ResultFact("collection", snapshot.Collection), new ResultFact("aligned_with", second?.Collection));
        if (parse.GetValue(logOdds) is { } field)
        {
            IAnalysisResult fit = snapshot.FitLogOdds(concepts[0].Direction(snapshot.Rows(Selection(parse), inner)), field, Selection(parse), inner, Cancellation);
            shown = new AnalysisReport(shown.Title, [.. shown.Facts, new("log_odds", fit.Facts)], [.. shown.Tables, .. fit.Tables]);
        }

        return Show(parse, shown, result.Plot);
    }
}
