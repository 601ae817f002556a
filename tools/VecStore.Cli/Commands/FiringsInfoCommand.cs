using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>What firings a collection has.</summary>
internal sealed class FiringsInfoCommand(CommandEnvironment environment)
    : FiringsCommand(environment, "info", "Shows what firings a collection has: counts, density, where they came from.", Shared.None, byDocument: false)
{
    protected override int Analyze(ParseResult parse, Snapshot snapshot, FiringStore firings)
    {
        ResultTable provenance = new("provenance", new("name", typeof(string)), new("value", typeof(string)));
        foreach ((string name, string value) in firings.Attachment!.Provenance.Details) provenance.Add(name, value);
        return Show(parse, new AnalysisReport("Firings", [
            .. Facts(snapshot, firings), new("never_firing", firings.NeverFiring.Length), new("firings_per_token", firings.TokenCount == 0 ? double.NaN : (double)firings.FiringCount / firings.TokenCount),
            new("source", firings.Attachment.Provenance.Source), new("at", firings.Attachment.Provenance.At.ToString("u", System.Globalization.CultureInfo.InvariantCulture)),
        ], [provenance]));
    }
}
