using System.CommandLine;
using System.Globalization;
using System.Text;
using VecStore.Analysis;
using VecStore.Cli.Terminals;
using VecStore.Storage;

namespace VecStore.Cli.Commands;

/// <summary>The options that commands of analysis share; each command takes those that act on it.</summary>
[Flags]
internal enum Shared
{
    None = 0,

    /// <summary>--filter, --keys, --restrict: see <see cref="AnalysisCommand.Selection"/>.</summary>
    Rows = 1,

    /// <summary>--metric, --population, --ridge: see <see cref="AnalysisCommand.Inner"/>.</summary>
    Metric = 2,

    /// <summary>--seed.</summary>
    Seed = 4,

    /// <summary>--threads.</summary>
    Threads = 8,

    /// <summary>--plot.</summary>
    Plot = 16,

    /// <summary>--cache, where sums over the rows themselves are kept; with <see cref="Metric"/> that of the population's covariance too.</summary>
    Cache = 32,
}

/// <summary>A command that asks what a space looks like: shared options, and one way to show results as text, JSON, CSV and a picture.</summary>
internal abstract class AnalysisCommand : StoreCommand
{
    private const int MostRowsShown = 60;
    private readonly Option<string?> filter = Setting.Text("--filter", "TEXT", "Only rows that pass: 'year >= 2020 and lang in (\"en\", \"fr\")'.");
    private readonly Option<string?> only = Setting.Text("--keys", "FILE", "Only the rows of these keys, one a line.");
    private readonly Option<int?> restrict = Setting.Integer("--restrict", "N", "Only the first N rows (of those that are left).", 1);
    private readonly Option<SpaceMetric?> metric = Setting.Choice("--metric", "The inner product; whitened is the inverse covariance of a population [euclidean].", SpaceMetrics);
    private readonly Option<string?> population = Setting.Text("--population", "COLLECTION", "With --metric whitened: the rows whose covariance whitens [all rows of the collection].");
    private readonly Option<string?> populationFilter = Setting.Text("--population-filter", "TEXT", "With --metric whitened: only rows of the population that pass.");
    private readonly Option<string?> cache = Setting.Text("--cache", "FOLDER", "Keep covariances and moments of sealed segments in a folder, and take them from there the next time.");
    private readonly Option<double?> ridge = Setting.Number("--ridge", "R", "With --metric whitened: added to the covariance's diagonal, as a fraction of its mean eigenvalue [0.01].", 0, double.MaxValue);
    private readonly Option<long?> seed = Setting.Long("--seed", "S", "Seed of everything random [0].", 0);
    private readonly Option<int?> threads = Setting.Integer("--threads", "N", "Threads [one for each processor]; the answer is the same for any number.", 1, 1024);
    private readonly Option<string?> csv = Setting.Text("--csv", "FILE", "Write the table to a file too; further tables to FILE with their name before the ending.");
    private readonly Option<string?> plot = Setting.Text("--plot", "FILE.svg", "Draw the result.");

    protected AnalysisCommand(CommandEnvironment environment, string name, string description, Shared shared) : base(environment, name, description)
    {
        Dictionary<Shared, Option[]> options = new()
        {
            [Shared.Rows] = [filter, only, restrict],
            [Shared.Metric] = [metric, population, populationFilter, ridge],
            [Shared.Seed] = [seed],
            [Shared.Threads] = [threads],
            [Shared.Plot] = [plot],
            [Shared.Cache] = [cache],
        };
        if (shared.HasFlag(Shared.Metric)) shared |= Shared.Cache;
        foreach ((Shared one, Option[] belonging) in options)
        {
            if (!shared.HasFlag(one)) continue;
            foreach (Option option in belonging) Options.Add(option);
        }

        Options.Add(csv);
    }

    private enum SpaceMetric
    {
        Euclidean,
        Cosine,
        Whitened,
    }

    private static Names<SpaceMetric> SpaceMetrics { get; } = new(("euclidean", SpaceMetric.Euclidean), ("cosine", SpaceMetric.Cosine), ("whitened", SpaceMetric.Whitened));

    /// <summary>Does the work; ends with <see cref="Show"/>.</summary>
    protected abstract int Analyze(ParseResult parse);

    protected sealed override int Run(ParseResult parse)
    {
        // Known before the work begins, not after it.
        foreach (string? path in new[] { parse.GetValue(csv), parse.GetValue(plot) })
        {
            if (path is not null && Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder)) throw new MistakeException($"There is no folder {folder}.");
        }

        if (parse.GetValue(plot) is { } picture && !picture.EndsWith(".svg", StringComparison.OrdinalIgnoreCase)) throw new MistakeException($"--plot {picture}: pictures are SVG; name a file .svg.");
        return Analyze(parse);
    }

    /// <summary>--seed.</summary>
    protected ulong Seed(ParseResult parse) => (ulong)(parse.GetValue(seed) ?? 0);

    /// <summary>--threads; 0 means one for each processor.</summary>
    protected int Threads(ParseResult parse) => parse.GetValue(threads) ?? 0;

    /// <summary>--threads and --cache.</summary>
    protected ScanOptions Scanning(ParseResult parse) => new() { Threads = Threads(parse), Cache = Cache(parse) };

    /// <summary>--cache; null for nowhere.</summary>
    protected PartialCache? Cache(ParseResult parse) => parse.GetValue(cache) is { } folder ? new PartialCache(folder) : null;

    /// <summary>--restrict; null means all rows.</summary>
    protected int? Restrict(ParseResult parse) => parse.GetValue(restrict);

    /// <summary>--filter, --keys and --restrict together.</summary>
    protected RowSelection Selection(ParseResult parse)
    {
        IReadOnlyCollection<string>? named = parse.GetValue(only) is { } path ? TextFiles.Keys(path) : null;
        string? condition = parse.GetValue(filter);
        int? first = parse.GetValue(restrict);
        return condition is null && named is null && first is null ? RowSelection.All : new RowSelection { Filter = FilterOf(condition), Keys = named, First = first };
    }

    /// <summary>The rows that --filter, --keys and --restrict leave, at least one, under an inner product.</summary>
    protected IKeyedRows Rows(ParseResult parse, Snapshot snapshot, InnerProduct? inner = null)
    {
        IKeyedRows rows = snapshot.Rows(Selection(parse), inner);
        return rows.Count > 0 ? rows : throw new MistakeException($"No row of {snapshot.Collection} is left by --filter, --keys and --restrict.");
    }

    /// <summary>--metric with --population and --ridge: the inner product; null means Euclidean.</summary>
    /// <param name="parse">What was typed.</param>
    /// <param name="store">The store, where the population is.</param>
    /// <param name="snapshot">The collection that is studied, which is the population where none is named.</param>
    protected InnerProduct? Inner(ParseResult parse, VectorStore store, Snapshot snapshot)
    {
        SpaceMetric wanted = parse.GetValue(metric) ?? SpaceMetric.Euclidean;
        if (wanted != SpaceMetric.Whitened)
        {
            if (parse.GetValue(population) is not null || parse.GetValue(populationFilter) is not null || parse.GetValue(ridge) is not null)
                throw new MistakeException("--population, --population-filter and --ridge have a meaning with --metric whitened only.");
            return wanted == SpaceMetric.Cosine ? InnerProduct.Cosine : null;
        }

        double width = parse.GetValue(ridge) ?? 0.01;
        ScanOptions scan = Scanning(parse);
        RowSelection? members = parse.GetValue(populationFilter) is { } condition ? new() { Filter = FilterOf(condition) } : null;
        if (parse.GetValue(population) is not { } name) return snapshot.WhitenedInnerProduct(members, width, scan, Cancellation);
        using Snapshot rows = CollectionNamed(store, name).TakeSnapshot();
        if (rows.Schema.Dimension != snapshot.Schema.Dimension)
            throw new MistakeException($"The population {name} has dimension {rows.Schema.Dimension}, the collection {snapshot.Collection} has {snapshot.Schema.Dimension}.");
        return rows.WhitenedInnerProduct(members, width, scan, Cancellation);
    }

    /// <summary>The collection that was named, the only one with firings, or the only one.</summary>
    protected VectorCollection WithFirings(ParseResult parse, VectorStore store)
    {
        if (CollectionName(parse) is not null) return CollectionOf(parse, store);
        string[] having = [.. store.Collections.Where(name => store[name].Attachments.Any(attachment => attachment.Kind == FileKind.Firings))];
        return having.Length == 1 ? store[having[0]] : CollectionOf(parse, store);
    }

    /// <summary>Every key has a row as it is typed, or the first that has none is a mistake.</summary>
    protected static void KnowKeys(Snapshot snapshot, IEnumerable<string> typed)
    {
        foreach (string key in typed)
        {
            if (snapshot.Contains(KeyOf(snapshot.Schema, key))) continue;
            throw ListedKey(snapshot.Rows(), key) is { } lower ? new MistakeException($"There is no row with the key \"{key}\" in the collection {snapshot.Collection}; \"{lower}\" there is.")
                : Keys.Unknown(key, snapshot.Collection);
        }
    }

    /// <summary>A key of a list or a file as the rows have it: as it is written, or else in lower case; null when neither has a row.</summary>
    protected static string? ListedKey(IKeyedRows rows, string written) => new[] { written, written.ToLowerInvariant() }.FirstOrDefault(key => rows.TryFind(key, out _));

    /// <summary>The pairs of a file as the rows of the selection have their keys; a key without a row is a mistake, or its pair is left out. Pairs met before and pairs of a key with itself are left out.</summary>
    protected (string From, string To)[] ListedPairs(ParseResult parse, Snapshot snapshot, IReadOnlyList<(string From, string To)> pairs, bool skipUnknown)
    {
        List<(string From, string To)> known = [];
        IKeyedRows rows = Rows(parse, snapshot);
        foreach ((string from, string to) in pairs)
        {
            (string? a, string? b) = (ListedKey(rows, from), ListedKey(rows, to));
            if (a is not null && b is not null) known.Add((a, b));
            else if (!skipUnknown) throw Keys.UnknownListed(a is null ? from : to, snapshot.Collection);
        }

        (string, string)[] used = [.. known.Where(pair => pair.From != pair.To).Distinct()];
        if (known.Count < pairs.Count) Say($"{pairs.Count - known.Count} of {pairs.Count} pairs have a key without a row and are left out.");
        if (used.Length < known.Count) Say($"{known.Count - used.Length} pairs come twice, or are of a key with itself, and are left out.");
        return used;
    }

    /// <summary>Does work that tells how many rows (or others of a unit) it has seen, and shows that on the error output.</summary>
    protected T WithProgress<T>(string stage, long total, Func<IProgress<long>, T> work, string unit = "rows") =>
        ProgressDisplay.Run(Terminal, display => work(Counting(display, stage, unit, total)));

    /// <summary>Shows a count as a stage of a display; null for a total that nobody knows.</summary>
    protected static IProgress<long> Counting(ProgressDisplay display, string stage, string unit, long? total) => new RowProgress(display, stage, total, unit);

    /// <summary>Does work that tells which share of it is done, and shows that on the error output.</summary>
    protected T WithShare<T>(string stage, Func<IProgress<double>, T> work) => ProgressDisplay.Run(Terminal, display => work(Sharing(display, stage)));

    /// <summary>Shows a share as a stage of a display.</summary>
    protected static IProgress<double> Sharing(ProgressDisplay display, string stage) => new ShareProgress(display, stage);

    /// <summary>Shows a result: as JSON with --json, otherwise as tables for people; writes --csv and --plot files.</summary>
    /// <param name="parse">What was typed.</param>
    /// <param name="result">The result.</param>
    /// <param name="picture">Makes the plot; null for commands without --plot.</param>
    /// <returns><see cref="ExitCode.Success"/>.</returns>
    protected int Show(ParseResult parse, IAnalysisResult result, Func<Plot>? picture = null)
    {
        if (parse.GetValue(csv) is { } table) WriteCsv(table, result);
        if (picture is not null && parse.GetValue(plot) is { } drawing) File.WriteAllText(drawing, picture().ToSvg());
        if (Json(parse)) Terminal.Out.WriteLine(result.ToJson());
        else ShowText(result);
        return ExitCode.Success;
    }

    private static void WriteCsv(string path, IAnalysisResult result)
    {
        Write(path, result.Tables.Count > 0 ? result.Tables[0].Name : null);
        foreach (ResultTable table in result.Tables.Skip(1)) Write(Path.ChangeExtension(path, table.Name + Path.GetExtension(path)), table.Name);

        void Write(string file, string? table)
        {
            using var writer = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            result.WriteCsv(writer, table);
        }
    }

    private void ShowText(IAnalysisResult result)
    {
        Terminal.Out.WriteLine(Display.Clean(result.Title));
        foreach ((string name, string value) in result.FactLines())
        {
            if (value != "-") Terminal.Out.WriteLine(Wrapped($"  {name}: {Display.Clean(value)}"));
        }

        foreach (ResultTable table in result.Tables)
        {
            Terminal.Out.WriteLine();
            if (table.Count == 0)
            {
                Terminal.Out.WriteLine($"{table.Name}: none");
                continue;
            }

            if (result.Tables.Count > 1) Terminal.Out.WriteLine(table.Name);
            var text = new TextTable();
            foreach (ResultColumn column in table.Columns)
                text.Column(column.Unit is null ? column.Name : $"{column.Name} [{column.Unit}]", right: column.Type.IsPrimitive && column.Type != typeof(bool));
            for (int row = 0; row < Math.Min(table.Count, MostRowsShown); row++)
                text.Row([.. Enumerable.Range(0, table.Columns.Count).Select(column => AnalysisResults.Text(table[row, column]))]);
            text.Write(Terminal);
            if (table.Count > MostRowsShown) Terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"... {table.Count - MostRowsShown:N0} more rows: --json and --csv have all"));
        }
    }

    /// <summary>A line that is too long goes on, indented, after a comma.</summary>
    private static string Wrapped(string line)
    {
        const int width = 140;
        const string further = "      ";
        var text = new StringBuilder();
        while (line.Length > width && line.LastIndexOf(", ", width - 2, StringComparison.Ordinal) is int comma && comma > further.Length)
        {
            text.Append(line, 0, comma + 1).Append('\n');
            line = further + line[(comma + 2)..];
        }

        return text.Append(line).ToString();
    }

    // Scans report from several threads.
    private sealed class RowProgress(ProgressDisplay display, string stage, long? total, string unit) : IProgress<long>
    {
        private readonly Lock gate = new();

        public void Report(long value)
        {
            lock (gate) display.Report(stage, value, unit, total is not { } all ? null : all == 0 ? 1 : Math.Min(1, (double)value / all));
        }
    }

    private sealed class ShareProgress(ProgressDisplay display, string stage) : IProgress<double>
    {
        private readonly Lock gate = new();

        public void Report(double value)
        {
            lock (gate) display.Report(stage, Math.Clamp(value, 0, 1));
        }
    }
}
