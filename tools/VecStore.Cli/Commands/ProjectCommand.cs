using System.CommandLine;
using System.Globalization;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>All rows on one or several directions.</summary>
internal sealed class ProjectCommand : AnalysisCommand
{
    private readonly Option<string[]> on = Setting.Several("--on", "DIRECTION", "Saved directions, or expressions such as \"king - queen\".");
    private readonly Option<string[]> reject = Setting.Several("--reject", "DIRECTION", "Take the span of these directions out of every row first, in the space of --metric.");
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many rows at either end [10].", 0, 100_000, "--count");
    private readonly Option<int?> bins = Setting.Integer("--bins", "N", "Bins of the histogram [40].", 1, 5_000);
    private readonly Option<string?> groupBy = Setting.Text("--group-by", "FIELD", "Means for each value of this field, with their effect size.");
    private readonly Option<string?> color = Setting.Text("--color", "FIELD", "With two directions and --plot: the colour of the points [the field of --group-by].");
    private readonly Option<string?> into = Setting.Text("--into-collection", "NAME", "Write the rows to a new collection: without the span of --reject, or their part in the span of --on.");

    public ProjectCommand(CommandEnvironment environment)
        : base(environment, "project", "Projects all rows on directions: ends, quantiles, histogram, groups, two as axes of a picture; or writes projected or rejected rows.",
            Shared.Rows | Shared.Metric | Shared.Threads | Shared.Plot)
    {
        foreach (Option option in new Option[] { on, reject, k, bins, groupBy, color, into }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        string[] wanted = parse.GetValue(on)!, removed = parse.GetValue(reject)!;
        string? target = parse.GetValue(into);
        if (wanted.Length == 0 && (removed.Length == 0 || target is null)) throw new MistakeException("Project on what? Name directions with --on DIRECTION.");
        if (target is not null && wanted.Length > 0 && removed.Length > 0) throw new MistakeException("--into-collection writes either projected rows (--on) or rejected ones (--reject), not both.");
        using VectorStore store = target is null ? OpenToRead(parse, ignoreGraphs: true) : OpenToWrite(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        InnerProduct? inner = Inner(parse, store, snapshot);
        if (target is not null && inner is not null) throw new MistakeException("--into-collection writes rows of the space as it is; --metric has no meaning beside it.");
        (string Name, double[] Vector)[] directions = [.. wanted.Select(one => NamedDirections.Parse(store, snapshot, one))];
        double[][] span = [.. removed.Select(one => NamedDirections.Parse(store, snapshot, one).Vector)];
        IKeyedRows rows = Rows(parse, snapshot);
        List<ResultFact> facts =
        [
            new("collection", snapshot.Collection), new("metric", (inner ?? InnerProduct.Euclidean).Description), new("rejected", removed.Length > 0 ? removed : null), new("into", target),
        ];
        if (target is not null)
        {
            if (store.TryGet(target, out _)) throw new MistakeException($"There is a collection {target} already; rows are written to a new one.");
            long written = WithProgress("write", rows.Count, progress => store.WriteRows(target, snapshot, Selection(parse),
                source => span.Length > 0 ? SubspaceRows.Rejected(source, span) : SubspaceRows.Projected(source, [.. directions.Select(one => one.Vector)]), progress, Cancellation));
            facts.Add(new("rows_written", written));
            if (directions.Length == 0) return Show(parse, new AnalysisReport($"{written} rows without the span of {string.Join(", ", removed)}", facts, []));
        }

        string? coloured = parse.GetValue(color);
        if (coloured is not null && directions.Length != 2) throw new MistakeException($"--color is for the points on two directions; {directions.Length} with --on.");
        Labeling? colors = directions.Length == 2 && (coloured ?? parse.GetValue(groupBy)) is { } field ? snapshot.GroupsOf(field, Selection(parse)) : null;
        (ProjectionReport report, double[][] vectors) = Project(parse, snapshot, inner, directions, span);
        return Show(parse, report.With([.. facts]), () => directions.Length == 2 ? ProjectionScatter.Of(report, vectors[0], vectors[1], colors, Cancellation) : report.ToPlot());
    }

    private (ProjectionReport Report, double[][] Vectors) Project(ParseResult parse, Snapshot snapshot, InnerProduct? inner, (string Name, double[] Vector)[] directions, double[][] span)
    {
        var numbered = new SnapshotRows(snapshot, Selection(parse));
        IKeyedRows rows = inner?.Map((IKeyedRows)numbered) ?? numbered;
        double[][] removed = [.. span.Select(vector => inner?.Map(vector) ?? vector)];
        if (removed.Length > 0) rows = SubspaceRows.Rejected(rows, removed);
        double[][] vectors = [.. directions.Select(one => Unit(inner?.Map(one.Vector) ?? one.Vector))];
        for (int i = 0; i < vectors.Length; i++)
        {
            if (Length(DirectionAlgebra.Reject(vectors[i], removed)) < 1e-6)
                throw new MistakeException($"{directions[i].Name} lies in the span of --reject: nothing of it is left in the rows, all projections are 0.");
        }

        (int[] Groups, string[] Names)? groups = parse.GetValue(groupBy) is { } field ? GroupsOf(snapshot, numbered, field) : null;
        var options = new ProjectionOptions { Extremes = Math.Max(1, parse.GetValue(k) ?? 10), Groups = groups is { } labels ? labels.Groups : (ReadOnlyMemory<int>?)null };
        IReadOnlyList<ProjectionResult> first = Scan(parse, rows, new Projections(vectors, options), "project");

        // The edges are those of the rows themselves, so they are known after one pass.
        double low = first.Min(result => (double)result.Bottom[0].Projection), high = first.Max(result => (double)result.Top[0].Projection);
        if (high <= low) (low, high) = (low - 0.5, high + 0.5);
        int count = parse.GetValue(bins) ?? 40;
        double[] edges = [.. Enumerable.Range(0, count + 1).Select(i => low + (high - low) * i / count)];
        IReadOnlyList<ProjectionResult> second = Scan(parse, rows, new Projections(vectors, options with { HistogramEdges = edges }), "count");
        int shown = parse.GetValue(k) ?? 10;
        ProjectionReport report = new([.. directions.Zip(second, (one, result) => (one.Name, result with { Top = [.. result.Top.Take(shown)], Bottom = [.. result.Bottom.Take(shown)] }))])
        {
            Rows = rows,
            GroupNames = groups?.Names,
            HistogramEdges = edges,
        };
        return (report, vectors);
    }

    private IReadOnlyList<ProjectionResult> Scan(ParseResult parse, IKeyedRows rows, Projections projections, string stage) =>
        WithProgress(stage, rows.Count, progress => Analysis.Scan.Run(rows, projections, new ScanOptions { Threads = Threads(parse), Progress = progress }, Cancellation));

    private static (int[] Groups, string[] Names) GroupsOf(Snapshot snapshot, SnapshotRows rows, string field)
    {
        int number = snapshot.Schema.Fields.ToList().FindIndex(known => known.Name == field);
        if (number < 0)
            throw new MistakeException($"The collection has no field \"{field}\"; it has {(snapshot.Schema.Fields.Count == 0 ? "none" : string.Join(", ", snapshot.Schema.Fields.Select(known => known.Name)))}.");
        string[] values = [.. Enumerable.Range(0, rows.Count).Select(row => rows.ValueOf(row, number).ToString())];
        string[] names = [.. values.Where(value => value.Length > 0).Distinct().Order(StringComparer.Ordinal)];
        if (names.Length is 0 or > 1_000) throw new MistakeException(string.Create(CultureInfo.InvariantCulture, $"The field {field} has {names.Length} values; 1 to 1000 make groups."));
        Dictionary<string, int> numbers = names.Select((value, i) => (value, i)).ToDictionary(pair => pair.value, pair => pair.i);
        return ([.. values.Select(value => value.Length == 0 ? -1 : numbers[value])], names);
    }

    private static double[] Unit(double[] vector)
    {
        double length = Length(vector);
        return [.. vector.Select(x => x / length)];
    }

    private static double Length(double[] vector) => Math.Sqrt(vector.Sum(x => x * x));
}
