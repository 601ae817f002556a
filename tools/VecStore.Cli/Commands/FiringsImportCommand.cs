using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;
using VecStore.Formats;
using VecStore.Storage;

namespace VecStore.Cli.Commands;

/// <summary>Brings a dump of the sparse activations of features beside a collection.</summary>
internal sealed class FiringsImportCommand : StoreCommand
{
    private readonly Argument<string> source = new("SOURCE") { Description = "A folder of delphi latents, one of their files, or an .npz with indptr and indices." };
    private readonly Option<string?> name = Setting.Text("--name", "NAME", "The name of the attachment [firings].");
    private readonly Option<string?> module = Setting.Text("--module", "NAME", "Of a folder with latents of several modules: which one.");
    private readonly Option<int?> features = Setting.Integer("--features", "N", "Features in all, where the dump does not say.", 1, 1 << 28);
    private readonly Option<int?> documentLength = Setting.Integer("--document-length", "N", "Positions of a document, where the dump does not say.", 1);
    private readonly Option<bool> rowsAreTokens = Setting.Flag("--rows-are-tokens", "The rows of a sparse matrix are tokens, --document-length of them a document; otherwise each is a block.");

    public FiringsImportCommand(CommandEnvironment environment)
        : base(environment, "import", "Imports firings: which features fire on which token of which document, and how strongly.")
    {
        Arguments.Add(source);
        foreach (Option option in new Option[] { name, module, features, documentLength, rowsAreTokens }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        string path = parse.GetValue(source)!, into = StorePath(parse);
        using FiringDump dump = FiringDump.Open(path, new()
        {
            Module = parse.GetValue(module),
            FeatureCount = parse.GetValue(features),
            DocumentLength = parse.GetValue(documentLength),
            RowsAreTokens = parse.GetValue(rowsAreTokens),
        });
        Say($"found {dump.Format}: {Display.Count(dump.DocumentCount, "document")}, {Display.Count(dump.FeatureCount, "feature")}, activations {TypeName(dump.Activation)}");
        foreach (string note in dump.Notes) Say($"note: {note}");
        using VectorStore store = VectorStore.Open(into, new() { CreateIfMissing = true, Maintenance = Maintenance.Manual });
        VectorCollection collection = Target(parse, store);
        var options = new FiringOptions
        {
            Activation = dump.Activation switch { null => ActivationType.None, StoredElement.Float16 => ActivationType.Float16, _ => ActivationType.Float32 },
            Unit = dump.IsBlocks ? FiringUnit.Block : FiringUnit.Token,
        };
        Dictionary<string, string> details = new() { ["format"] = dump.Format, ["files"] = string.Join(", ", dump.Files.Select(file => Path.GetFileName(file))), ["stored"] = TypeName(dump.Activation) };
        string attachment = parse.GetValue(name) ?? SnapshotFirings.DefaultName;
        long started = Stopwatch.GetTimestamp();
        AttachmentEntry entry = ProgressDisplay.Run(Terminal, progress => collection.PublishFirings(attachment, dump.FeatureCount, sink =>
        {
            long done = 0;
            foreach (FiringDumpDocument document in dump.Documents(Cancellation))
            {
                sink.AppendDocument(document.Document, document.TokenStarts.Span, document.Features.Span, document.Activations.Span, document.Tokens.Span);
                progress.Report("read", ++done, "documents", (double)done / dump.DocumentCount);
            }
        }, options, Path.GetFullPath(path), details, new ByFeature(progress), Cancellation));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Result result = new(path, dump.Format, collection.Name, attachment, dump.FeatureCount, Number("documents"), Number("tokens"), Number("firings"),
            TypeName(dump.Activation), dump.IsBlocks ? "block" : "token", dump.Notes, seconds, Number("firings") / seconds);
        if (Json(parse)) JsonOutput.Write(Terminal, result);
        else
        {
            Terminal.Out.WriteLine($"{Display.Count(result.Firings, "firing")} of {Display.Count(result.Features, "feature")} on {Display.Count(result.Tokens, result.Unit)} of "
                + $"{Display.Count(result.Documents, "document")} into {Display.Clean(collection.Name)} as {Display.Clean(attachment)}: {Display.Count((long)result.FiringsPerSecond)} firings/s");
        }

        return ExitCode.Success;

        long Number(string detail) => long.Parse(entry.Provenance.Details[detail], CultureInfo.InvariantCulture);
    }

    // Firings may come before the features themselves: then the collection is made without rows.
    private VectorCollection Target(ParseResult parse, VectorStore store)
    {
        if (CollectionName(parse) is not { } wanted)
            return store.Collections is [string only] ? store[only] : throw new MistakeException("Beside the rows of which collection? Name it with --collection NAME.");
        if (store.TryGet(wanted, out VectorCollection? collection)) return collection;
        Say($"note: there is no collection {wanted} yet: it is made without rows. To have the features' rows beside their firings, import the features first.");
        return store.Create(wanted, new CollectionSchema(1));
    }

    private static string TypeName(StoredElement? element) => element is { } type ? Names.Stored[type] : "none";

    private sealed class ByFeature(ProgressDisplay progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report("by feature", value);
    }

    private sealed record Result(string Source, string Format, string Collection, string Attachment, int Features, long Documents, long Tokens, long Firings, string StoredElement, string Unit,
        IReadOnlyList<string> Notes, double Seconds, double FiringsPerSecond);
}
