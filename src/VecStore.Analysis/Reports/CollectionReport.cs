using System.Globalization;
using VecStore.Storage;

namespace VecStore.Analysis;

/// <summary>What a report is to contain.</summary>
public sealed record CollectionReportOptions
{
    /// <summary>Metadata fields that colour the map and are compared with the geometry; null takes every field of 2 to 40 different values.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>Rows on which what grows with their square is computed (neighbourhoods, intrinsic dimension), drawn at random where there are more.</summary>
    public int SampleRows { get; init; } = 10_000;

    /// <summary>First and last rank of the power law, counted from 1, both in; null takes 11 to 150, or less where there are fewer dimensions.</summary>
    public (int First, int Last)? Fit { get; init; }

    /// <summary>The label of each document of the firings, by its number: enrichment of the values of <see cref="Fields"/> (lobes) in labelled blocks; null leaves it out.</summary>
    public IReadOnlyList<string?>? DocumentLabels { get; init; }

    /// <summary>Tokens of a block, for the enrichment; null takes what <see cref="BlockRule.DefaultOf"/> says.</summary>
    public int? BlockLength { get; init; }

    /// <summary>The activation above which a feature fires, for the enrichment; null takes what <see cref="BlockRule.DefaultOf"/> says.</summary>
    public double? Threshold { get; init; }

    /// <summary>Seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Told which part is being worked on.</summary>
    public IProgress<string>? Progress { get; init; }
}

/// <summary>
/// One document about a collection: what is in it and where it came from, its spectrum beside controls, its map along principal axes, saved directions, lobes and other
/// labels against the geometry, firings.
/// </summary>
public static class CollectionReport
{
    private const int MostKeys = 24;

    /// <summary>Makes the report.</summary>
    /// <param name="store">The store, where directions of the collection may lie.</param>
    /// <param name="snapshot">The collection at one moment.</param>
    /// <param name="options">What it is to contain.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The collection has fewer than ten rows, or no such field.</exception>
    public static HtmlReport Of(VectorStore store, Snapshot snapshot, CollectionReportOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        SnapshotRows rows = new(snapshot);
        if (rows.Count < 10) throw new ArgumentException($"{snapshot.Collection} has {rows.Count} rows; a report is about ten or more");
        HtmlReport report = new($"{snapshot.Collection}: {rows.Count.ToString("N0", CultureInfo.InvariantCulture)} rows of {rows.Dimension} dimensions");
        options.Progress?.Report("contents");
        Contents(report, store, snapshot, rows, options);
        options.Progress?.Report("spectrum");
        CovarianceResult covariance = Scan.Run(rows, new Covariance(rows.Dimension), new() { Threads = options.Threads }, cancellation);
        ReportedSpectrum.Add(report, rows, covariance, options, cancellation);
        int[] sample = SampleOf(rows.Count, options);
        ReportedSpectrum.AddShape(report, new SelectedRows(rows, sample), rows.Count, options, cancellation);
        options.Progress?.Report("map");
        ReportedMap map = ReportedMap.Of(rows, covariance, cancellation);
        map.Add(report);
        options.Progress?.Report("directions");
        Directions(report, store, snapshot);
        if (snapshot.Attachments.Any(attachment => attachment.Name == SnapshotFirings.DefaultName))
        {
            options.Progress?.Report("firings");
            ReportedFirings.Add(report, snapshot, cancellation);
        }
        foreach (string field in options.Fields ?? ReportedLabels.Fields(snapshot))
        {
            options.Progress?.Report(field);
            ReportedLabels.Add(report, snapshot, rows, map, field, sample, options, cancellation);
        }
        return report;
    }

    private static void Contents(HtmlReport report, VectorStore store, Snapshot snapshot, SnapshotRows rows, CollectionReportOptions options)
    {
        report.Section("What is in it");
        CollectionSchema schema = snapshot.Schema;
        report.Figures(
            ("rows", Invariant($"{rows.Count:N0}"), Invariant($"in {snapshot.Segments.Count} {(snapshot.Segments.Count == 1 ? "segment" : "segments")}")), ("dimensions", Invariant($"{schema.Dimension:N0}"), schema.ElementType.ToString()),
            ("metric", schema.Metric.ToString(), $"keys: {schema.KeyKind}"), ("seed", Invariant($"{options.Seed}"), "of everything random below"));
        report.Text($"Store {Path.GetFileName(Path.TrimEndingDirectorySeparator(store.Path))}, as of {DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}.");
        if (schema.KeyKind == KeyKind.String) report.Text($"The first keys: {string.Join("  ", Enumerable.Range(0, Math.Min(MostKeys, rows.Count)).Select(rows.KeyOf))}");
        if (schema.Fields.Count > 0)
        {
            ResultTable fields = new("fields", new("field", typeof(string)), new("type", typeof(string)), new("rows_with_a_value", typeof(long)), new("different_values", typeof(string)), new("for_example", typeof(string)));
            foreach (FieldSchema field in schema.Fields)
            {
                FieldSummary summary = FieldSummary.Of(snapshot, field.Name);
                fields.Add(field.Name, field.Type.ToString(), summary.Present, summary.Values.Count > ReportedLabels.MostLabels ? $"more than {ReportedLabels.MostLabels}" : Invariant($"{summary.Values.Count}"),
                    string.Join(", ", summary.Values.OrderByDescending(value => value.Value).Take(4).Select(value => Example(value.Key, field.Type))));
            }
            report.Table(fields);
        }
        ResultTable provenance = new("provenance", new("source", typeof(string)), new("at", typeof(string)), new("rows", typeof(long)), new("details", typeof(string)));
        foreach (ProvenanceEntry entry in store[snapshot.Collection].Provenance)
        {
            provenance.Add(entry.Source, entry.At.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), entry.Rows,
                string.Join("; ", entry.Details.Where(detail => detail.Value.Length <= 80).Select(detail => $"{detail.Key} {detail.Value}")));
        }
        report.Table(provenance);
        if (snapshot.Attachments.Count == 0) return;
        ResultTable attachments = new("attachments", new("name", typeof(string)), new("kind", typeof(string)), new("source", typeof(string)), new("details", typeof(string)));
        foreach (AttachmentEntry entry in snapshot.Attachments)
            attachments.Add(entry.Name, entry.Kind.ToString(), entry.Provenance.Source, string.Join("; ", entry.Provenance.Details.Where(detail => detail.Value.Length <= 80).Select(detail => $"{detail.Key} {detail.Value}")));
        report.Table(attachments);
    }

    private static void Directions(HtmlReport report, VectorStore store, Snapshot snapshot)
    {
        IReadOnlyList<SavedDirection> saved = store.ListDirections(snapshot.Collection);
        if (saved.Count == 0) return;
        report.Section("Directions");
        ResultTable table = new("saved_directions", new("name", typeof(string)), new("method", typeof(string)), new("source", typeof(string)), new("rows", typeof(long)), new("held_out_auc", typeof(double)), new("metric", typeof(string)),
            new("created", typeof(string)), new("seed", typeof(ulong)));
        foreach (SavedDirection direction in saved)
        {
            table.Add(direction.Name, direction.Method, direction.Source, direction.RowsSeen, direction.HeldOutArea, direction.Metric,
                direction.Created.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), direction.Seed);
        }
        report.Table(table);
        if (saved.Count > 1) report.Picture(DirectionComparison.Of([.. saved.Select(direction => (direction.Name, direction.Vector))], [InnerProduct.Euclidean]).ToPlot() with { Width = Math.Min(720, 220 + (90 * saved.Count)), Height = Math.Min(600, 150 + (55 * saved.Count)) });
    }

    private static int[] SampleOf(int count, CollectionReportOptions options) =>
        count <= options.SampleRows ? [.. Enumerable.Range(0, count)] : [.. new SeededRandom(options.Seed, "report sample").Choose(options.SampleRows, count).Order()];

    private static string Example(string text, FieldType type) => type == FieldType.Double && double.TryParse(text, CultureInfo.InvariantCulture, out double number)
        ? AnalysisResults.Text(number)
        : SvgCanvas.Cut(text, 24);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
