using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Makes a direction from others and from rows, as an expression says.</summary>
internal sealed class DirectionCombineCommand : AnalysisCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "The new direction's name." };
    private readonly Argument<string> expression = new("EXPRESSION") { Description = "\"gender + 0.5 * royalty\", \"king - queen\": directions, and rows at length 1." };
    private readonly Option<bool> replace = Setting.Flag("--replace", "Take the place of a direction of that name.");

    public DirectionCombineCommand(CommandEnvironment environment) : base(environment, "combine", "Saves the value of an expression over directions and rows as a direction.", Shared.None)
    {
        Arguments.Add(name);
        Arguments.Add(expression);
        Options.Add(replace);
    }

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToWrite(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        (string text, double[] vector) = NamedDirections.Parse(store, snapshot, parse.GetValue(expression)!);
        var made = new SavedDirection(parse.GetValue(name)!, snapshot.Collection, vector)
        {
            Method = "expression",
            Source = "directions",
            Members = [text],
            Sequence = snapshot.Sequence,
        };
        store.SaveDirection(made, parse.GetValue(replace));
        return Show(parse, made);
    }
}
