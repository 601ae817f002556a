using System.CommandLine;
using VecStore.Cli.Demonstration;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Shows what VecStore does on 20,000 real words, from the making of the store on.</summary>
internal sealed class DemoCommand : StoreCommand
{
    public DemoCommand(CommandEnvironment environment)
        : base(environment, "demo", "Builds a store from 20,000 real words before your eyes and asks it questions.")
    {
    }

    protected override int Run(ParseResult parse)
    {
        bool json = Json(parse);
        var stage = new DemoStage(json ? Terminal with { Out = Terminal.Error, OutIsRich = Terminal.ErrorIsRich } : Terminal);
        string collection = CollectionName(parse) ?? "words";
        string? named = StorePathOrNull(parse);
        string folder = named ?? Path.Combine(Path.GetTempPath(), $"vecstore-demo-{Environment.UserName}");
        var options = new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual };
        using VectorStore store = VectorStore.Open(folder, options);
        if (named is null) store.Drop(collection); // of the demo before
        else if (store.TryGet(collection, out _)) throw new MistakeException($"{folder} has a collection {collection} already; name another with --collection, or another folder.");
        DemoResult result = Demo.Run(store, collection, stage, Cancellation);
        if (json) JsonOutput.Write(Terminal, result);
        return ExitCode.Success;
    }
}
