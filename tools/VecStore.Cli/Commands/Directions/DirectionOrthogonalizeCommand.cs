using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Makes a direction from another by taking away its part along some others.</summary>
internal sealed class DirectionOrthogonalizeCommand : AnalysisCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "The direction that is cleaned." };
    private readonly Option<string[]> from = Setting.Several("--from", "DIRECTION", "The directions whose span is taken away.");
    private readonly Option<string?> into = Setting.Text("--as", "NAME", "The new direction's name [NAME-orthogonal].");
    private readonly Option<bool> replace = Setting.Flag("--replace", "Take the place of a direction of that name.");

    public DirectionOrthogonalizeCommand(CommandEnvironment environment)
        : base(environment, "orthogonalize", "Saves a direction without its part in the span of others.", Shared.Metric)
    {
        Arguments.Add(name);
        foreach (Option option in new Option[] { from, into, replace }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        string cleaned = parse.GetValue(name)!;
        string[] others = parse.GetValue(from)!;
        if (others.Length == 0) throw new MistakeException("Orthogonal to what? Name directions with --from DIRECTION.");
        using VectorStore store = OpenToWrite(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        InnerProduct inner = Inner(parse, store, snapshot) ?? InnerProduct.Euclidean;
        SavedDirection before = store.LoadDirection(snapshot.Collection, cleaned);
        double[][] removed = [.. others.Select(other => inner.Map(NamedDirections.Parse(store, snapshot, other).Vector))];
        double[] start = inner.Map(before.Vector), rest = DirectionAlgebra.Reject(start, removed);
        double left = Length(rest) / Length(start);
        if (left < 1e-6) throw new MistakeException($"{cleaned} lies in the span of {string.Join(", ", others)}: nothing is left of it.");
        double[] vector = inner.Restore(rest);
        double length = Length(vector);
        var made = new SavedDirection(parse.GetValue(into) ?? cleaned + "-orthogonal", snapshot.Collection, [.. vector.Select(x => x / length)])
        {
            Method = "orthogonalized",
            Source = "directions",
            Members = [cleaned, .. others.Select(other => "-" + other)],
            Metric = inner.Description,
            Sequence = snapshot.Sequence,
        };
        store.SaveDirection(made, parse.GetValue(replace));
        return Show(parse, made.With(new ResultFact("share_left", left)));
    }

    private static double Length(double[] vector) => Math.Sqrt(vector.Sum(x => x * x));
}
