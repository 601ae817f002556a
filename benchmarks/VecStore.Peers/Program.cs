using System.Globalization;
using VecStore.Indexing;
using VecStore.Peers;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Settings settings;
try
{
    settings = Settings.Parse(args);
}
catch (ArgumentException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return 2;
}

Directory.CreateDirectory(settings.Work);
Directory.CreateDirectory(settings.Results);
string hnswlib = Native.Hnswlib(settings.Work);
string faiss = Native.Faiss(settings.Work);
foreach (string name in settings.Data)
{
    string folder = Path.Combine(settings.Work, name);
    Console.WriteLine($"== {name}: making the data and its truth");
    DataSet data = name switch
    {
        "words" => DataSet.Words(settings.Words, folder, settings.Rows),
        "clustered" => DataSet.Clustered(folder, settings.Rows, 768),
        _ => DataSet.Gauss(folder, settings.Rows, 128),
    };
    var comparison = new Comparison(data, settings, hnswlib, faiss);
    comparison.Run();
    Report.Write(comparison, settings);
}

return 0;

namespace VecStore.Peers
{
    /// <summary>What the command line says.</summary>
    internal sealed record Settings
    {
        private static readonly string[] Known = ["words", "clustered", "gauss"];

        public string[] Data { get; private init; } = Known;

        public int Rows { get; private init; } = 100_000;

        public int Turns { get; private init; } = 5;

        public double MixedMinutes { get; private init; } = 2;

        public int M { get; private init; } = 16;

        public int EfConstruction { get; private init; } = 200;

        public string Words { get; private init; } = "../shared/data/words/glove6b-100d-120k.npy";

        public string Work { get; private init; } = "artifacts/peers";

        public string Results { get; private init; } = "benchmarks/results";

        public static Settings Parse(string[] arguments)
        {
            var settings = new Settings();
            for (int i = 0; i < arguments.Length; i += 2)
            {
                string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
                settings = arguments[i] switch
                {
                    "--data" => settings with { Data = value == "all" ? Known : [.. value.Split(',').Select(OneOf)] },
                    "--rows" => settings with { Rows = Number(arguments[i], value, 2_000) },
                    "--turns" => settings with { Turns = Number(arguments[i], value, 1) },
                    "--mixed" => settings with { MixedMinutes = double.Parse(value) },
                    "--words" => settings with { Words = value },
                    "--work" => settings with { Work = value },
                    "--out" => settings with { Results = value },
                    _ => throw new ArgumentException($"Unknown option {arguments[i]}; there are --data words,clustered,gauss|all, --rows N, --turns N, --mixed MINUTES, --words FILE.npy, --work FOLDER, --out FOLDER."),
                };
            }

            return settings;
        }

        private static string OneOf(string value) => Known.Contains(value) ? value : throw new ArgumentException($"--data {value}: {string.Join(", ", Known)} or all are allowed.");

        private static int Number(string name, string value, int least) =>
            int.TryParse(value, out int number) && number >= least ? number : throw new ArgumentException($"{name} {value}: a whole number from {least} is allowed.");
    }

    /// <summary>One data set, ours and the peers in turn.</summary>
    internal sealed class Comparison(DataSet data, Settings settings, string hnswlib, string faiss)
    {
        private const int Core = 1;
        private static readonly int[] Efs = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048];

        public DataSet Data => data;

        public List<Curve> Curves { get; } = [];

        public List<Row> Builds { get; } = [];

        public List<Row> Scans { get; } = [];

        public List<Row> Sizes { get; } = [];

        public List<Row> Filters { get; } = [];

        public List<Row> Mixed { get; } = [];

        public string Planner { get; private set; } = "";

        public void Run()
        {
            string rest = $"{data.Folder} {data.Dimension}";
            string index = Path.Combine(data.Folder, "hnswlib.index");
            string build = $"{settings.M} {settings.EfConstruction}";
            using var ours = new Ours(data);
            Build(ours, rest, index, build);
            ours.Open();
            MeasureOpening(ours, rest, index, build);
            using var peer = new PeerProcess(hnswlib, $"serve {rest} {index} 1 {build}", Core);
            using var sq = new PeerProcess(faiss, $"serve {rest} {Path.Combine(data.Folder, "faiss-sq8.index")} 1 {build} hnsw-sq8", Core);
            Walks(ours, peer, sq);
            Exact(ours, rest, build);
            ours.Search(SearchOptions.Default, 1);
            (double rate, double recall, SearchReport report) = ours.Search(SearchOptions.Default, 5);
            Planner = $"With no options: {rate:N0} queries a second at recall {recall:F4}; {report}.";
            Console.WriteLine(Planner);
            foreach (Row row in ours.Filtered()) Add(Filters, row.Name, row.Value, row.Unit);
            if (settings.MixedMinutes > 0)
            {
                foreach (Row row in ours.Mixed(settings.MixedMinutes)) Add(Mixed, row.Name, row.Value, row.Unit);
            }
        }

        private void Build(Ours ours, string rest, string index, string build)
        {
            foreach (int threads in (int[])[1, 2])
            {
                double[] numbers = Native.Numbers(Native.Run(hnswlib, $"build {rest} {index} {threads} {build}"));
                Add(Builds, $"hnswlib, {threads} thread{(threads > 1 ? "s" : "")}", numbers[0], "s");
                if (threads == 1) Add(Sizes, "hnswlib, memory beyond the vectors", numbers[1] * 1048576 / data.Count, "bytes a row");
                Add(Builds, $"VecStore, distances on rows, {threads} thread{(threads > 1 ? "s" : "")} (graph)", ours.Build(threads, settings.M, settings.EfConstruction, Traversal.Rows).Graph, "s");
                (double all, double graph) = ours.Build(threads, settings.M, settings.EfConstruction, Traversal.Codes);
                Add(Builds, $"VecStore, distances on codes (default), {threads} thread{(threads > 1 ? "s" : "")} (graph)", graph, "s");
                Add(Builds, $"VecStore, the same with loading and publishing, {threads} thread{(threads > 1 ? "s" : "")}", all, "s");
            }

            double[] eight = Native.Numbers(Native.Run(faiss, $"build {rest} {Path.Combine(data.Folder, "faiss-sq8.index")} 2 {build} hnsw-sq8"));
            Add(Builds, "FAISS HNSW, 8 bits, 2 threads", eight[0], "s");
            foreach ((string name, long bytes) in ours.Files()) Add(Sizes, $"VecStore, {name} file", bytes / (double)data.Count, "bytes a row");
            Add(Sizes, "hnswlib, file", new FileInfo(index).Length / (double)data.Count, "bytes a row");
        }

        private void MeasureOpening(Ours ours, string rest, string index, string build)
        {
            double[] times = [.. Enumerable.Range(0, settings.Turns + 1).Select(_ => ours.OpenToFirst()).Skip(1).Order()];
            Add(Sizes, "VecStore, open to first answer", times[times.Length / 2] * 1e3, "ms");
            double[] theirs = [.. Enumerable.Range(0, settings.Turns).Select(_ => Native.Numbers(Native.Run(hnswlib, $"open {rest} {index} 1 {build}"))[0]).Order()];
            Add(Sizes, "hnswlib, open to first answer", theirs[theirs.Length / 2] * 1e3, "ms");
        }

        private void Walks(Ours ours, PeerProcess peer, PeerProcess sq)
        {
            (string Name, Func<int, (double, double)> Ask)[] lines =
            [
                ("hnswlib", ef => peer.Ask($"walk {ef} 1")),
                ("FAISS HNSW, 8 bits", ef => sq.Ask($"walk {ef} 1")),
                ("VecStore on rows", ef => Walk(ours, ef, Traversal.Rows)),
                ("VecStore on codes (default)", ef => Walk(ours, ef, Traversal.Codes)),
            ];
            var samples = new Dictionary<(int Line, int Ef), List<(double Rate, double Recall)>>();
            for (int turn = 0; turn < settings.Turns; turn++)
            {
                foreach (int ef in Efs)
                {
                    for (int line = 0; line < lines.Length; line++)
                    {
                        // Past 0.999 nothing is learnt any more.
                        if (samples.TryGetValue((line, ef / 2), out var half) && half[0].Recall > 0.999) continue;
                        if (!samples.TryGetValue((line, ef), out List<(double, double)>? list)) samples[(line, ef)] = list = [];
                        list.Add(lines[line].Ask(ef));
                    }
                }

                Console.WriteLine($"turn {turn + 1} of {settings.Turns}");
            }

            for (int line = 0; line < lines.Length; line++)
            {
                Point[] points = [.. samples.Where(s => s.Key.Line == line).OrderBy(s => s.Key.Ef).Select(s => new Point(s.Key.Ef, Median(s.Value.Select(v => v.Rate)), s.Value[0].Recall))];
                Curves.Add(new Curve(lines[line].Name, points));
            }
        }

        private static (double, double) Walk(Ours ours, int ef, Traversal traversal)
        {
            var options = new SearchOptions { Method = SearchMethod.Approximate, Effort = ef, Traversal = traversal };
            (double rate, double recall, _) = ours.Search(options, 1);
            return (rate, recall);
        }

        private void Exact(Ours ours, string rest, string build)
        {
            var skylake = new Dictionary<string, string> { ["OPENBLAS_CORETYPE"] = "SKYLAKEX" };
            foreach (int threads in (int[])[1, 2])
            {
                string with = $"{threads} thread{(threads > 1 ? "s" : "")}";
                var names = new[] { $"FAISS flat, one by one, {with}", $"VecStore, one by one, {with}", $"FAISS flat, batch, {with}", $"FAISS flat, batch, SKYLAKEX, {with}", $"VecStore, batch, {with}" };
                var rates = names.Select(_ => new List<double>()).ToArray();
                using var flat = new PeerProcess(faiss, $"serve {rest} - {threads} {build} flat", -1);
                using var tuned = new PeerProcess(faiss, $"serve {rest} - {threads} {build} flat", -1, skylake);
                for (int turn = 0; turn < settings.Turns; turn++)
                {
                    rates[0].Add(flat.Ask("scan 1").Rate);
                    rates[1].Add(ours.Search(new SearchOptions { Method = SearchMethod.Exact, Threads = threads }, 1).Rate);
                    rates[2].Add(flat.Ask("batch 1").Rate);
                    rates[3].Add(tuned.Ask("batch 1").Rate);
                    rates[4].Add(ours.Batch(threads, 1).Rate);
                }

                for (int i = 0; i < names.Length; i++) Add(Scans, names[i], Median(rates[i]), "queries/s");
            }
        }

        private static void Add(List<Row> table, string name, double value, string unit)
        {
            table.Add(new Row(name, value, unit));
            Console.WriteLine($"{name}: {value:N2} {unit}");
        }

        private static double Median(IEnumerable<double> values)
        {
            double[] sorted = [.. values.Order()];
            return sorted[sorted.Length / 2];
        }
    }

    internal readonly record struct Row(string Name, double Value, string Unit);

    internal readonly record struct Point(int Ef, double Rate, double Recall);

    /// <summary>Queries a second against recall.</summary>
    internal sealed record Curve(string Name, Point[] Points)
    {
        /// <summary>Queries a second at a recall, between the two settings around it (the logarithm of the rate runs straight); NaN when it is not reached.</summary>
        public double RateAt(double recall)
        {
            for (int i = 0; i < Points.Length; i++)
            {
                if (Points[i].Recall < recall) continue;
                if (i == 0) return Points[0].Rate;
                Point low = Points[i - 1];
                Point high = Points[i];
                double share = (recall - low.Recall) / (high.Recall - low.Recall);
                return Math.Exp((Math.Log(low.Rate) * (1 - share)) + (Math.Log(high.Rate) * share));
            }

            return double.NaN;
        }
    }
}
