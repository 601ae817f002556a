using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>What moments, spectrum and neighbours say about the space that rows fill; and the angles between the subspaces of two groups.</summary>
internal sealed class SubspaceCommand : AnalysisCommand
{
    private readonly Option<string?> against = Setting.Text("--against", "TEXT", "A second group by a filter: principal angles and energies of the subspaces of both.");
    private readonly Option<string?> againstKeys = Setting.Text("--against-keys", "FILE", "A second group by its keys, one a line.");
    private readonly Option<int?> components = Setting.Integer("--components", "K", "Components that make the subspace of a group [10].", 1);
    private readonly Option<int?> sample = Setting.Integer("--sample", "N", "Rows for the intrinsic dimension; 0 leaves it out [5000].", 0);
    private readonly Option<int?> neighbors = Setting.Integer("--neighbors", "K", "Neighbours of its maximum likelihood estimate [20].", 3, 1_000);

    public SubspaceCommand(CommandEnvironment environment)
        : base(environment, "subspace", "Mean, variances, participation ratio, effective rank, log-determinant, anisotropy, intrinsic dimension; principal angles between two groups.",
            Shared.Rows | Shared.Metric | Shared.Seed | Shared.Threads | Shared.Plot)
    {
        foreach (Option option in new Option[] { against, againstKeys, components, sample, neighbors }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        RowSelection? other = null;
        if (parse.GetValue(against) is not null || parse.GetValue(againstKeys) is not null)
        {
            RowSelection group = new() { Filter = FilterOf(parse.GetValue(against)), Keys = parse.GetValue(againstKeys) is { } path ? TextFiles.Keys(path) : null };
            other = group;
        }

        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        SubspaceOptions options = new()
        {
            Inner = Inner(parse, store, snapshot),
            Components = parse.GetValue(components) ?? 10,
            IntrinsicRows = parse.GetValue(sample) ?? 5_000,
            Neighbors = parse.GetValue(neighbors) ?? 20,
            Seed = Seed(parse),
        };
        RowSelection selection = Selection(parse);
        SubspaceReport report = WithProgress("moments", snapshot.Rows(selection).Count,
            progress => snapshot.Subspace(options with { Scan = Scanning(parse) with { Progress = progress } }, selection, other, Cancellation));
        return Show(parse, report.With(new ResultFact("collection", snapshot.Collection)), report.Plot);
    }
}
