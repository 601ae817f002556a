using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Removes a collection with all that belongs to it.</summary>
internal sealed class DropCommand : StoreCommand
{
    private readonly Argument<string?> dropped = new("NAME") { Description = "The collection.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> yes = Setting.Flag("--yes", "Really: without it the command says what would go, and nothing goes.");

    public DropCommand(CommandEnvironment environment) : base(environment, "drop", "Removes a collection: its rows, what lies beside them and its directions.")
    {
        Arguments.Add(dropped);
        Options.Add(yes);
    }

    protected override int Run(ParseResult parse)
    {
        string? option = CollectionName(parse);
        string? argument = parse.GetValue(dropped);
        if (option is not null && argument is not null && option != argument) throw new MistakeException($"Two collections were named, {argument} and {option}; drop them one by one.");
        string name = argument ?? option ?? throw new MistakeException("Drop which collection? Name it: vecstore drop NAME --store FOLDER.");
        bool sure = parse.GetValue(yes);
        using VectorStore store = sure ? OpenToWrite(parse, ignoreGraphs: true) : OpenToRead(parse, ignoreGraphs: true);
        Dropped[] parts = [.. Parts(store, CollectionNamed(store, name)).Select(part => new Dropped(part.Name, part.Count))];
        if (!sure)
        {
            string others = string.Join(", ", parts.Skip(1).Select(part => part.Collection));
            throw new MistakeException($"{name} has {Display.Count(parts[0].Rows, "row")}{(others.Length == 0 ? "" : $", and {others} would go with it")}. Nothing was dropped: add --yes to drop it.");
        }

        long before = StoreFiles.Bytes(store.Path);
        foreach (Dropped part in parts.Reverse()) store.Drop(part.Collection); // what describes it first: nothing half is left
        long after = StoreFiles.Bytes(store.Path);
        if (Json(parse))
        {
            JsonOutput.Write(Terminal, new Result(store.Path, before, after, parts));
            return ExitCode.Success;
        }

        foreach (Dropped part in parts) Terminal.Out.WriteLine($"{Display.Clean(part.Collection)}: {Display.Count(part.Rows, "row")} dropped");
        Terminal.Out.WriteLine($"{Display.Bytes(before)} before, {Display.Bytes(after)} after");
        return ExitCode.Success;
    }

    // The collection first; then those that are nothing without it.
    private static IEnumerable<VectorCollection> Parts(VectorStore store, VectorCollection collection)
    {
        yield return collection;
        List<string> parts = [StoreDirections.DirectionCollection(collection.Name)];
        if (StoredAutoencoder.Exists(store, collection.Name)) parts.AddRange([StoredAutoencoder.EncoderOf(collection.Name), StoredAutoencoder.DescriptionOf(collection.Name)]);
        foreach (string part in parts)
        {
            if (store.TryGet(part, out VectorCollection? belongs)) yield return belongs;
        }
    }

    private sealed record Result(string Store, long BytesBefore, long BytesAfter, IReadOnlyList<Dropped> Dropped);

    private sealed record Dropped(string Collection, long Rows);
}
