using System.Globalization;
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
string hnswlib, faiss;
try
{
    hnswlib = Native.Hnswlib(settings.Work);
    faiss = Native.Faiss(settings.Work);
}
catch (MissingPeerException missing)
{
    Console.Error.WriteLine(missing.Message);
    return 1;
}

var clock = System.Diagnostics.Stopwatch.StartNew();
var marks = new List<Mark>();
foreach (string name in settings.Data)
{
    string folder = Path.Combine(settings.Work, name);
    Console.WriteLine($"== {name}: making the data and its truth");
    DataSet data = name switch
    {
        "words" => DataSet.Words(settings.Words, folder, settings.Rows ?? 119_000),
        "clustered" => DataSet.Clustered(folder, settings.Rows ?? 100_000, 768),
        _ => DataSet.Gauss(folder, settings.Rows ?? 100_000, 128),
    };
    var comparison = new Comparison(data, settings, hnswlib, faiss);
    comparison.Run();
    List<Mark> reached = Marks.Of(comparison);
    Report.Write(comparison, reached, settings);
    marks.AddRange(reached);
}

Report.Summary(marks, settings);
Console.WriteLine($"all of it took {clock.Elapsed.TotalMinutes:F1} minutes");

return 0;

namespace VecStore.Peers
{
    /// <summary>What the command line says.</summary>
    internal sealed record Settings
    {
        private static readonly string[] Known = ["words", "clustered", "gauss"];

        public string[] Data { get; private init; } = Known;

        /// <summary>Rows of each data set; without it 119,000 words and 100,000 of the others.</summary>
        public int? Rows { get; private init; }

        public int Turns { get; private init; } = 5;

        public double MixedMinutes { get; private init; } = 1;

        /// <summary>Take indexes of an earlier run, ours and the peers', with the times written beside them.</summary>
        public bool Reuse { get; private init; }

        /// <summary>Processes at work when the run began.</summary>
        public string Load { get; } = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

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
                if (arguments[i] == "--reuse")
                {
                    settings = settings with { Reuse = true };
                    i--;
                    continue;
                }

                string value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{arguments[i]} needs a value.");
                settings = arguments[i] switch
                {
                    "--data" => settings with { Data = value == "all" ? Known : [.. value.Split(',').Select(OneOf)] },
                    "--rows" => settings with { Rows = Number(arguments[i], value, 2_000) },
                    "--turns" => settings with { Turns = Number(arguments[i], value, 1) },
                    "--mixed" => settings with { MixedMinutes = Minutes(value) },
                    "--words" => settings with { Words = value },
                    "--work" => settings with { Work = value },
                    "--out" => settings with { Results = value },
                    _ => throw new ArgumentException($"Unknown option {arguments[i]}; there are --data words,clustered,gauss|all, --rows N, --turns N, --mixed MINUTES, --reuse, --words FILE.npy, --work FOLDER, --out FOLDER."),
                };
            }

            return settings;
        }

        private static string OneOf(string value) => Known.Contains(value) ? value : throw new ArgumentException($"--data {value}: {string.Join(", ", Known)} or all are allowed.");

        private static double Minutes(string value) =>
            double.TryParse(value, out double minutes) && minutes is >= 0 and <= 60 ? minutes : throw new ArgumentException($"--mixed {value}: minutes from 0 to 60 are allowed.");

        private static int Number(string name, string value, int least) =>
            int.TryParse(value, out int number) && number >= least ? number : throw new ArgumentException($"{name} {value}: a whole number from {least} is allowed.");
    }
}
