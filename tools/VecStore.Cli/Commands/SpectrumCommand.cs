using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>The eigenvalues of the covariance, their power law with its interval, and what chance gives; of one collection or of several in one table.</summary>
internal sealed class SpectrumCommand : AnalysisCommand
{
    private readonly Option<(int First, int Last)?> fit = Range("--fit", "A..B", "Ranks of the power law, counted from 1, both in [11 to the smaller of 150 and 90 % of the dimension].");
    private readonly Option<int?> bootstrap = Setting.Integer("--bootstrap", "N", "Resamples of the rows for the slope's interval, each a pass; 0 leaves it out [50].", 0, 100_000);
    private readonly Option<int?> controls = Setting.Integer("--controls", "N", "Draws of the Gaussian control [20].", 1, 100_000);
    private readonly Option<string?> collections = Setting.Text("--collections", "A,B,C", "Several collections (layers) in one table, with the clustering entropy of each.");
    private readonly CovarianceOptions covariance = new();

    public SpectrumCommand(CommandEnvironment environment)
        : base(environment, "spectrum", "The eigenvalues of the covariance and their power law, beside isotropic Gaussian rows and the Marchenko-Pastur law.",
            Shared.Rows | Shared.Metric | Shared.Seed | Shared.Threads | Shared.Plot)
    {
        foreach (Option option in new Option[] { fit, bootstrap, controls, collections }) Options.Add(option);
        covariance.AddTo(this);
    }

    protected override int Analyze(ParseResult parse)
    {
        bool part = covariance.IsPart(parse);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        if (Setting.List(parse.GetValue(collections)) is { } names) return Layers(parse, store, names);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        InnerProduct? inner = Inner(parse, store, snapshot);
        covariance.Check(parse, inner);
        IKeyedRows rows = snapshot.Rows(Selection(parse));
        if (part)
        {
            IAnalysisResult written = WithProgress("covariance", rows.Count, progress => covariance.WritePart(parse, rows, new() { Threads = Threads(parse), Progress = progress }, Cancellation));
            return Show(parse, written.With(new ResultFact("collection", snapshot.Collection)));
        }

        SpectrumOptions options = Spectrum(parse) with { Inner = inner, Covariance = covariance.Combined(parse, rows) };
        SpectrumReport report = WithProgress("spectrum", (1L + options.BootstrapDraws) * rows.Count, progress => SpectrumStudy.Run(rows, options with { Progress = progress }, Cancellation));
        return Show(parse, report.With(new ResultFact("collection", snapshot.Collection)), report.Plot);
    }

    private int Layers(ParseResult parse, VectorStore store, string[] names)
    {
        if (CollectionName(parse) is not null) throw new MistakeException("--collection names one collection, --collections several: not both at once.");
        List<Snapshot> layers = [];
        try
        {
            foreach (string name in names) layers.Add(CollectionNamed(store, name).TakeSnapshot());
            if (layers.Count == 0) throw new MistakeException("--collections names no collection.");
            if (layers.Select(layer => layer.Schema.Dimension).Distinct().Count() > 1 && Inner(parse, store, layers[0]) is { } inner && inner != InnerProduct.Cosine)
                throw new MistakeException("--metric whitened needs collections of one dimension.");
            LayersOptions options = new()
            {
                Spectrum = Spectrum(parse) with { Inner = Inner(parse, store, layers[0]) },
                Entropy = new() { Seed = Seed(parse), Threads = Threads(parse) },
            };
            RowSelection selection = Selection(parse);
            long total = layers.Sum(layer => (1L + options.Spectrum.BootstrapDraws) * layer.Rows(selection).Count);
            LayersReport report = WithProgress("spectra", total,
                progress => layers.SpectrumOfLayers(options with { Spectrum = options.Spectrum with { Progress = progress } }, selection, Cancellation));
            return Show(parse, report, report.Plot);
        }
        finally
        {
            foreach (Snapshot layer in layers) layer.Dispose();
        }
    }

    private SpectrumOptions Spectrum(ParseResult parse)
    {
        (int First, int Last)? ranks = parse.GetValue(fit);
        SpectrumOptions options = new() { LastRank = ranks?.Last, BootstrapDraws = parse.GetValue(bootstrap) ?? 50, ControlDraws = parse.GetValue(controls) ?? 20, Seed = Seed(parse), Threads = Threads(parse), Cache = Cache(parse) };
        return ranks is { } given ? options with { FirstRank = given.First } : options;
    }

    private static Option<(int First, int Last)?> Range(string name, string helpName, string description) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                string typed = result.Tokens[0].Value;
                string[] ends = typed.Split("..");
                if (ends.Length == 2 && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                    && int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out int last) && first >= 1 && last >= first + 2)
                {
                    return (first, last);
                }

                result.AddError($"{name} {typed} is not possible: two ranks from 1 with .. between, three ranks or more apart from end to end, as 11..150.");
                return null;
            },
        };
}
