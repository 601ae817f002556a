using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>How often and how strongly features fire; which fire on a token.</summary>
internal sealed class FiringsFeaturesCommand : FiringsCommand
{
    private readonly Argument<int[]> features = new("FEATURE") { Description = "Features by number; without any, those that fire most often.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<int?> count = Setting.Integer("-k", "K", "Without features: how many [20].", 1);
    private readonly Option<bool> rarest = Setting.Flag("--rarest", "Without features: those that fire least often.");
    private readonly Option<int?> bins = Setting.Integer("--bins", "N", "Bins of the histogram [20].", 1, 10_000);
    private readonly Option<long?> document = Setting.Long("--document", "D", "With --position: the features that fire on one token.", 0);
    private readonly Option<int?> position = Setting.Integer("--position", "P", "The token's position in the document.", 0);

    public FiringsFeaturesCommand(CommandEnvironment environment)
        : base(environment, "features", "Shows density, quantiles and histogram of features' activations, or the features of a token.", Shared.Plot)
    {
        Arguments.Add(features);
        foreach (Option option in new Option[] { count, rarest, bins, document, position }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse, Snapshot snapshot, FiringStore firings)
    {
        if (parse.GetValue(document) is { } number) return OfToken(parse, snapshot, firings, number);
        if (parse.GetValue(position) is not null) throw new MistakeException("--position needs --document.");
        int[] chosen = parse.GetValue(features) ?? [];
        foreach (int feature in chosen) RequireFeature(firings, feature);
        if (chosen.Length == 0)
        {
            IEnumerable<int> all = Enumerable.Range(0, firings.FeatureCount);
            chosen = [.. (parse.GetValue(rarest) ? all.OrderBy(firings.CountOf) : all.OrderByDescending(firings.CountOf)).Take(parse.GetValue(count) ?? 20)];
        }

        ResultTable table = new("activations", new("feature", typeof(int)), new("count", typeof(long)), new("in_documents", typeof(long)), new("density", typeof(double)), new("mean", typeof(double)),
            new("minimum", typeof(float)), new("median", typeof(double)), new("q90", typeof(double)), new("q99", typeof(double)), new("maximum", typeof(float)));
        ResultTable histogram = new("histogram", new("feature", typeof(int)), new("from", typeof(double)), new("to", typeof(double)), new("count", typeof(long)));
        Func<long, bool>? selected = Documents(parse);
        List<FeatureActivations> found = [];
        foreach (int feature in chosen)
        {
            Cancellation.ThrowIfCancellationRequested();
            FeatureActivations figures = firings.Activations(feature, [0.5, 0.9, 0.99], parse.GetValue(bins) ?? 20, selected);
            found.Add(figures);
            table.Add(feature, figures.Firings, figures.Documents, figures.Density, figures.Mean, figures.Minimum, figures.Quantiles[0], figures.Quantiles[1], figures.Quantiles[2], figures.Maximum);
            if (figures.Firings == 0) continue;
            double[] edges = Edges(figures);
            for (int bin = 0; bin < figures.Histogram.Length; bin++) histogram.Add(feature, edges[bin], edges[bin + 1], figures.Histogram[bin]);
        }

        AnalysisReport report = new("Activations of features", [.. Facts(snapshot, firings), new("tokens_seen", firings.TokensOf(selected))], [table, histogram]);
        return Show(parse, report, () => Picture(found));
    }

    // The bins of one feature; of several, how dense they are.
    private static Histogram Picture(List<FeatureActivations> found) => found is [{ Firings: > 0 } one]
        ? new Histogram($"Activations of feature {one.Feature}", new PlotAxis("activation"), Edges(one), [("activations", [.. one.Histogram.Select(count => (double)count)])])
        : Histogram.Of("Density of features", new PlotAxis("share of tokens"), [.. found.Select(figures => figures.Density)]);

    private static double[] Edges(FeatureActivations figures)
    {
        double width = Math.Max((double)figures.Maximum - figures.Minimum, 1e-12) / figures.Histogram.Length;
        return [.. Enumerable.Range(0, figures.Histogram.Length + 1).Select(edge => figures.Minimum + (edge * width))];
    }

    private int OfToken(ParseResult parse, Snapshot snapshot, FiringStore firings, long number)
    {
        int at = parse.GetValue(position) ?? throw new MistakeException("--document needs --position.");
        long place = firings.PlaceOf(number);
        if (place < 0) throw new MistakeException($"There is no document {number}.");
        if (at >= firings.TokensAt(place)) throw new MistakeException($"Document {number} has {firings.TokensAt(place)} tokens; the last position is {firings.TokensAt(place) - 1}.");
        ResultTable table = new("token", new("feature", typeof(int)), new("activation", typeof(float)));
        foreach (Firing firing in firings.FiringsOf(place, at).OrderByDescending(firing => firing.Activation)) table.Add(firing.Feature, firing.Activation);
        return Show(parse, new AnalysisReport($"Features of document {number}, position {at}", [.. Facts(snapshot, firings), new("document", number), new("position", at)], [table]));
    }
}
