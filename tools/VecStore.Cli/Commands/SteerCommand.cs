using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Moves rows along a direction and looks who is near them there.</summary>
internal sealed class SteerCommand : AnalysisCommand
{
    private readonly Argument<string[]> keys = new("KEY") { Description = "The rows that are moved.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> along = Setting.Text("--along", "DIRECTION", "A saved direction, or an expression such as \"woman - man\".");
    private readonly Option<string?> by = Setting.Text("--by", "A,B,...", "Multiples of the direction, which has length 1 [-4,-2,0,2,4].");
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many neighbours [5].", 1, 100_000, "--count");

    public SteerCommand(CommandEnvironment environment)
        : base(environment, "steer", "Adds multiples of a direction to rows and gives the nearest rows, the row itself left out.", Shared.Rows | Shared.Metric | Shared.Threads)
    {
        Arguments.Add(keys);
        foreach (Option option in new Option[] { along, by, k }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        string wanted = parse.GetValue(along) ?? throw new MistakeException("Along what? Name a direction with --along DIRECTION.");
        double[] multiples = [.. (Setting.List(parse.GetValue(by)) ?? ["-4", "-2", "0", "2", "4"]).Select(Multiple)];
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        string[] moved = parse.GetValue(keys)!;
        KnowKeys(snapshot, moved);
        InnerProduct? inner = Inner(parse, store, snapshot);
        (string name, double[] direction) = NamedDirections.Parse(store, snapshot, wanted);
        double[] mapped = inner?.Map(direction) ?? direction;
        double length = Math.Sqrt(mapped.Sum(x => x * x));
        SteeringResult result = snapshot.Steer(moved, [.. mapped.Select(x => x / length)], multiples,
            new() { Count = parse.GetValue(k) ?? 5, Inner = inner, Threads = Threads(parse) }, Selection(parse), Cancellation);
        return Show(parse, result.With(new("collection", snapshot.Collection), new ResultFact("along", name)));
    }

    private static double Multiple(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value
        : throw new MistakeException($"--by {text} is not possible: numbers with commas between them are needed.");
}
