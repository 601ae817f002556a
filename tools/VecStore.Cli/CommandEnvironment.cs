using System.CommandLine;
using VecStore.Cli.Terminals;

namespace VecStore.Cli;

/// <summary>What every command has: the terminal, Ctrl-C, and the options that are the same everywhere.</summary>
/// <param name="Terminal">Where it speaks.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record CommandEnvironment(Terminal Terminal, CancellationToken Cancellation)
{
    /// <summary>The store's folder; the import's own name for it is --into.</summary>
    public Option<string?> Store { get; } = Setting.Text("--store", "FOLDER", "The store.", "--into");

    /// <summary>The collection in the store.</summary>
    public Option<string?> Collection { get; } = Setting.Text("--collection", "NAME", "The collection; may be left out when the store has one only.");

    /// <summary>One JSON document instead of text.</summary>
    public Option<bool> Json { get; } = Setting.Flag("--json", "Write the result as one JSON document to the standard output.");
}
