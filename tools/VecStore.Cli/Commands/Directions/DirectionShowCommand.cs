using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>One direction with its provenance.</summary>
internal sealed class DirectionShowCommand : AnalysisCommand
{
    private readonly Argument<string> name = new("NAME") { Description = "The direction." };
    private readonly Option<bool> vector = Setting.Flag("--vector", "The elements of the direction too.");

    public DirectionShowCommand(CommandEnvironment environment) : base(environment, "show", "Shows a direction: how it was learned, from what, and what it was worth.", Shared.None)
    {
        Arguments.Add(name);
        Options.Add(vector);
    }

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        SavedDirection direction = store.LoadDirection(CollectionOf(parse, store).Name, parse.GetValue(name)!);
        return Show(parse, parse.GetValue(vector) ? direction.With(new ResultFact("vector", direction.Vector)) : direction);
    }
}
