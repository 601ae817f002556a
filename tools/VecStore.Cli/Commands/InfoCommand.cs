using System.CommandLine;
using System.Globalization;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>What is in a store.</summary>
internal sealed class InfoCommand : StoreCommand
{
    private readonly Argument<string?> store = new("STORE") { Description = "The store's folder.", Arity = ArgumentArity.ZeroOrOne };

    public InfoCommand(CommandEnvironment environment) : base(environment, "info", "Shows the collections of a store, their rows, fields and origin.")
    {
        Arguments.Add(store);
    }

    protected override int Run(ParseResult parse)
    {
        using VectorStore opened = OpenToRead(parse, store, ignoreGraphs: true);
        IEnumerable<VectorCollection> collections = CollectionName(parse) is null ? opened.Collections.Select(name => opened[name]) : [CollectionOf(parse, opened)];
        IReadOnlyList<UnfinishedLoad> unfinished = opened.UnfinishedLoads();
        StoreInfo info = new(opened.Path, StoreFiles.Bytes(opened.Path), [.. collections.Select(collection => Describe(collection, unfinished))]);
        if (Json(parse)) JsonOutput.Write(Terminal, info);
        else Show(info);
        return ExitCode.Success;
    }

    private static CollectionInfo Describe(VectorCollection collection, IReadOnlyList<UnfinishedLoad> unfinished)
    {
        using Snapshot snapshot = collection.TakeSnapshot();
        CollectionSchema schema = snapshot.Schema;
        IReadOnlyList<SnapshotSegment> segments = snapshot.Segments;
        return new CollectionInfo(collection.Name, snapshot.Count, schema.Dimension, Names.Metrics[schema.Metric], Names.Elements[schema.ElementType],
            Names.KeyKinds[schema.KeyKind], [.. schema.Fields.Select(field => new FieldInfo(field.Name, Names.FieldTypes[field.Type]))],
            [.. segments.Select(segment => new SegmentInfo(segment.Id, segment.Rows, segment.Rows - segment.Live, segment.IsSealed))],
            [.. collection.Provenance.Select(entry => new ImportInfo(entry.Source, entry.Rows, entry.At))],
            [.. snapshot.Attachments.Select(entry => new AttachmentInfo(entry.Name, entry.Kind.ToString().ToLowerInvariant(), entry.Provenance.Source))],
            [.. unfinished.Where(load => load.Collection == collection.Name).Select(load => new StagedInfo(load.Source, load.Rows, load.Bytes, load.At))]);
    }

    private void Show(StoreInfo info)
    {
        Terminal.Out.WriteLine($"{Display.Clean(info.Store)}: {Display.Bytes(info.Bytes)}, {Display.Count(info.Collections.Count, "collection")}");
        foreach (CollectionInfo collection in info.Collections)
        {
            long deleted = collection.Segments.Sum(segment => (long)segment.Deleted);
            Terminal.Out.WriteLine();
            Terminal.Out.WriteLine($"{Display.Clean(collection.Collection)}: {Display.Count(collection.Rows, "row")} of dimension {collection.Dimension}");
            Terminal.Out.WriteLine($"  metric    {collection.Metric}");
            Terminal.Out.WriteLine($"  elements  {collection.Element}");
            Terminal.Out.WriteLine($"  keys      {collection.KeyKind}");
            if (collection.Fields.Count > 0)
                Terminal.Out.WriteLine($"  fields    {Display.Clean(string.Join(", ", collection.Fields.Select(field => $"{field.Field} ({field.Type})")))}");
            Terminal.Out.WriteLine($"  segments  {collection.Segments.Count}{(deleted > 0 ? $", {Display.Count(deleted, "deleted row")} in them" : "")}");
            foreach (ImportInfo import in collection.Imports)
            {
                Terminal.Out.WriteLine($"  imported  {Moment(import.At)}, {Display.Count(import.Rows, "row")}: {Display.Clean(import.Source)}");
            }

            foreach (AttachmentInfo attachment in collection.Attachments) Terminal.Out.WriteLine($"  beside    {Display.Clean(attachment.Attachment)} ({attachment.Kind}): {Display.Clean(attachment.Source)}");
            foreach (StagedInfo staged in collection.Staged)
            {
                string day = staged.At is { } at ? $"{Moment(at)}, " : "";
                Terminal.Out.WriteLine($"  staged    {day}{Display.Count(staged.Rows, "row")}, {Display.Bytes(staged.Bytes)} by an import that runs or was stopped: {Display.Clean(staged.Source)}");
            }
        }
    }

    private static string Moment(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private sealed record StoreInfo(string Store, long Bytes, IReadOnlyList<CollectionInfo> Collections);

    private sealed record CollectionInfo(string Collection, long Rows, int Dimension, string Metric, string Element, string KeyKind,
        IReadOnlyList<FieldInfo> Fields, IReadOnlyList<SegmentInfo> Segments, IReadOnlyList<ImportInfo> Imports, IReadOnlyList<AttachmentInfo> Attachments,
        IReadOnlyList<StagedInfo> Staged);

    private sealed record FieldInfo(string Field, string Type);

    private sealed record SegmentInfo(uint Segment, int Rows, int Deleted, bool Sealed);

    private sealed record ImportInfo(string Source, long Rows, DateTimeOffset At);

    private sealed record StagedInfo(string Source, long Rows, long Bytes, DateTimeOffset? At);

    private sealed record AttachmentInfo(string Attachment, string Kind, string Source);
}
