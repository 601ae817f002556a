using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>The way from one row to another, with the nearest rows at each step.</summary>
internal sealed class PathCommand : AnalysisCommand
{
    private readonly Argument<string> from = new("FROM") { Description = "The key where it starts." };
    private readonly Argument<string> to = new("TO") { Description = "The key where it ends." };
    private readonly Option<int?> steps = Setting.Integer("--steps", "N", "Points, both ends in [7].", 2, 10_000);
    private readonly Option<bool> linear = Setting.Flag("--linear", "On the straight line between the rows at length 1, not on the great circle.");
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many rows at each step [1].", 1, 10_000, "--count");

    public PathCommand(CommandEnvironment environment)
        : base(environment, "path", "Points between two rows with the nearest rows at each, both ends left out.", Shared.Rows | Shared.Metric)
    {
        Arguments.Add(from);
        Arguments.Add(to);
        foreach (Option option in new Option[] { steps, linear, k }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        string start = parse.GetValue(from)!, end = parse.GetValue(to)!;
        int points = parse.GetValue(steps) ?? 7;
        bool spherical = !parse.GetValue(linear);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        KnowKeys(snapshot, [start, end]);
        if (start == end) throw new MistakeException($"The way from {start} to itself has no points between: two different keys are needed.");
        InnerProduct? inner = Inner(parse, store, snapshot);
        IKeyedRows rows = Rows(parse, snapshot, inner);
        IReadOnlyList<IReadOnlyList<ScoredKey>> path = rows.Path(start, end, points, spherical, parse.GetValue(k) ?? 1);
        var table = new ResultTable("steps", new("step", typeof(int)), new("share", typeof(double)), new("key", typeof(string)), new("cosine", typeof(float)));
        for (int step = 0; step < path.Count; step++)
            foreach (ScoredKey near in path[step]) table.Add(step, step / (points - 1.0), near.Key, near.Score);
        return Show(parse, new AnalysisReport($"from {start} to {end}",
            [
                new("collection", snapshot.Collection), new("from", start), new("to", end), new("interpolation", spherical ? "spherical" : "linear"),
                new("metric", (inner ?? InnerProduct.Euclidean).CosineDescription), new("rows_seen", rows.Count), new("exact", true),
            ],
            [table]));
    }
}
