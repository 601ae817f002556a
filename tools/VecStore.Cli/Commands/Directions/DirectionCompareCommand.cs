using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>The cosines of directions under each inner product.</summary>
internal sealed class DirectionCompareCommand : AnalysisCommand
{
    private readonly Argument<string[]> names = new("DIRECTION") { Description = "Directions or expressions of them [all saved directions].", Arity = ArgumentArity.ZeroOrMore };

    public DirectionCompareCommand(CommandEnvironment environment)
        : base(environment, "compare", "The cosine matrix of directions: Euclidean, and under --metric too where one is named.", Shared.Metric | Shared.Plot) => Arguments.Add(names);

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        string[] typed = parse.GetValue(names)!;
        (string Name, double[] Vector)[] directions = typed.Length > 0
            ? [.. typed.Select(one => NamedDirections.Parse(store, snapshot, one))]
            : [.. store.ListDirections(snapshot.Collection).Select(direction => (direction.Name, direction.Vector))];
        if (directions.Length < 2) throw new MistakeException($"{directions.Length} directions cannot be compared; at least two are needed.");
        InnerProduct? inner = Inner(parse, store, snapshot);
        DirectionComparison result = DirectionComparison.Of(directions, inner is null ? [InnerProduct.Euclidean] : [InnerProduct.Euclidean, inner]);
        return Show(parse, result.With(new ResultFact("collection", snapshot.Collection)), () => result.ToPlot(inner is null ? 0 : 1));
    }
}
