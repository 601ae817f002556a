using System.CommandLine;
using System.Text;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>One HTML file about a collection.</summary>
internal sealed class ReportCommand : StoreCommand
{
    private readonly Option<string?> file = Setting.Text("--out", "FILE.html", "The file to write [COLLECTION.html].");
    private readonly Option<string?> fields = Setting.Text("--fields", "A,B,...", "Fields that colour the map and are compared with the geometry [those of 2 to 40 values].");
    private readonly Option<int?> sample = Setting.Integer("--sample", "N", "Rows for what grows with their square [10000].", 10, 1_000_000);
    private readonly Option<string?> documentLabels = Setting.Text("--document-labels", "FILE", "The label of each document of the firings, one a line: enrichment of lobes.");
    private readonly Option<int?> block = Setting.Integer("--block", "TOKENS", "With --document-labels: tokens of a block [256].", 1);
    private readonly Option<double?> threshold = Setting.Number("--threshold", "A", "With --document-labels: a feature fires in a block when an activation in it is greater [1].", double.MinValue, double.MaxValue);
    private readonly Option<long?> seed = Setting.Long("--seed", "S", "Seed of everything random [0].", 0);

    public ReportCommand(CommandEnvironment environment)
        : base(environment, "report", "Writes one HTML file about a collection: contents, provenance, spectrum with controls, map, directions, labels against geometry.")
    {
        foreach (Option option in new Option[] { file, fields, sample, documentLabels, block, threshold, seed }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        string path = parse.GetValue(file) ?? Path.GetFileName(snapshot.Collection) + ".html";
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder)) throw new MistakeException($"There is no folder {folder}.");
        string[]? named = Setting.List(parse.GetValue(fields));
        if (named?.FirstOrDefault(name => !snapshot.Schema.Fields.Any(field => field.Name == name)) is { } unknown) throw new MistakeException($"The collection {snapshot.Collection} has no field \"{unknown}\".");
        string? labels = parse.GetValue(documentLabels);
        if (labels is null && (parse.GetValue(block) is not null || parse.GetValue(threshold) is not null)) throw new MistakeException("--block and --threshold are about --document-labels, which is not given.");
        if (labels is not null && !File.Exists(labels)) throw new MistakeException($"There is no file {labels}.");
        if (labels is not null && !snapshot.Attachments.Any(attachment => attachment.Name == SnapshotFirings.DefaultName))
            throw new MistakeException($"--document-labels is about firings, and the collection {snapshot.Collection} has none.");
        var options = new CollectionReportOptions
        {
            Fields = named,
            SampleRows = parse.GetValue(sample) ?? 10_000,
            Seed = (ulong)(parse.GetValue(seed) ?? 0),
            DocumentLabels = labels is null ? null : File.ReadAllLines(labels),
            BlockLength = parse.GetValue(block),
            Threshold = parse.GetValue(threshold),
            Progress = new Parts(this),
        };
        string html = CollectionReport.Of(store, snapshot, options, Cancellation).ToHtml();
        File.WriteAllText(path, html, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        if (Json(parse)) JsonOutput.Write(Terminal, new Result(snapshot.Collection, Path.GetFullPath(path), Encoding.UTF8.GetByteCount(html)));
        else Terminal.Out.WriteLine($"{path}: open it in a browser, or print it.");
        return ExitCode.Success;
    }

    private sealed class Parts(ReportCommand command) : IProgress<string>
    {
        public void Report(string value) => command.Say($"{value} ...");
    }

    private sealed record Result(string Collection, string File, long Bytes);
}
