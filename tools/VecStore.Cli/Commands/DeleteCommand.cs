using System.CommandLine;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Deletes rows, by key or by filter.</summary>
internal sealed class DeleteCommand : StoreCommand
{
    private const int BatchRows = 10_000;
    private readonly Argument<string[]> keys = new("KEY") { Description = "The keys of the rows.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> filter = Setting.Text("--filter", "TEXT", "All rows that pass: 'year < 1990'.");
    private readonly Option<bool> yes = Setting.Flag("--yes", "Really: needed with --filter.");

    public DeleteCommand(CommandEnvironment environment) : base(environment, "delete", "Deletes rows by key, or all that pass a filter. The space comes back with compact.")
    {
        Arguments.Add(keys);
        Options.Add(filter);
        Options.Add(yes);
    }

    protected override int Run(ParseResult parse)
    {
        string[] typed = parse.GetValue(keys) ?? [];
        Filter? condition = FilterOf(parse.GetValue(filter));
        if (typed.Length == 0 == condition is null) throw new MistakeException("Delete what? Give keys, or --filter TEXT, not both.");
        using VectorStore store = OpenToWrite(parse);
        VectorCollection collection = CollectionOf(parse, store);
        List<Key> rows = [];
        List<string> unknown = [];
        if (condition is null) Named(collection, typed, rows, unknown);
        else Passing(collection, condition, rows);
        if (condition is not null && rows.Count > 0 && !parse.GetValue(yes))
            throw new MistakeException($"{rows.Count:N0} of {collection.Count:N0} rows pass '{condition}'. Nothing was deleted: add --yes to delete them.");
        foreach (Key[] part in rows.Chunk(BatchRows)) Delete(collection, part);
        if (Json(parse)) JsonOutput.Write(Terminal, new Result(collection.Name, rows.Count, unknown, collection.Count));
        else Terminal.Out.WriteLine($"{Display.Count(rows.Count, "row")} deleted, {Display.Count(collection.Count)} left in {Display.Clean(collection.Name)}.");
        foreach (string key in unknown) Say($"vecstore: {Keys.Unknown(key, collection.Name).Message}");
        return unknown.Count == 0 ? ExitCode.Success : ExitCode.Mistake;
    }

    private static void Named(VectorCollection collection, string[] typed, List<Key> rows, List<string> unknown)
    {
        using Snapshot snapshot = collection.TakeSnapshot();
        foreach (string text in typed.Distinct())
        {
            Key key = KeyOf(snapshot.Schema, text);
            if (snapshot.Contains(key)) rows.Add(key);
            else unknown.Add(text);
        }
    }

    private void Passing(VectorCollection collection, Filter condition, List<Key> rows)
    {
        using Snapshot snapshot = collection.TakeSnapshot();
        foreach (ScannedRow row in snapshot.Scan(condition))
        {
            Cancellation.ThrowIfCancellationRequested();
            rows.Add(row.Key);
        }
    }

    private static void Delete(VectorCollection collection, Key[] rows)
    {
        using WriteBatch batch = collection.BeginWrite();
        foreach (Key key in rows) batch.Delete(key);
        batch.Commit();
    }

    private sealed record Result(string Collection, int Deleted, IReadOnlyList<string> UnknownKeys, long RowsLeft);
}
