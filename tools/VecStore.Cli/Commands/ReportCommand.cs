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
    private readonly Option<long?> seed = Setting.Long("--seed", "S", "Seed of everything random [0].", 0);

    public ReportCommand(CommandEnvironment environment)
        : base(environment, "report", "Writes one HTML file about a collection: contents, provenance, spectrum with controls, map, directions, labels against geometry.")
    {
        foreach (Option option in new Option[] { file, fields, sample, seed }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        string path = parse.GetValue(file) ?? Path.GetFileName(snapshot.Collection) + ".html";
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder)) throw new MistakeException($"There is no folder {folder}.");
        string[]? named = Setting.List(parse.GetValue(fields));
        if (named?.FirstOrDefault(name => !snapshot.Schema.Fields.Any(field => field.Name == name)) is { } unknown) throw new MistakeException($"The collection {snapshot.Collection} has no field \"{unknown}\".");
        var options = new CollectionReportOptions { Fields = named, SampleRows = parse.GetValue(sample) ?? 10_000, Seed = (ulong)(parse.GetValue(seed) ?? 0), Progress = new Parts(this) };
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
