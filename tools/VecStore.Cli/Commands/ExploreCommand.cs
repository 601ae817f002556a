using System.CommandLine;
using System.Diagnostics;
using VecStore.Cli.Features;
using VecStore.Cli.Terminals;
using VecStore.Explorer;

namespace VecStore.Cli.Commands;

/// <summary>Shows a store in the browser: a local page, until Ctrl-C.</summary>
internal sealed class ExploreCommand : StoreCommand
{
    private readonly Argument<string?> folder = new("FOLDER") { Description = "The store.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<int?> port = Setting.Integer("--port", "PORT", "The port on 127.0.0.1 [a free one].", 1, 65_535);
    private readonly Option<string?> vocabulary = Setting.Text("--vocabulary", "FILE", "The strings of tokens by id, for the contexts of features: a JSON list, or one a line.");
    private readonly Option<bool> open = Setting.Flag("--open", "Open the page in this desktop's browser.");

    public ExploreCommand(CommandEnvironment environment) : base(environment, "explore", "Shows a store as a map in the browser: a page for this machine only, until Ctrl-C.")
    {
        Arguments.Add(folder);
        Options.Add(port);
        Options.Add(vocabulary);
        Options.Add(open);
    }

    protected override int Run(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, folder);
        string? first = CollectionName(parse) is null ? null : CollectionOf(parse, store).Name;
        TokenTable? tokens = TokenTable.Read(parse.GetValue(vocabulary));
        Serve(store, first, tokens, parse).GetAwaiter().GetResult();
        return ExitCode.Success;
    }

    private async Task Serve(VectorStore store, string? first, TokenTable? tokens, ParseResult parse)
    {
        ExplorerServer server = await ExplorerServer.StartAsync(store, parse.GetValue(port) ?? 0, first, tokens is null ? null : id => tokens[id], Cancellation).ConfigureAwait(false);
        await using (server.ConfigureAwait(false))
        {
            if (Json(parse)) JsonOutput.Write(Terminal, new Result(server.Address.ToString(), store.Path));
            else Terminal.Out.WriteLine($"{store.Path} is shown at {server.Address}");
            await Terminal.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            Say("Ctrl-C ends it.");
            if (parse.GetValue(open)) Show(server.Address);
            try
            {
                await Task.Delay(Timeout.Infinite, Cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how it ends.
            }
        }
    }

    private void Show(Uri address)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(address.ToString()) { UseShellExecute = true });
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Say($"No browser could be started ({failure.Message}); open the address by hand.");
        }
    }

    private sealed record Result(string Address, string Store);
}
