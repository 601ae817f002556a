using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>A command on a store: the shared options, and how the store and the collection they name are opened.</summary>
internal abstract class StoreCommand : Command
{
    private readonly CommandEnvironment environment;

    protected StoreCommand(CommandEnvironment environment, string name, string description) : base(name, description)
    {
        this.environment = environment;
        Options.Add(environment.Store);
        Options.Add(environment.Collection);
        Options.Add(environment.Json);
        SetAction(Run);
    }

    protected Terminal Terminal => environment.Terminal;

    protected CancellationToken Cancellation => environment.Cancellation;

    protected abstract int Run(ParseResult parse);

    protected bool Json(ParseResult parse) => parse.GetValue(environment.Json);

    protected string? CollectionName(ParseResult parse) => parse.GetValue(environment.Collection);

    protected string? StorePathOrNull(ParseResult parse) => parse.GetValue(environment.Store);

    /// <summary>The folder that was named, by option or, where the command has one, by argument.</summary>
    protected string StorePath(ParseResult parse, Argument<string?>? argument = null)
    {
        string? option = StorePathOrNull(parse);
        string? positional = argument is null ? null : parse.GetValue(argument);
        if (option is not null && positional is not null) throw new MistakeException($"Two stores were named, {positional} and {option}; one is enough.");
        return option ?? positional ?? throw new MistakeException($"Which store? Name its folder: vecstore {Name} --store FOLDER.");
    }

    /// <summary>Opens for reading: works while another process writes.</summary>
    protected VectorStore OpenToRead(ParseResult parse, Argument<string?>? argument = null, bool ignoreGraphs = false) =>
        VectorStore.Open(StorePath(parse, argument), new StoreOptions { ReadOnly = true, IgnoreGraphs = ignoreGraphs });

    /// <summary>Opens for writing. What is merged and sealed is decided by the command, not by a thread in its back.</summary>
    protected VectorStore OpenToWrite(ParseResult parse, Argument<string?>? argument = null, bool ignoreGraphs = false) =>
        VectorStore.Open(StorePath(parse, argument), new StoreOptions { Maintenance = Maintenance.Manual, IgnoreGraphs = ignoreGraphs });

    /// <summary>The collection that was named, or the only one.</summary>
    protected VectorCollection CollectionOf(ParseResult parse, VectorStore store)
    {
        if (CollectionName(parse) is { } name) return CollectionNamed(store, name);
        HashSet<string> parts = [.. StoredAutoencoder.Names(store).SelectMany(name => new[] { StoredAutoencoder.EncoderOf(name), StoredAutoencoder.DescriptionOf(name) })];
        string[] known = [.. store.Collections.Where(name => !store.HoldsDirections(name) && !parts.Contains(name))]; // these belong to another collection
        if (known.Length == 1) return store[known[0]];
        throw new MistakeException(known.Length == 0
            ? $"{store.Path} has no collection."
            : $"{store.Path} has {known.Length} collections; name one with --collection: {string.Join(", ", known)}.");
    }

    /// <summary>A collection by its name.</summary>
    protected static VectorCollection CollectionNamed(VectorStore store, string name)
    {
        if (store.TryGet(name, out VectorCollection? named)) return named;
        IReadOnlyList<string> known = store.Collections;
        string hint = Suggestion.For(name, known) is { } near ? $" Did you mean {near}?" : known.Count == 0 ? " It has none." : $" It has {string.Join(", ", known)}.";
        throw new MistakeException($"There is no collection \"{name}\" in {store.Path}.{hint}");
    }

    /// <summary>A typed key as the collection has them.</summary>
    protected static Key KeyOf(CollectionSchema schema, string text) => Keys.Parse(schema.KeyKind, text);

    /// <summary>The filter that was typed; null when there is none.</summary>
    protected static Filter? FilterOf(string? text) => text is null ? null : Filter.Parse(text);

    protected void Say(string message) => Terminal.Error.WriteLine(Display.Clean(message));
}
