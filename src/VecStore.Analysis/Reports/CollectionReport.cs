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
    private const int MostCategories = 40;

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
        Spectrum(report, rows, covariance, options, cancellation);
        options.Progress?.Report("map");
        Map map = Map.Of(rows, PrincipalComponents.Of(covariance, Math.Min(3, rows.Dimension)), cancellation);
        Axes(report, map);
        options.Progress?.Report("directions");
        Directions(report, store, snapshot);
        foreach (string field in options.Fields ?? LabelFields(snapshot))
        {
            options.Progress?.Report(field);
            Labels(report, snapshot, rows, map, field, options, cancellation);
        }
        return report;
    }

    private static void Contents(HtmlReport report, VectorStore store, Snapshot snapshot, SnapshotRows rows, CollectionReportOptions options)
    {
        report.Section("What is in it");
        CollectionSchema schema = snapshot.Schema;
        report.Facts(
        [
            ("store", Path.GetFileName(Path.TrimEndingDirectorySeparator(store.Path))), ("rows", rows.Count.ToString("N0", CultureInfo.InvariantCulture)), ("dimensions", schema.Dimension.ToString(CultureInfo.InvariantCulture)),
            ("metric", schema.Metric.ToString()), ("elements", schema.ElementType.ToString()), ("keys", schema.KeyKind.ToString()), ("segments", snapshot.Segments.Count.ToString(CultureInfo.InvariantCulture)),
            ("seed of what is random below", options.Seed.ToString(CultureInfo.InvariantCulture)), ("as of", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
        ]);
        if (schema.Fields.Count > 0)
        {
            ResultTable fields = new("fields", new("field", typeof(string)), new("type", typeof(string)), new("rows_with_a_value", typeof(long)), new("different_values", typeof(string)), new("for_example", typeof(string)));
            foreach (FieldSchema field in schema.Fields)
            {
                FieldSummary summary = FieldSummary.Of(snapshot, field.Name);
                fields.Add(field.Name, field.Type.ToString(), summary.Present, summary.Values.Count > MostCategories ? $"more than {MostCategories}" : summary.Values.Count.ToString(CultureInfo.InvariantCulture),
                    string.Join(", ", summary.Values.OrderByDescending(value => value.Value).Take(4).Select(value => value.Key)));
            }
            report.Table(fields);
        }
        report.Text($"The first keys: {string.Join(", ", Enumerable.Range(0, Math.Min(16, rows.Count)).Select(rows.KeyOf))}.");
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

    private static void Spectrum(HtmlReport report, SnapshotRows rows, CovarianceResult covariance, CollectionReportOptions options, CancellationToken cancellation)
    {
        report.Section("Spectrum");
        int usable = (int)Math.Min(rows.Dimension, rows.Count - 1L);
        (int first, int last) = options.Fit ?? (usable >= 40 ? (11, Math.Min(150, usable * 9 / 10)) : (1, usable));
        if (last - first < 3)
        {
            report.Text($"{usable} eigenvalues are too few for a power law.");
            return;
        }
        SpectrumReport spectrum = SpectrumStudy.Run(rows, new() { FirstRank = first, LastRank = last, Covariance = covariance, BootstrapDraws = rows.Count > 20_000 ? 10 : 20, ControlDraws = 10, Seed = options.Seed, Threads = options.Threads }, cancellation);
        report.Text($"Eigenvalues of the covariance with the power law through ranks {first} to {last}, beside isotropic Gaussian rows and the Marchenko-Pastur law of the same shape.").Picture(spectrum.Plot()).Result(spectrum, "none");
        SubspaceReport subspace = SubspaceStudy.Run(Sample(rows, options), null, new() { Seed = options.Seed, Scan = new() { Threads = options.Threads } }, cancellation);
        report.Section("Shape").Text(rows.Count > options.SampleRows ? $"On {options.SampleRows:N0} rows drawn at random." : "On all rows.").Result(subspace, "none");
    }

    private static void Axes(HtmlReport report, Map map)
    {
        report.Section("Map along principal axes");
        string Caption(int axis) => string.Create(CultureInfo.InvariantCulture, $"component {axis + 1} ({map.Explained(axis):P1} of the variance)");
        if (map.Coordinates.Length > 1)
            report.Picture(new ScatterPlot("All rows along the first two principal components", new(Caption(0)), new(Caption(1)), [new("rows", map.Coordinates[0], map.Coordinates[1])]));
        for (int axis = 0; axis < map.Coordinates.Length; axis++)
        {
            ResultTable ends = new($"ends_of_component_{axis + 1}", new("lowest", typeof(string)), new("at_low", typeof(double)), new("highest", typeof(string)), new("at_high", typeof(double)));
            int[] order = map.Order(axis, 10);
            for (int i = 0; i < order.Length / 2; i++)
                ends.Add(map.Keys(order[i]), map.Coordinates[axis][order[i]], map.Keys(order[^(i + 1)]), map.Coordinates[axis][order[^(i + 1)]]);
            report.Table(ends);
        }
    }

    private static void Directions(HtmlReport report, VectorStore store, Snapshot snapshot)
    {
        IReadOnlyList<SavedDirection> saved = store.ListDirections(snapshot.Collection);
        if (saved.Count == 0) return;
        report.Section("Directions");
        ResultTable table = new("directions", new("name", typeof(string)), new("method", typeof(string)), new("source", typeof(string)), new("rows", typeof(long)), new("held_out_auc", typeof(double)), new("metric", typeof(string)),
            new("created", typeof(string)), new("seed", typeof(ulong)));
        foreach (SavedDirection direction in saved)
        {
            table.Add(direction.Name, direction.Method, direction.Source, direction.RowsSeen, direction.HeldOutArea, direction.Metric,
                direction.Created.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), direction.Seed);
        }
        report.Table(table);
        if (saved.Count > 1) report.Picture(DirectionComparison.Of([.. saved.Select(direction => (direction.Name, direction.Vector))], [InnerProduct.Euclidean]).ToPlot());
    }

    private static void Labels(HtmlReport report, Snapshot snapshot, SnapshotRows rows, Map map, string field, CollectionReportOptions options, CancellationToken cancellation)
    {
        FieldSummary summary = FieldSummary.Of(snapshot, field);
        Labeling labels = Labeling.OfText(summary.Texts, $"field {field}");
        report.Section($"{field} against geometry");
        ResultTable sizes = new("sizes", new(field, typeof(string)), new("rows", typeof(int)), new("share", typeof(double)));
        foreach (int label in Enumerable.Range(0, labels.Names.Count).OrderByDescending(label => labels.Sizes[label])) sizes.Add(labels.Names[label], labels.Sizes[label], (double)labels.Sizes[label] / labels.LabelledRows);
        if (map.Coordinates.Length > 1)
        {
            report.Picture(new ScatterPlot($"Rows by {field}", new("component 1"), new("component 2"), [.. Enumerable.Range(0, labels.Names.Count).OrderByDescending(label => labels.Sizes[label]).Select(label =>
            {
                int[] of = labels.RowsOf(label);
                return new PlotSeries(labels.Names[label], [.. of.Select(row => map.Coordinates[0][row])], [.. of.Select(row => map.Coordinates[1][row])]);
            })]));
        }
        report.Table(sizes);
        if (labels.Names.Count > MostCategories || labels.Names.Count < 2) return;
        int[] chosen = SampleOf(rows.Count, options);
        Labeling here = new([.. chosen.Select(row => labels[row])], labels.Provenance, labels.Names);
        LobeComparison comparison = LobeComparison.Of(new SelectedRows(rows, chosen), here, new() { Silhouette = false, Seed = options.Seed, Threads = options.Threads }, cancellation);
        NullTest test = comparison.Purity.Overall;
        report.Text(string.Create(CultureInfo.InvariantCulture,
            $"Of a row's {comparison.Options.Neighbors} nearest rows {test.Observed:P1} have its own {field}; with permuted labels {test.NullMean:P1} (lift {test.Observed / test.NullMean:F2}, p = {test.PValue:G2}, {test.Draws} draws, seed {test.Seed}; {chosen.Length:N0} rows)."));
    }

    private static IReadOnlyList<string> LabelFields(Snapshot snapshot) =>
        [.. snapshot.Schema.Fields.Where(field => field.Type is FieldType.String or FieldType.Int64 or FieldType.Bool).Select(field => field.Name)
            .Where(field => FieldSummary.Of(snapshot, field).Values.Count is >= 2 and <= MostCategories)];

    private static SelectedRows Sample(SnapshotRows rows, CollectionReportOptions options) => new(rows, SampleOf(rows.Count, options));

    private static int[] SampleOf(int count, CollectionReportOptions options) =>
        count <= options.SampleRows ? [.. Enumerable.Range(0, count)] : [.. new SeededRandom(options.Seed, "report sample").Choose(options.SampleRows, count).Order()];

    /// <summary>The values of a field as text, and how often each comes, while they are few.</summary>
    private sealed record FieldSummary(string?[] Texts, Dictionary<string, int> Values, long Present)
    {
        public static FieldSummary Of(Snapshot snapshot, string field)
        {
            if (!snapshot.Schema.Fields.Any(known => known.Name == field)) throw new ArgumentException($"the collection {snapshot.Collection} has no field \"{field}\"");
            List<string?> texts = [];
            Dictionary<string, int> values = new(StringComparer.Ordinal);
            long present = 0;
            foreach (ScannedRow row in snapshot.Scan())
            {
                FieldValue value = row.Fields[field];
                string? text = value.Kind == FieldValueKind.Absent ? null : value.ToString();
                texts.Add(text);
                if (text is null) continue;
                present++;
                if (values.Count <= MostCategories || values.ContainsKey(text)) values[text] = values.GetValueOrDefault(text) + 1;
            }
            return new([.. texts], values, present);
        }
    }

    /// <summary>All rows along the first principal components: 8 bytes a row and component.</summary>
    private sealed record Map(double[][] Coordinates, PrincipalComponents Components, Func<int, string> Keys)
    {
        public static Map Of(SnapshotRows rows, PrincipalComponents components, CancellationToken cancellation)
        {
            double[][] coordinates = [.. components.Components.Select(_ => new double[rows.Count])];
            foreach (RowCoordinates row in components.Coordinates(rows, cancellation))
                for (int axis = 0; axis < coordinates.Length; axis++) coordinates[axis][row.Row] = row.Coordinates[axis];
            return new(coordinates, components, rows.KeyOf);
        }

        public double Explained(int axis) => Components.TotalVariance > 0 ? Components.Variances[axis] / Components.TotalVariance : 0;

        /// <summary>The rows at both ends of an axis, ascending.</summary>
        public int[] Order(int axis, int ends)
        {
            int[] order = [.. Enumerable.Range(0, Coordinates[axis].Length)];
            Array.Sort((double[])Coordinates[axis].Clone(), order);
            return order.Length <= 2 * ends ? order : [.. order[..ends], .. order[^ends..]];
        }
    }
}
