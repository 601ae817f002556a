using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using VecStore.Cli.Terminals;
using VecStore.Formats;

namespace VecStore.Cli.Commands;

/// <summary>Finds the rows nearest to a row or to a vector.</summary>
internal sealed class SearchCommand : StoreCommand
{
    private const int MostNeighbors = 1_000_000;
    private readonly Option<string?> like = Setting.Text("--like", "KEY", "Near the row of this key, which itself is left out.");
    private readonly Option<string?> vector = Setting.Text("--vector", "\"0.1, 0.2, ...\"", "Near this vector.");
    private readonly Option<string?> vectorFile = Setting.Text("--vector-file", "FILE", "Near a row of a file of vectors, in any format that is imported.");
    private readonly Option<long?> row = Setting.Long("--row", "N", "Which row of the file of vectors, from 0 [0].", 0);
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many neighbours [10].", 1, MostNeighbors, "--count");
    private readonly Option<string?> filter = Setting.Text("--filter", "TEXT", "Only rows that pass: 'year >= 2020 and lang in (\"en\", \"fr\")'.");
    private readonly Option<bool> exact = Setting.Flag("--exact", "Compare every row: the answer is exact.");
    private readonly Option<int?> ef = Setting.Integer("--ef", "EF", "How many candidates the walk through the graph keeps [the least that reaches recall 0.97].", 1, 1 << 20);
    private readonly Option<string?> fields = Setting.Text("--fields", "A,B,...", "The metadata to show [all].");

    public SearchCommand(CommandEnvironment environment) : base(environment, "search", "Finds the rows nearest to a row or to a vector.")
    {
        foreach (Option option in new Option[] { like, vector, vectorFile, row, k, filter, exact, ef, fields }) Options.Add(option);
    }

    protected override int Run(ParseResult parse)
    {
        if (parse.GetValue(exact) && parse.GetValue(ef) is not null) throw new MistakeException("--exact walks through no graph, so that --ef has no meaning beside it.");
        int given = new[] { parse.GetValue(like), parse.GetValue(vector), parse.GetValue(vectorFile) }.Count(value => value is not null);
        if (given != 1) throw new MistakeException($"Near what? Give one of --like KEY, --vector \"0.1, 0.2, ...\" and --vector-file FILE{(given > 1 ? ", not several" : "")}.");
        using VectorStore store = OpenToRead(parse, ignoreGraphs: parse.GetValue(exact));
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        string[] shown = ShownFields(snapshot.Schema, parse.GetValue(fields));
        var nearest = new Neighbor[Math.Min(parse.GetValue(k) ?? 10, (int)Math.Min(int.MaxValue, snapshot.Count + 1))];
        long started = Stopwatch.GetTimestamp();
        int found = Search(parse, snapshot, nearest, out SearchReport report);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        report = report with { Requested = parse.GetValue(k) ?? 10 };
        FoundRow[] rows = [.. nearest[..found].Select(neighbor => Describe(snapshot, neighbor, shown))];
        if (Json(parse)) JsonOutput.Write(Terminal, new Result(snapshot.Collection, parse.GetValue(like), report.Requested, Names.Methods[report.Method], report.RowsVisited, report.RowsEligible, seconds, rows));
        else Show(rows, shown, report, seconds);
        return ExitCode.Success;
    }

    private int Search(ParseResult parse, Snapshot snapshot, Neighbor[] nearest, out SearchReport report)
    {
        var options = new SearchOptions
        {
            Method = parse.GetValue(exact) ? SearchMethod.Exact : SearchMethod.Auto,
            Effort = parse.GetValue(ef) ?? 0,
            Filter = FilterOf(parse.GetValue(filter)),
            Threads = Environment.ProcessorCount,
        };
        if (parse.GetValue(like) is not { } text) return snapshot.Search(Query(parse, snapshot.Schema), nearest, options, out report);
        Key key = KeyOf(snapshot.Schema, text);
        if (!snapshot.Contains(key)) throw Keys.Unknown(text, snapshot.Collection);
        return snapshot.SearchLike(key, nearest, options, out report);
    }

    private float[] Query(ParseResult parse, CollectionSchema schema)
    {
        float[] query = parse.GetValue(vector) is { } text ? Numbers(text) : FromFile(parse.GetValue(vectorFile)!, parse.GetValue(row) ?? 0);
        return query.Length == schema.Dimension ? query
            : throw new MistakeException($"The vector has dimension {query.Length}, the collection has {schema.Dimension}.");
    }

    private static float[] Numbers(string text)
    {
        string[] parts = text.Trim().Trim('[', ']').Split([',', ' ', ';', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        float[] numbers = new float[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!float.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !float.IsFinite(numbers[i]))
                throw new MistakeException($"Element {i} of the vector is \"{parts[i]}\"; only finite numbers can be searched for.");
        }

        return numbers;
    }

    private static float[] FromFile(string path, long row)
    {
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        using VectorSource source = VectorSource.Open(path);
        var block = new VectorBlock(maxRows: 1);
        if (source.RowCount is { } rows && row >= rows) throw new MistakeException($"--row {row}, but {path} has {rows} rows.");
        source.SkipTo(row);
        if (!source.Read(block, 1)) throw new MistakeException($"--row {row}, but {path} ends before it.");
        int invalid = block.Row(0).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        return invalid < 0 ? block.Row(0).ToArray() : throw new MistakeException($"{path}, row {row}: element {invalid} is not a finite number.");
    }

    private static string[] ShownFields(CollectionSchema schema, string? wanted)
    {
        if (Setting.List(wanted) is not { } names) return [.. schema.Fields.Select(field => field.Name)];
        foreach (string name in names)
        {
            if (!schema.Fields.Any(field => field.Name == name))
                throw new MistakeException($"The collection has no field \"{name}\"; it has {(schema.Fields.Count == 0 ? "none" : string.Join(", ", schema.Fields.Select(field => field.Name)))}.");
        }

        return names;
    }

    private static FoundRow Describe(Snapshot snapshot, Neighbor neighbor, string[] shown) =>
        new(JsonOutput.Key(snapshot.KeyOf(neighbor)), neighbor.Score, shown.ToDictionary(name => name, name => JsonOutput.Value(snapshot.FieldOf(neighbor.Row, name))));

    private void Show(FoundRow[] rows, string[] shown, SearchReport report, double seconds)
    {
        TextTable table = new TextTable().Column("#", right: true).Column("key").Column("score", right: true);
        foreach (string name in shown) table.Column(Display.Clean(name));
        for (int i = 0; i < rows.Length; i++)
        {
            IEnumerable<string> values = shown.Select(name => rows[i].Fields[name] is { } value ? Text(value) : "");
            table.Row([(i + 1).ToString(CultureInfo.InvariantCulture), Text(rows[i].Key), Display.Score(rows[i].Score), .. values]);
        }

        table.Write(Terminal);
        Terminal.Out.WriteLine($"{report}; {Display.Duration(TimeSpan.FromSeconds(seconds))}");
    }

    private static string Text(object value) => value switch
    {
        IEnumerable<string> list => string.Join(", ", list),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private sealed record Result(string Collection, string? Like, int K, string Method, long RowsVisited, long RowsEligible, double Seconds, FoundRow[] Neighbors);

    private sealed record FoundRow(object Key, float Score, Dictionary<string, object?> Fields);
}
