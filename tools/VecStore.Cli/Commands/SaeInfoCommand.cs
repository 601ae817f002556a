using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Sae;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>The sparse autoencoders of a store and where they come from.</summary>
internal sealed class SaeInfoCommand(CommandEnvironment environment) : StoreCommand(environment, "info", "Shows the sparse autoencoders of a store: function, origin, what was folded.")
{
    protected override int Run(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        IReadOnlyList<string> known = StoredAutoencoder.Names(store);
        if (CollectionName(parse) is { } name && !known.Contains(name))
            throw new MistakeException($"There is no autoencoder \"{name}\" in {store.Path}.{(known.Count == 0 ? " It has none." : $" It has {string.Join(", ", known)}.")}");
        SaeReport[] reports = [.. known.Where(one => CollectionName(parse) is not { } wanted || one == wanted).Select(one => SaeReport.Of(StoredAutoencoder.Load(store, one)))];
        if (Json(parse))
        {
            JsonOutput.Write(Terminal, new Result(store.Path, reports));
            return ExitCode.Success;
        }

        if (reports.Length == 0) Terminal.Out.WriteLine("no sparse autoencoder");
        foreach (SaeReport report in reports)
        {
            Terminal.Out.WriteLine(Display.Clean(report.Collection));
            foreach ((string line, string value) in report.Lines()) Terminal.Out.WriteLine($"  {line,-10} {Display.Clean(value)}");
        }

        return ExitCode.Success;
    }

    private sealed record Result(string Store, IReadOnlyList<SaeReport> Autoencoders);
}
