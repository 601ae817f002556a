using System.Globalization;

namespace VecStore.Analysis;

/// <summary>The section of a report about a field of a few values: where the rows of each value lie, and whether neighbours share it.</summary>
internal static class ReportedLabels
{
    /// <summary>A field with more values is not shown by colours.</summary>
    public const int MostLabels = 40;

    private const int MostPictures = 12;

    public static void Add(HtmlReport report, Snapshot snapshot, SnapshotRows rows, ReportedMap map, string field, int[] sample, CollectionReportOptions options, CancellationToken cancellation)
    {
        Labeling labels = Labeling.OfText(FieldSummary.Of(snapshot, field).Texts, $"field {field}");
        int[] order = [.. Enumerable.Range(0, labels.Names.Count).OrderByDescending(label => labels.Sizes[label])];
        report.Section($"{field} against geometry");
        Dictionary<string, LobePurity> purity = [];
        if (labels.Names.Count is >= 2 and <= MostLabels)
        {
            Labeling here = new([.. sample.Select(row => labels[row])], labels.Provenance, labels.Names);
            LobeComparison comparison = LobeComparison.Of(new SelectedRows(rows, sample), here, new() { Silhouette = false, Seed = options.Seed, Threads = options.Threads }, cancellation);
            NullTest test = comparison.Purity.Overall;
            purity = comparison.Purity.Lobes.ToDictionary(lobe => lobe.Lobe, StringComparer.Ordinal);
            report.Figures(
                ($"neighbours of the same {field}", Share(test.Observed), $"of the {comparison.Options.Neighbors} nearest rows"), ("by chance", Share(test.NullMean), "labels permuted"),
                ("lift", (test.Observed / test.NullMean).ToString("G3", CultureInfo.InvariantCulture), "the first over the second"), ("p", test.PValue.ToString("G2", CultureInfo.InvariantCulture), $"{test.Draws} draws, seed {test.Seed}"));
            report.Text(string.Create(CultureInfo.InvariantCulture,
                $"Of a row's {comparison.Options.Neighbors} nearest rows {test.Observed:P1} have its own {field}; with permuted labels {test.NullMean:P1} ({sample.Length:N0} rows{(sample.Length < rows.Count ? " drawn at random" : "")})."));
        }

        if (map.Coordinates.Length > 1)
        {
            report.Pictures(order.Take(MostPictures).Select((label, i) =>
                map.Of($"{field} {labels.Names[label]}", labels.RowsOf(label), SvgCanvas.Colour(i), string.Create(CultureInfo.InvariantCulture, $"{labels.Sizes[label]:N0} rows among all others"))));
            if (order.Length > MostPictures) report.Text($"The {MostPictures} largest of {order.Length} are shown.");
        }

        report.Table(Table(field, labels, order, purity));
        if (options.DocumentLabels is not null && snapshot.Attachments.Any(attachment => attachment.Name == SnapshotFirings.DefaultName))
            ReportedFirings.AddEnrichment(report, snapshot, labels, options, cancellation);
    }

    /// <summary>The fields of 2 to <see cref="MostLabels"/> values.</summary>
    public static IReadOnlyList<string> Fields(Snapshot snapshot) =>
        [.. snapshot.Schema.Fields.Where(field => field.Type is FieldType.String or FieldType.Int64 or FieldType.Bool).Select(field => field.Name)
            .Where(field => FieldSummary.Of(snapshot, field).Values.Count is >= 2 and <= MostLabels)];

    private static ResultTable Table(string field, Labeling labels, int[] order, Dictionary<string, LobePurity> purity)
    {
        ResultTable table = new("by_value", new("value", typeof(string)), new("rows", typeof(int)), new("share", typeof(double)), new("same_among_neighbours", typeof(double)), new("by_chance", typeof(double)),
            new("lift", typeof(double)), new("p", typeof(double)));
        foreach (int label in order)
        {
            LobePurity? own = purity.GetValueOrDefault(labels.Names[label]);
            table.Add($"{field} {labels.Names[label]}", labels.Sizes[label], (double)labels.Sizes[label] / labels.LabelledRows, own?.Share, own?.NullMean, own?.Lift, own?.PValue);
        }
        return table;
    }

    private static string Share(double value) => value.ToString("P1", CultureInfo.InvariantCulture);
}

/// <summary>The values of a field as text, and how often each comes, while they are few.</summary>
internal sealed record FieldSummary(string?[] Texts, Dictionary<string, int> Values, long Present)
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
            if (values.Count <= ReportedLabels.MostLabels || values.ContainsKey(text)) values[text] = values.GetValueOrDefault(text) + 1;
        }
        return new([.. texts], values, present);
    }
}
