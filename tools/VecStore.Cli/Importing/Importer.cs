using System.Diagnostics;
using VecStore.Cli.Terminals;
using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>
/// Reads a source into a collection by a bulk load: safe to be stopped at any moment, goes on where it stopped when it is run again, and does nothing
/// when the same source was imported before.
/// </summary>
internal static class Importer
{
    private const int RowsBetweenReports = 4_096;

    public static ImportReport Run(VectorStore store, ImportRequest request, VectorSource source, ProgressDisplay progress, CancellationToken cancellation)
    {
        string identity = SourceIdentity.Of(request, source);
        VectorCollection collection = TargetCollection.Open(store, request, source, out bool isNew);
        ImportReport report = Describe(request, source, collection.Schema);
        if (!request.Force && collection.Provenance.Any(entry => entry.Source == identity)) return report with { AlreadyImported = true };
        try
        {
            RowRange range = RowRange.Of(request, source);
            return Load(collection, request, source, range, report, identity, progress, cancellation);
        }
        catch (Exception refused) when (isNew && refused is MistakeException or VectorFileException or ArgumentException)
        {
            store.Drop(request.Collection); // a source that cannot be imported leaves nothing
            throw;
        }
    }

    /// <summary>Reads the source to its end as an import would, and stores nothing.</summary>
    public static ImportReport DryRun(CollectionSchema? existing, ImportRequest request, VectorSource source, ProgressDisplay progress, CancellationToken cancellation)
    {
        CollectionSchema schema = TargetCollection.Schema(request, source, existing);
        if (existing is not null && TargetCollection.Conflict(request, source, schema, existing) is { } conflict) throw new MistakeException(conflict);
        RowRange range = RowRange.Of(request, source);
        source.SkipTo(range.First);
        var reader = new RowReader(request, source, range, schema);
        long started = Stopwatch.GetTimestamp();
        while (reader.MoveNext())
        {
            _ = reader.Key;
            if (reader.Read % RowsBetweenReports == 0) Report(progress, reader, cancellation);
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return Describe(request, source, schema) with
        {
            DryRun = true,
            RowsRead = reader.Read,
            InvalidSkipped = reader.Invalid,
            ZeroRows = reader.Zeros,
            ReadSeconds = seconds,
            RowsPerSecondRead = reader.Read / seconds,
        };
    }

    private static ImportReport Load(VectorCollection collection, ImportRequest request, VectorSource source, RowRange range, ImportReport report, string identity,
        ProgressDisplay progress, CancellationToken cancellation)
    {
        bool ownKeys = source.HasKeys;
        using BulkLoad load = collection.BeginBulkLoad(new BulkLoadOptions
        {
            Source = identity,
            Duplicates = request.Duplicates ?? (ownKeys ? DuplicateKeys.KeepFirst : DuplicateKeys.KeepLast),
            CheckpointRows = request.CheckpointRows,
        });
        long staged = load.RowsAlreadyStaged;
        long started = Stopwatch.GetTimestamp();
        RowReader reader = ReadAll(collection.Schema, request, source, range, load, progress, cancellation);
        double readSeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (reader.Read > 0) progress.Report("read", reader.Read, "rows", 1);
        long publishing = Stopwatch.GetTimestamp();
        BulkLoadReport loaded = load.Publish(progress, cancellation);
        double publishSeconds = Stopwatch.GetElapsedTime(publishing).TotalSeconds;
        return report with
        {
            Notes = [.. source.Notes],
            ResumedAt = staged,
            RowsRead = reader.Read,
            RowsImported = loaded.Rows,
            RowsReplaced = loaded.Replaced,
            Duplicates = loaded.Duplicates,
            InvalidSkipped = reader.Invalid,
            ZeroRows = reader.Zeros,
            ReadSeconds = readSeconds,
            PublishSeconds = publishSeconds,
            RowsPerSecondRead = reader.Read / readSeconds,
            RowsPerSecond = loaded.Rows / (readSeconds + publishSeconds),
        };
    }

    private static RowReader ReadAll(CollectionSchema schema, ImportRequest request, VectorSource source, RowRange range, BulkLoad load, ProgressDisplay progress,
        CancellationToken cancellation)
    {
        // Staged rows are counted without those that were left out: where rows may be, the source is read again from its beginning up to the place.
        long staged = load.RowsAlreadyStaged;
        source.SkipTo(range.First + (request.SkipInvalid ? 0 : staged));
        long again = request.SkipInvalid ? staged : 0;
        var reader = new RowReader(request, source, range, schema);
        try
        {
            while (reader.MoveNext())
            {
                if (reader.Read % RowsBetweenReports == 0) Report(progress, reader, cancellation);
                if (again > 0) again--;
                else Append(load, reader, source);
            }
        }
        catch (OperationCanceledException)
        {
            load.Checkpoint();
            throw;
        }

        return reader;
    }

    private static void Append(BulkLoad load, RowReader reader, VectorSource source)
    {
        try
        {
            load.Append(reader.Key, reader.Vector, reader.Fields);
        }
        catch (ArgumentException refused)
        {
            throw new MistakeException($"{source.Path}, row {reader.RowNumber} (from 0): {CommandLine.MessageOf(refused)}");
        }
    }

    private static void Report(ProgressDisplay progress, RowReader reader, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        progress.Report("read", reader.Read, "rows", reader.Fraction);
    }

    private static ImportReport Describe(ImportRequest request, VectorSource source, CollectionSchema schema) => new()
    {
        Source = request.Source,
        Format = Names.Formats[source.Format],
        Dimension = source.Dimension,
        StoredElement = Names.Stored[source.StoredElement],
        SourceRows = source.RowCount,
        Notes = [.. source.Notes],
        Collection = request.Collection,
        Metric = Names.Metrics[schema.Metric],
        Element = Names.Elements[schema.ElementType],
        KeyKind = Names.KeyKinds[schema.KeyKind],
        Fields = [.. source.Fields.Select(field => field.Name)],
    };
}
