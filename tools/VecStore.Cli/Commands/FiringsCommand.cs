using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Features;

namespace VecStore.Cli.Commands;

/// <summary>A command that reads the firings of a collection.</summary>
internal abstract class FiringsCommand : AnalysisCommand
{
    private readonly Option<string?> firings = Setting.Text("--firings", "NAME", "The name of the firings [firings].");
    private readonly Option<string?> documents = Setting.Text("--documents", "RANGES", "Only these documents, by number: 0-99,200,300-.");

    protected FiringsCommand(CommandEnvironment environment, string name, string description, Shared shared, bool byDocument = true) : base(environment, name, description, shared)
    {
        Options.Add(firings);
        if (byDocument) Options.Add(documents);
    }

    protected sealed override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = WithFirings(parse, store).TakeSnapshot();
        using FiringStore opened = snapshot.OpenFirings(parse.GetValue(firings) ?? SnapshotFirings.DefaultName);
        return Analyze(parse, snapshot, opened);
    }

    protected abstract int Analyze(ParseResult parse, Snapshot snapshot, FiringStore firings);

    protected Func<long, bool>? Documents(ParseResult parse) => DocumentRanges.Parse(parse.GetValue(documents));

    protected static void RequireFeature(FiringStore firings, int feature)
    {
        if (feature >= firings.FeatureCount) throw new MistakeException($"There is no feature {feature}: there are 0 to {firings.FeatureCount - 1}.");
    }

    protected static ResultFact[] Facts(Snapshot snapshot, FiringStore firings) =>
    [
        new("collection", snapshot.Collection), new("firings_name", firings.Attachment?.Name), new("features", firings.FeatureCount), new("documents", firings.DocumentCount),
        new("tokens", firings.TokenCount), new("firings", firings.FiringCount), new("activation_type", firings.Activation), new("unit", firings.Unit), new("has_tokens", firings.HasTokens),
    ];
}
