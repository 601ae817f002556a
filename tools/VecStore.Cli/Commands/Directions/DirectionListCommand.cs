using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>The directions of a collection.</summary>
internal sealed class DirectionListCommand(CommandEnvironment environment) : AnalysisCommand(environment, "list", "Lists the directions of a collection.", Shared.None)
{
    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        string of = CollectionOf(parse, store).Name;
        var table = new ResultTable("directions", new("direction", typeof(string)), new("method", typeof(string)), new("source", typeof(string)), new("rows_seen", typeof(long)),
            new("held_out_area", typeof(double)), new("p", typeof(double)), new("metric", typeof(string)), new("created", typeof(string)));
        foreach (SavedDirection one in store.ListDirections(of))
            table.Add(one.Name, one.Method, one.Source, one.RowsSeen, one.HeldOutArea, one.PValue, one.Metric, one.Created.ToString("O", CultureInfo.InvariantCulture));
        return Show(parse, new AnalysisReport($"{Display.Count(table.Count, "direction")} of {of}", [new("collection", of)], [table]));
    }
}
