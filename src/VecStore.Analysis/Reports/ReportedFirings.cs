using System.Globalization;

namespace VecStore.Analysis;

/// <summary>The sections of a report about what fires where: how often features fire, and which labels of documents their lobes answer to.</summary>
internal static class ReportedFirings
{
    public static void Add(HtmlReport report, Snapshot snapshot, CancellationToken cancellation)
    {
        using FiringStore firings = snapshot.OpenFirings();
        double[] density = [.. Enumerable.Range(0, firings.FeatureCount).Select(feature => firings.CountOf(feature) / (double)Math.Max(1, firings.TokenCount))];
        cancellation.ThrowIfCancellationRequested();
        int silent = density.Count(share => share == 0);
        string unit = firings.Unit == FiringUnit.Block ? "blocks" : "tokens";
        report.Section("Firings").Figures(
            (unit, Number(firings.TokenCount), $"of {Number(firings.DocumentCount)} documents"),
            ($"features a {unit.TrimEnd('s')}", (firings.FiringCount / (double)Math.Max(1, firings.TokenCount)).ToString("G3", CultureInfo.InvariantCulture), $"{Number(firings.FiringCount)} firings"),
            ("never firing", Number(silent), $"of {Number(firings.FeatureCount)} features"),
            ("median density", Share(Median(density)), $"share of the {unit} on which a feature fires"));
        report.Picture(Histogram.Of("How often features fire", new("log10 of the share of " + unit), [.. density.Where(share => share > 0).Select(Math.Log10)]) with { Y = new("features"), Height = 320 });
        int[] order = [.. Enumerable.Range(0, density.Length).Where(feature => density[feature] > 0).OrderByDescending(feature => density[feature])];
        report.Tables(Table("most_frequent_features", order.Take(10)), Table("rarest_features_that_fire", order.Reverse().Take(10)));

        ResultTable Table(string name, IEnumerable<int> features)
        {
            ResultTable table = new(name, new("feature", typeof(string)), new("firings", typeof(long)), new($"share_of_{unit}", typeof(double)));
            foreach (int feature in features) table.Add(feature.ToString(CultureInfo.InvariantCulture), firings.CountOf(feature), density[feature]);
            return table;
        }
    }

    /// <summary>Lobes in blocks of documents that have labels.</summary>
    public static void AddEnrichment(HtmlReport report, Snapshot snapshot, Labeling lobes, CollectionReportOptions options, CancellationToken cancellation)
    {
        using FiringStore firings = snapshot.OpenFirings();
        if (firings.FeatureCount != lobes.Count) return;
        BlockRule rule = BlockRule.DefaultOf(firings);
        if (options.BlockLength is { } length) rule = rule with { Length = length };
        if (options.Threshold is { } threshold) rule = rule with { Threshold = threshold };
        using BlockedFirings blocked = BlockedFirings.Of(firings, rule, cancellation: cancellation);
        IReadOnlyList<string?> labels = options.DocumentLabels!;
        long most = blocked.Origins.Count == 0 ? -1 : blocked.Origins.Max(origin => origin.Document);
        if (most >= labels.Count) throw new ArgumentException($"{labels.Count} document labels; document {most} needs label {most + 1}");
        Labeling blockLabels = Labeling.OfText([.. blocked.Origins.Select(origin => labels[(int)origin.Document] is { Length: > 0 } label ? label : null)], "document labels");
        if (blockLabels.Names.Count < 2)
        {
            report.Text($"The document labels name {blockLabels.Names.Count} label in {Number(blocked.Blocks.Count)} {rule}: nothing to compare.");
            return;
        }

        LobeEnrichment enrichment = LobeEnrichment.Of(blocked.Blocks, blockLabels, lobes, 100, options.Seed, null, cancellation);
        NullTest test = enrichment.AgreementTest;
        report.Text(string.Create(CultureInfo.InvariantCulture,
            $"{enrichment.Blocks:N0} labelled {rule}. The lobe that fires most in a block says its label with adjusted mutual information {test.Observed:F3}; with permuted block labels {test.NullMean:F3} (p = {test.PValue:G2}, {test.Draws} draws, seed {test.Seed}). Blocks of one document are not independent: p is too small where documents are long."));
        // Full colour is twice or half of what chance gives, or the largest difference.
        double largest = enrichment.Cells.Select(cell => Math.Abs(Math.Log2(cell.Enrichment))).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        report.Picture(enrichment.ToPlot() with { Full = Math.Max(1, largest), Height = Math.Min(600, 150 + (36 * lobes.Names.Count)) }).Result(enrichment);
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Share(double value) => value.ToString("P2", CultureInfo.InvariantCulture);
}
