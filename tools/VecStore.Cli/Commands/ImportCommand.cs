using System.CommandLine;
using VecStore.Cli.Importing;
using VecStore.Cli.Terminals;
using VecStore.Formats;
using VecStore.Indexing;

namespace VecStore.Cli.Commands;

/// <summary>Brings a file of vectors into a collection.</summary>
internal sealed class ImportCommand : StoreCommand
{
    private readonly Argument<string> source = new("SOURCE") { Description = "The file of vectors, or the folder of its parts: the format is found from the content." };
    private readonly Option<Metric?> metric = Setting.Choice("--metric", "How vectors are compared [cosine].", Names.Metrics);
    private readonly Option<ElementType?> element = Setting.Choice("--element", "How elements are stored [float32].", Names.Elements);
    private readonly Option<string?> keys = Setting.Text("--keys", "FILE", "A text file of keys, one a line, one for each row.");
    private readonly Option<KeyKind?> keyKind = Setting.Choice("--key-kind", "The kind of key [string where rows have keys, otherwise their numbers].", Names.KeyKinds);
    private readonly Option<long?> firstKey = Setting.Long("--first-key", "N", "The key of the first row, where rows have none of their own [0].", long.MinValue);
    private readonly Option<DuplicateKeys?> duplicates = Setting.Choice("--duplicates", "Which row of a key that comes twice counts [first].", Names.Duplicates);
    private readonly Option<VectorFileFormat?> format = Setting.Choice("--format", "The format, where the content cannot tell it.", Names.Formats, "FORMAT");
    private readonly Option<int?> dimension = Setting.Integer("--dimension", "D", "Elements of each vector: needed for raw files, elsewhere checked.", 1, VectorSource.MaxDimension);
    private readonly Option<StoredElement?> dtype = Setting.Choice("--dtype", "The element type, where the file does not name it.", Names.Stored, "TYPE");
    private readonly Option<string?> tensor = Setting.Text("--tensor", "NAME", "Which tensor of a safetensors file, which array of an .npz.", "--array");
    private readonly Option<string?> vectorColumn = Setting.Text("--vector-column", "NAME", "The column or field that holds the vector (CSV, TSV, JSON Lines).");
    private readonly Option<string?> keyColumn = Setting.Text("--key-column", "NAME", "The column or field that holds the key (CSV, TSV, JSON Lines).");
    private readonly Option<string?> fields = Setting.Text("--fields", "A,B,...", "The metadata to take [all] (CSV, TSV, JSON Lines).");
    private readonly Option<bool> columnsAreVectors = Setting.Flag("--columns-are-vectors", "A matrix [a, b] holds b vectors of a elements.");
    private readonly Option<int?> vectorAxes = Setting.Integer("--vector-axes", "N", "How many of the last axes make one vector: 2 joins attention heads [1].", 1, 8);
    private readonly Option<int?> tokensPerDocument = Setting.Integer("--tokens-per-document", "N", "Rows of each document: gives the fields document and position [by the shape].", 1);
    private readonly Option<string?> tokens = Setting.Text("--tokens", "FILE", "An .npy of token ids, documents by positions: gives the field token.");
    private readonly Option<int?> skipTokens = Setting.Integer("--skip-tokens", "N", "How many tokens at the beginning of each document of --tokens have no row [0].", 0, 1 << 20);
    private readonly Option<bool> allowCropped = Setting.Flag("--allow-cropped", "Take a file that holds fewer rows than its header says.");
    private readonly Option<bool> skipInvalid = Setting.Flag("--skip-invalid", "Leave out rows that hold a NaN or an infinity, and count them.");
    private readonly Option<bool> normalize = Setting.Flag("--normalize", "Store every row with length 1; rows of zeros stay zeros, and are counted.");
    private readonly Option<long?> limit = Setting.Long("--limit", "N", "Take the first N rows only.", 1);
    private readonly Option<string?> shard = Setting.Text("--shard", "i/n", "Take the i-th of n parts only, so that several stores can share the work.");
    private readonly Option<int?> m = Setting.Integer("--m", "M", "Links of each node of the graph, for a new collection [16].", 2, 128);
    private readonly Option<int?> efConstruction = Setting.Integer("--ef-construction", "EF", "Candidates while the graph is built, for a new collection [200].", 1, 4096);
    private readonly Option<int?> threads = Setting.Integer("--threads", "N", "Threads that build the graph [one for each processor].", 1, 1024);
    private readonly Option<int?> checkpointRows = Setting.Integer("--checkpoint-rows", "N", "Rows after which a stopped import need not begin again [by row size].", 16);
    private readonly Option<bool> force = Setting.Flag("--force", "Import although the same source was imported before.");
    private readonly Option<bool> replaceEmpty = Setting.Flag("--replace-empty", "Make the collection anew where it is empty and does not fit the source.");
    private readonly Option<bool> dryRun = Setting.Flag("--dry-run", "Read and check the source, say what was found, store nothing.");

    public ImportCommand(CommandEnvironment environment)
        : base(environment, "import", "Imports a file of vectors: goes on where it was stopped, and does nothing when it is there already.")
    {
        Arguments.Add(source);
        foreach (Option option in new Option[]
        {
            metric, element, keys, keyKind, firstKey, duplicates, format, dimension, dtype, tensor, vectorColumn, keyColumn, fields, columnsAreVectors,
            vectorAxes, tokensPerDocument, tokens, skipTokens, allowCropped, skipInvalid, normalize, limit, shard, m, efConstruction, threads, checkpointRows, force, replaceEmpty, dryRun,
        }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        bool dry = parse.GetValue(dryRun);
        SourceOptions read = SourceOptions(parse);
        string path = parse.GetValue(source)!;
        if (!File.Exists(path) && !Directory.Exists(path)) throw new MistakeException($"There is no file {path}.");
        if (read.KeysPath is { } keysPath) RequireFile(keysPath);
        if (read.TokensPath is { } tokensPath) RequireFile(tokensPath);
        using VectorSource opened = VectorSource.Open(path, read);
        Found(opened);
        try
        {
            int said = opened.Notes.Count;
            ImportReport report = dry ? DryRun(parse, opened) : Import(parse, opened);
            foreach (string note in opened.Notes.Skip(said)) Say($"note: {note}"); // what only reading the rows could tell
            if (Json(parse)) JsonOutput.Write(Terminal, report);
            else Show(report);
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (Cancellation.IsCancellationRequested)
        {
            Say("vecstore: stopped. Nothing is lost: the same command goes on where it stopped.");
            return ExitCode.Interrupted;
        }
    }

    private ImportReport Import(ParseResult parse, VectorSource opened)
    {
        var index = new HnswOptions();
        index = index with
        {
            M = parse.GetValue(m) ?? index.M,
            EfConstruction = parse.GetValue(efConstruction) ?? index.EfConstruction,
            Threads = parse.GetValue(threads) ?? index.Threads,
        };
        var options = new StoreOptions { CreateIfMissing = true, Maintenance = Maintenance.Manual, Index = index };
        if (!Directory.Exists(StorePath(parse))) Request(parse, null); // a mistake in it makes no store
        using VectorStore store = VectorStore.Open(StorePath(parse), options);
        ImportRequest request = Request(parse, store);
        return ProgressDisplay.Run(Terminal, progress => Importer.Run(store, request, opened, progress, Cancellation));
    }

    private ImportReport DryRun(ParseResult parse, VectorSource opened)
    {
        using VectorStore? store = Directory.Exists(StorePath(parse)) ? OpenToRead(parse, ignoreGraphs: true) : null;
        ImportRequest request = Request(parse, store);
        CollectionSchema? existing = store?.TryGet(request.Collection, out VectorCollection? collection) == true && !(request.ReplaceEmpty && collection.Count == 0) ? collection.Schema : null;
        return ProgressDisplay.Run(Terminal, progress => Importer.DryRun(existing, request, opened, progress, Cancellation));
    }

    private ImportRequest Request(ParseResult parse, VectorStore? store) => new(parse.GetValue(source)!, TargetName(parse, store))
    {
        Read = SourceOptions(parse),
        Metric = parse.GetValue(metric),
        Element = parse.GetValue(element),
        KeyKind = parse.GetValue(keyKind),
        Duplicates = parse.GetValue(duplicates),
        SkipInvalid = parse.GetValue(skipInvalid),
        Normalize = parse.GetValue(normalize),
        ReplaceEmpty = parse.GetValue(replaceEmpty),
        Limit = parse.GetValue(limit),
        Shard = parse.GetValue(shard) is { } text ? Shard.Parse(text) : null,
        FirstKey = parse.GetValue(firstKey) ?? 0,
        Force = parse.GetValue(force),
        IndexStated = parse.GetValue(m) is not null || parse.GetValue(efConstruction) is not null,
        CheckpointRows = parse.GetValue(checkpointRows) ?? 0,
    };

    private SourceOptions SourceOptions(ParseResult parse) => new()
    {
        Format = parse.GetValue(format),
        Tensor = parse.GetValue(tensor),
        Dimension = parse.GetValue(dimension),
        Element = parse.GetValue(dtype),
        ColumnsAreVectors = parse.GetValue(columnsAreVectors),
        VectorAxes = parse.GetValue(vectorAxes) ?? 1,
        TokensPerDocument = parse.GetValue(tokensPerDocument),
        TokensPath = parse.GetValue(tokens),
        TokensSkipped = parse.GetValue(skipTokens) ?? 0,
        KeysPath = parse.GetValue(keys),
        KeyField = parse.GetValue(keyColumn),
        VectorField = parse.GetValue(vectorColumn),
        Fields = Setting.List(parse.GetValue(fields)),
        AllowCropped = parse.GetValue(allowCropped),
    };

    private string TargetName(ParseResult parse, VectorStore? store)
    {
        if (CollectionName(parse) is { } name) return name;
        if (store?.Collections is [string only]) return only;
        throw new MistakeException("Into which collection? Name it with --collection NAME.");
    }

    private static void RequireFile(string path)
    {
        if (Directory.Exists(path)) throw new MistakeException($"{path} is a folder; a file of vectors is needed.");
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
    }

    private void Found(VectorSource opened)
    {
        string rows = opened.RowCount is { } count ? Display.Count(count, "row") : "rows";
        string keys = opened.HasKeys ? "with keys" : "without keys";
        string elements = opened.StoredElement == StoredElement.Text ? "numbers written as text" : Names.Stored[opened.StoredElement];
        Say($"found {Names.Formats[opened.Format]}: {rows} of {opened.Dimension} {elements}, {keys}");
        if (opened.Fields.Count > 0) Say($"found the fields {string.Join(", ", opened.Fields.Select(field => $"{field.Name} ({Names.FieldTypes[TargetCollection.TypeOf(field)]})"))}");
        foreach (string note in opened.Notes) Say($"note: {note}");
    }

    private void Show(ImportReport report)
    {
        TextWriter text = Terminal.Out;
        string collection = $"{Display.Clean(report.Collection)} ({report.Metric}, {report.Element}, {report.KeyKind} keys)";
        if (report.AlreadyImported)
        {
            text.WriteLine($"{Display.Clean(report.Source)} is in {Display.Clean(report.Collection)} already; nothing was done. --force imports it again.");
            return;
        }

        if (report.DryRun)
        {
            text.WriteLine($"{Display.Count(report.RowsRead, "row")} read, {Display.Count((long)report.RowsPerSecondRead)} rows/s; they would go into {collection}. Nothing was stored.");
        }
        else
        {
            text.WriteLine($"{Display.Count(report.RowsImported, "row")} into {collection}: {Display.Count((long)report.RowsPerSecond)} rows/s");
            string read = report.RowsRead == 0 ? "" : $"{Display.Count(report.RowsRead)} read in {Seconds(report.ReadSeconds)} ({Display.Count((long)report.RowsPerSecondRead)} rows/s), ";
            text.WriteLine($"{read}made searchable in {Seconds(report.PublishSeconds)}");
        }

        if (report.ResumedAt > 0) text.WriteLine($"went on after {Display.Count(report.ResumedAt, "row")} that were read before");
        if (report.RowsReplaced > 0) text.WriteLine($"{Display.Count(report.RowsReplaced, "row")} took the place of rows with the same keys");
        if (report.Duplicates > 0) text.WriteLine($"{Display.Count(report.Duplicates, "row")} left out: the key had come before");
        if (report.ZeroRows > 0) text.WriteLine($"{Display.Count(report.ZeroRows, "row")} of zeros: not normalized");
        if (report.InvalidSkipped > 0) text.WriteLine($"{Display.Count(report.InvalidSkipped, "row")} left out: NaN or infinity in them");
    }

    private static string Seconds(double seconds) => Display.Duration(TimeSpan.FromSeconds(seconds));
}
