using System.CommandLine;
using System.Diagnostics;
using VecStore.Cli.Terminals;
using VecStore.Formats;

namespace VecStore.Cli.Commands;

/// <summary>Writes the rows of a collection into a file that other programs read.</summary>
internal sealed class ExportCommand : StoreCommand
{
    private const int RowsBetweenReports = 4_096;
    private readonly Argument<string> target = new("FILE") { Description = "The file to write." };
    private readonly Option<VectorFileFormat?> format = Setting.Choice("--format", "The format [by the name of the file].", Names.Written);
    private readonly Option<string?> keys = Setting.Text("--keys", "FILE", "The text file that gets the keys of an .npy [NAME.keys.txt beside NAME.npy].");
    private readonly Option<StoredElement?> element = Setting.Choice("--element", "The element type to write [float32].",
        new Names<StoredElement>(("float32", StoredElement.Float32), ("float16", StoredElement.Float16), ("bfloat16", StoredElement.BFloat16)));

    private readonly Option<string?> filter = Setting.Text("--filter", "TEXT", "Only rows that pass: 'year >= 2020'.");
    private readonly Option<long?> limit = Setting.Long("--limit", "N", "At most N rows.", 1);
    private readonly Option<bool> force = Setting.Flag("--force", "Replace a file that is there.");

    public ExportCommand(CommandEnvironment environment)
        : base(environment, "export", "Writes rows as .npy, safetensors, word2vec text or binary, GloVe text, CSV, TSV or JSON Lines.")
    {
        Arguments.Add(target);
        foreach (Option option in new Option[] { format, keys, element, filter, limit, force }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        string path = parse.GetValue(target)!;
        VectorFileFormat kind = parse.GetValue(format) ?? FormatOf(path);
        string? keysPath = kind == VectorFileFormat.Npy ? parse.GetValue(keys) ?? Path.ChangeExtension(path, null) + ".keys.txt" : parse.GetValue(keys);
        RequireFolder(path, keysPath);
        if (!parse.GetValue(force)) RequireNew(path, keysPath);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        Filter? condition = FilterOf(parse.GetValue(filter));
        long rows = Math.Min(parse.GetValue(limit) ?? long.MaxValue, condition is null ? snapshot.Count : snapshot.CountWhere(condition));
        bool withFields = kind is VectorFileFormat.Csv or VectorFileFormat.Tsv or VectorFileFormat.JsonLines;
        var options = new WriterOptions(snapshot.Schema.Dimension)
        {
            Element = parse.GetValue(element) ?? StoredElement.Float32,
            RowCount = rows,
            KeysPath = keysPath,
            Fields = withFields ? [.. snapshot.Schema.Fields.Select(field => new SourceField(field.Name, TypeOf(field.Type)))] : [],
        };
        if (!withFields && snapshot.Schema.Fields.Count > 0) Say($"note: {Names.Written[kind]} holds no metadata; CSV, TSV and JSON Lines do.");
        long started = Stopwatch.GetTimestamp();
        ProgressDisplay.Run(Terminal, progress => Write(snapshot, condition, path, kind, options, progress));
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (Json(parse)) JsonOutput.Write(Terminal, new Result(path, keysPath, Names.Written[kind], snapshot.Collection, rows, snapshot.Schema.Dimension, seconds));
        else
        {
            Terminal.Out.WriteLine($"{Display.Count(rows, "row")} of {Display.Clean(snapshot.Collection)} into {Display.Clean(path)} ({Names.Written[kind]}) in {Display.Duration(TimeSpan.FromSeconds(seconds))}");
            if (keysPath is not null) Terminal.Out.WriteLine($"their keys into {Display.Clean(keysPath)}");
        }

        return ExitCode.Success;
    }

    private long Write(Snapshot snapshot, Filter? condition, string path, VectorFileFormat kind, WriterOptions options, ProgressDisplay progress)
    {
        float[] vector = new float[snapshot.Schema.Dimension];
        object?[] values = new object?[options.Fields.Count];
        using VectorWriter writer = VectorWriter.Create(path, kind, options);
        foreach (ScannedRow row in snapshot.Scan(condition))
        {
            if (writer.RowCount == options.RowCount) break;
            row.ReadVector(vector);
            if (values.Length > 0)
            {
                FieldValues fields = row.Fields;
                for (int i = 0; i < values.Length; i++) values[i] = JsonOutput.Value(fields[options.Fields[i].Name]);
            }

            writer.Write(vector, row.Key.ToString(), values);
            if (writer.RowCount % RowsBetweenReports != 0) continue;
            Cancellation.ThrowIfCancellationRequested();
            progress.Report("write", writer.RowCount, "rows", (double)writer.RowCount / options.RowCount!.Value);
        }

        writer.Complete();
        return writer.RowCount;
    }

    private static VectorFileFormat FormatOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".NPY" => VectorFileFormat.Npy,
        ".SAFETENSORS" => VectorFileFormat.Safetensors,
        ".BIN" => VectorFileFormat.Word2VecBinary,
        ".TXT" or ".VEC" => VectorFileFormat.Word2VecText,
        ".CSV" => VectorFileFormat.Csv,
        ".TSV" => VectorFileFormat.Tsv,
        ".JSONL" => VectorFileFormat.JsonLines,
        _ => throw new MistakeException($"Which format? The name {path} does not tell; --format can be {string.Join(", ", Names.Written.All)}."),
    };

    private static void RequireFolder(params ReadOnlySpan<string?> paths)
    {
        foreach (string? path in paths)
        {
            if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
                throw new MistakeException($"There is no folder {folder} to write {Path.GetFileName(path)} into.");
        }
    }

    private static void RequireNew(params ReadOnlySpan<string?> paths)
    {
        foreach (string? path in paths)
        {
            if (path is not null && File.Exists(path)) throw new MistakeException($"The file {path} exists; --force replaces it.");
        }
    }

    private static SourceFieldType TypeOf(FieldType type) => type switch
    {
        FieldType.Int64 => SourceFieldType.Int64,
        FieldType.Double => SourceFieldType.Double,
        FieldType.Bool => SourceFieldType.Bool,
        FieldType.String => SourceFieldType.String,
        _ => SourceFieldType.StringList,
    };

    private sealed record Result(string File, string? KeysFile, string Format, string Collection, long Rows, int Dimension, double Seconds);
}
