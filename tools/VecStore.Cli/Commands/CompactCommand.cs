using System.CommandLine;
using System.Diagnostics;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Merges the segments of a collection, drops deleted rows and gives the space back; or only builds the graphs anew.</summary>
internal sealed class CompactCommand : StoreCommand
{
    private readonly Argument<string?> store = new("STORE") { Description = "The store's folder.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> discardStaged = Setting.Flag("--discard-staged", "Only remove what imports that were stopped have staged: they begin anew then.");
    private readonly Option<bool> rebuildIndex = Setting.Flag("--rebuild-index", "Only build the graphs anew from the vectors: the cure for a damaged graph file.");

    public CompactCommand(CommandEnvironment environment)
        : base(environment, "compact", "Merges segments, drops deleted rows, gives the space back.")
    {
        Arguments.Add(store);
        Options.Add(rebuildIndex);
        Options.Add(discardStaged);
    }

    protected override int Run(ParseResult parse)
    {
        bool rebuild = parse.GetValue(rebuildIndex);
        bool discard = parse.GetValue(discardStaged);
        if (rebuild && discard) throw new MistakeException("--rebuild-index and --discard-staged: one at a time.");
        using VectorStore opened = OpenToWrite(parse, store, ignoreGraphs: rebuild);
        VectorCollection[] collections = CollectionName(parse) is null ? [.. opened.Collections.Select(name => opened[name])] : [CollectionOf(parse, opened)];
        long before = StoreFiles.Bytes(opened.Path);
        long started = Stopwatch.GetTimestamp();
        UnfinishedLoad[] staged = [.. opened.UnfinishedLoads().Where(load => collections.Any(collection => collection.Name == load.Collection))];
        UnfinishedLoad[] discarded = discard ? [.. staged.Where(opened.Discard)] : [];
        Compacted[] results = discard ? [] : ProgressDisplay.Run(Terminal, progress => collections.Select(collection => One(collection, rebuild, progress)).ToArray());
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long after = StoreFiles.Bytes(opened.Path);
        if (Json(parse))
            JsonOutput.Write(Terminal, new Result(opened.Path, rebuild, before, after, seconds, results, [.. discarded.Select(load => new Discarded(load.Collection, load.Source, load.Rows, load.Bytes))]));
        else Show(results, discarded, rebuild, before, after, seconds);
        foreach (UnfinishedLoad kept in staged.Except(discarded))
            Say($"note: {Display.Bytes(kept.Bytes)} are kept for an import into {kept.Collection} that was stopped, of {kept.Source}; --discard-staged removes them");
        return ExitCode.Success;
    }

    private Compacted One(VectorCollection collection, bool rebuild, ProgressDisplay progress)
    {
        int before = Segments(collection);
        if (rebuild) collection.RebuildIndex(progress, Cancellation);
        else collection.Compact(progress, Cancellation);
        return new Compacted(collection.Name, collection.Count, before, Segments(collection));
    }

    private static int Segments(VectorCollection collection)
    {
        using Snapshot snapshot = collection.TakeSnapshot();
        return snapshot.Segments.Count;
    }

    private void Show(Compacted[] results, UnfinishedLoad[] discarded, bool rebuild, long before, long after, double seconds)
    {
        foreach (Compacted one in results)
        {
            string what = rebuild ? "the graph is new" : $"{Display.Count(one.SegmentsBefore, "segment")} before, {one.SegmentsAfter} now";
            Terminal.Out.WriteLine($"{Display.Clean(one.Collection)}: {Display.Count(one.Rows, "row")}, {what}");
        }

        foreach (UnfinishedLoad load in discarded)
            Terminal.Out.WriteLine($"{Display.Clean(load.Collection)}: {Display.Count(load.Rows, "staged row")}, {Display.Bytes(load.Bytes)} removed; the import begins anew: {Display.Clean(load.Source)}");
        Terminal.Out.WriteLine($"{Display.Bytes(before)} before, {Display.Bytes(after)} after; {Display.Duration(TimeSpan.FromSeconds(seconds))}");
    }

    private sealed record Result(string Store, bool RebuiltIndex, long BytesBefore, long BytesAfter, double Seconds, IReadOnlyList<Compacted> Collections, IReadOnlyList<Discarded> Discarded);

    private sealed record Discarded(string Collection, string Source, long Rows, long Bytes);

    private sealed record Compacted(string Collection, long Rows, int SegmentsBefore, int SegmentsAfter);
}
