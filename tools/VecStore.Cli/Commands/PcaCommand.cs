using System.CommandLine;
using System.Globalization;
using System.Text;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Principal components, and every row's coordinates along the first of them.</summary>
internal sealed class PcaCommand : AnalysisCommand
{
    private const int MostDrawn = Plot.MostMarks;
    private readonly Option<int?> components = Setting.Integer("--components", "K", "How many components [10].", 1);
    private readonly Option<bool> randomized = Setting.Flag("--randomized", "By random iterations, without the covariance: for very many dimensions; approximate.");
    private readonly Option<string?> coordinates = Setting.Text("--coordinates", "FILE.csv", "Write every row's key and coordinates along the first three components.");
    private readonly CovarianceOptions covariance = new();

    public PcaCommand(CommandEnvironment environment)
        : base(environment, "pca", "Principal components; --plot draws the rows along the first two.", Shared.Rows | Shared.Metric | Shared.Seed | Shared.Threads | Shared.Plot)
    {
        foreach (Option option in new Option[] { components, randomized, coordinates }) Options.Add(option);
        covariance.AddTo(this);
    }

    protected override int Analyze(ParseResult parse)
    {
        bool part = covariance.IsPart(parse);
        if (part && parse.GetValue(randomized)) throw new MistakeException("--randomized makes no covariance: it cannot be shared with --shard.");
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        InnerProduct? inner = Inner(parse, store, snapshot);
        covariance.Check(parse, inner);
        IKeyedRows rows = snapshot.Rows(Selection(parse), inner);
        if (rows.Count < 2) throw new MistakeException($"{rows.Count} rows have no principal components; two are needed.");
        ScanOptions scan = Scanning(parse);
        if (part)
        {
            IAnalysisResult written = WithProgress("covariance", rows.Count, progress => covariance.WritePart(parse, rows, scan with { Progress = progress }, Cancellation));
            return Show(parse, written.With(new ResultFact("collection", snapshot.Collection)));
        }

        int count = Math.Min(parse.GetValue(components) ?? 10, Math.Min(rows.Dimension, rows.Count - 1)); // n rows span n - 1 directions about their mean
        PrincipalComponents found = covariance.Combined(parse, rows) is { } combined ? PrincipalComponents.Of(combined, count)
            : WithProgress("covariance", rows.Count, progress => parse.GetValue(randomized)
                ? PrincipalComponents.Randomized(rows, count, seed: Seed(parse), scan: scan, cancellation: Cancellation)
                : PrincipalComponents.Of(rows, count, scan with { Progress = progress }, Cancellation));
        if (found.TotalVariance <= 1e-12 * found.Mean.Sum(x => x * x)) throw new MistakeException("The rows are all alike: there is no variance that could have components.");
        if (parse.GetValue(coordinates) is { } path) WriteCoordinates(path, found, rows);
        return Show(parse, found.With(new ResultFact("collection", snapshot.Collection), new ResultFact("inner_product", (inner ?? InnerProduct.Euclidean).Description),
            new ResultFact("coordinates", parse.GetValue(coordinates))), () => Picture(found, rows));
    }

    /// <summary>Row by row: the memory of one batch, whatever the number of rows.</summary>
    private void WriteCoordinates(string path, PrincipalComponents found, IKeyedRows rows)
    {
        int shown = Math.Min(3, found.Components.Length);
        string beside = path + ".new";
        using (var writer = new StreamWriter(beside, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" })
        {
            writer.WriteLine("key," + string.Join(',', Enumerable.Range(1, shown).Select(c => $"component_{c}")));
            foreach (RowCoordinates row in found.Coordinates(rows, Cancellation))
            {
                string key = row.Key.AsSpan().IndexOfAny(",\"\r\n") < 0 ? row.Key : "\"" + row.Key.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
                writer.WriteLine(key + "," + string.Join(',', row.Coordinates.Take(shown).Select(x => x.ToString("R", CultureInfo.InvariantCulture))));
            }
        }

        File.Move(beside, path, overwrite: true);
    }

    private ScatterPlot Picture(PrincipalComponents found, IKeyedRows rows)
    {
        // Evenly spaced rows, no more than are drawn.
        int stride = (rows.Count + MostDrawn - 1) / MostDrawn, second = Math.Min(1, found.Components.Length - 1);
        SelectedRows sample = new(rows, Enumerable.Range(0, (rows.Count + stride - 1) / stride).Select(i => i * stride).ToArray());
        RowCoordinates[] points = [.. found.Coordinates(sample, Cancellation)];
        string Share(int component) => string.Create(CultureInfo.InvariantCulture, $"component {component + 1} ({100 * found.Variances[component] / found.TotalVariance:F1} % of the variance)");
        return new ScatterPlot("Rows along their principal components", new(Share(0)), new(Share(second)),
            [new("rows", [.. points.Select(point => point.Coordinates[0])], [.. points.Select(point => point.Coordinates[second])]) { Labels = [.. points.Select(point => point.Key)] }])
        {
            Note = string.Create(CultureInfo.InvariantCulture, $"{found.RowsSeen} rows{(stride > 1 ? $", every {stride}th drawn" : "")}"),
        };
    }
}
