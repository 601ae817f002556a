using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using VecStore;
using VecStore.Indexing;
using VecStore.Recall;

// Recall against queries per second, through the public API:
//   dotnet run -c Release --project benchmarks/VecStore.Recall -- --data DIR --threads 1 --out FILE.json
// --smoke in place of all options tries it on a little noise. DIR holds base.f32, query.f32, gt.i32 and meta.json. Optional: --efs 16,32 --traversal Rows --turns 5 --store FOLDER (kept) --exact-queries 20

bool smoke = args is ["--smoke"];
var arguments = Arguments.Parse(smoke ? ["--data", SmokeData.Write(), "--efs", "16", "--turns", "1"] : args);
if (arguments is null) return 2;
DataSet data = DataSet.Read(arguments.Data);
string folder = arguments.Store ?? Path.Combine(Path.GetTempPath(), $"vecstore-recall-{Environment.ProcessId}");
bool keep = arguments.Store is not null;
try
{
    var options = new StoreOptions { CreateIfMissing = true, Index = new HnswOptions { Threads = arguments.Threads, M = arguments.M, EfConstruction = arguments.EfConstruction, Traversal = arguments.BuildOn } };
    var report = new Dictionary<string, object?>
    {
        ["name"] = "VecStore",
        ["data"] = arguments.Data,
        ["n"] = data.Rows,
        ["d"] = data.Dimension,
        ["threads"] = arguments.Threads,
        ["M"] = arguments.M,
        ["efConstruction"] = arguments.EfConstruction,
        ["built_on"] = arguments.BuildOn.ToString(),
        ["walked_on"] = arguments.Traversal.ToString(),
    };
    if (!Directory.Exists(folder))
    {
        using VectorStore building = VectorStore.Open(folder, options);
        VectorCollection loading = building.Create("data", new CollectionSchema(data.Dimension) { Metric = DataSet.Metric });
        using BulkLoad load = loading.BeginBulkLoad();
        long start = Stopwatch.GetTimestamp();
        data.ForEachRow((row, vector) => load.Append(row, vector));
        report["load_s"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        load.Publish();
        report["build_s"] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"rows {report["load_s"]:F1} s, graph and publish {report["build_s"]:F1} s"));
    }

    Measurement.AddBytes(report, folder, data);
    report["open_to_first_ms"] = Measurement.OpenToFirst(folder, data, turns: 7);
    using VectorStore store = VectorStore.Open(folder, new StoreOptions { ReadOnly = true });
    using Snapshot snapshot = store["data"].TakeSnapshot();
    report["default"] = Measurement.Turn(snapshot, data, SearchOptions.Default, arguments.Turns);
    report["sweep"] = arguments.Efs.Select(ef =>
        Measurement.Turn(snapshot, data, new SearchOptions { Effort = ef, Method = SearchMethod.Approximate, Traversal = arguments.Traversal }, arguments.Turns)).ToArray();
    report["exact_qps"] = Measurement.Exact(snapshot, data, arguments.ExactQueries, arguments.Threads, arguments.Turns);
    report["exact_batch_qps"] = Measurement.ExactBatch(snapshot, data, arguments.Threads, Math.Min(3, arguments.Turns));
    string json = JsonSerializer.Serialize(report, Measurement.Indented);
    if (arguments.Out is null) Console.WriteLine(json);
    else File.WriteAllText(arguments.Out, json + "\n");
    return 0;
}
finally
{
    if (smoke) Directory.Delete(arguments.Data, recursive: true);
    if (!keep && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
}
