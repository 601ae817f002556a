using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>How much less entropy rows have than a Gaussian of their covariance.</summary>
internal sealed class EntropyCommand : AnalysisCommand
{
    private readonly Option<int?> sample = Setting.Integer("--sample", "N", "Rows in a sub-sample [5000].", 10);
    private readonly Option<int?> components = Setting.Integer("--components", "K", "Principal components kept [100].", 1);
    private readonly Option<int?> neighbor = Setting.Integer("--neighbor", "K", "Which neighbour's distance is used [1].", 1, 100);
    private readonly Option<int?> draws = Setting.Integer("--draws", "N", "Sub-samples, each with its own Gaussian control [10].", 2, 10_000);

    public EntropyCommand(CommandEnvironment environment)
        : base(environment, "entropy", "Clustering entropy: how much less entropy the rows have than Gaussian rows of the same covariance.", Shared.Rows | Shared.Metric | Shared.Seed | Shared.Threads)
    {
        foreach (Option option in new Option[] { sample, components, neighbor, draws }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        ClusteringEntropyOptions options = new()
        {
            SampleRows = parse.GetValue(sample) ?? 5_000,
            Components = parse.GetValue(components) ?? 100,
            Neighbor = parse.GetValue(neighbor) ?? 1,
            Draws = parse.GetValue(draws) ?? 10,
            Seed = Seed(parse),
            Threads = Threads(parse),
        };
        InnerProduct? inner = Inner(parse, store, snapshot);
        IKeyedRows rows = snapshot.Rows(Selection(parse), inner);
        ClusteringEntropyResult result = WithProgress("sub-samples", options.Draws * (long)Math.Min(options.SampleRows, rows.Count),
            progress => ClusteringEntropyStudy.Run(rows, options with { Progress = progress }, Cancellation));
        return Show(parse, result.With(new ResultFact("collection", snapshot.Collection), new ResultFact("rows_seen", rows.Count), new ResultFact("inner_product", (inner ?? InnerProduct.Euclidean).Description)));
    }
}
