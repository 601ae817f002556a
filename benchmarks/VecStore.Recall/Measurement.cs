using System.Diagnostics;
using System.Text.Json;
using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore.Recall;

/// <summary>The measurements of a run; times are medians over turns, queries one after the other on one thread.</summary>
internal static class Measurement
{
    public static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    public static Dictionary<string, object?> Turn(Snapshot snapshot, DataSet data, SearchOptions options, int turns)
    {
        var nearest = new Neighbor[data.Nearest];
        var rates = new List<double>();
        long hits = 0, visited = 0;
        for (int turn = -1; turn < turns; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int query = 0; query < data.QueryCount; query++)
            {
                int found = snapshot.Search(data.Query(query), nearest, options, out SearchReport report);
                if (turn >= 0) continue; // the first turn warms up, and counts
                visited += report.RowsVisited;
                for (int i = 0; i < found; i++)
                {
                    if (data.TruthOf(query).Contains((int)nearest[i].Key)) hits++;
                }
            }
            if (turn >= 0) rates.Add(data.QueryCount / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        rates.Sort();
        double recall = (double)hits / (data.QueryCount * data.Nearest);
        Console.Error.WriteLine($"ef {options.Effort}: {Median(rates):F0} queries/s, recall@{data.Nearest} {recall:F4}");
        return new() { ["ef"] = options.Effort, ["qps"] = Median(rates), ["recall"] = recall, ["qps_min"] = rates[0], ["qps_max"] = rates[^1], ["visited"] = visited / (double)data.QueryCount };
    }

    public static double OpenToFirst(string folder, DataSet data, int turns)
    {
        var times = new List<double>();
        for (int turn = 0; turn < turns; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            using VectorStore store = VectorStore.Open(folder, new StoreOptions { ReadOnly = true });
            store["data"].Search(data.Query(0), new Neighbor[data.Nearest]);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return Median(times);
    }

    public static double Exact(Snapshot snapshot, DataSet data, int queries, int threads, int turns)
    {
        var nearest = new Neighbor[data.Nearest];
        var options = new SearchOptions { Method = SearchMethod.Exact, Threads = threads };
        return Rate(turns, Math.Min(queries, data.QueryCount), count =>
        {
            for (int query = 0; query < count; query++) snapshot.Search(data.Query(query), nearest, options);
        });
    }

    public static double ExactBatch(Snapshot snapshot, DataSet data, int threads, int turns)
    {
        var nearest = new Neighbor[data.QueryCount * data.Nearest];
        var found = new int[data.QueryCount];
        var options = new SearchOptions { Method = SearchMethod.Exact, Threads = threads };
        return Rate(turns, data.QueryCount, _ => snapshot.SearchBatch(data.Queries, data.Nearest, nearest, found, options));
    }

    /// <summary>Bytes beyond the vectors: links and node numbers, codes, and everything together.</summary>
    public static void AddBytes(Dictionary<string, object?> report, string folder, DataSet data)
    {
        long graph = 0, codes = 0, all = 0;
        foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            all += file.Length;
            if (file.Extension != ".graph") continue;
            using HnswGraph opened = HnswGraph.Open(SectionFile.Open(new DiskFiles(), file.FullName, FileKind.Graph));
            graph += opened.GraphBytes;
            codes += opened.CodeBytes;
        }
        long vectors = (long)data.Rows * data.Dimension * sizeof(float);
        report["bytes_beyond_vectors"] = all - vectors;
        report["graph_bytes_a_row"] = (double)graph / data.Rows;
        report["code_bytes_a_row"] = (double)codes / data.Rows;
    }

    private static double Rate(int turns, int queries, Action<int> run)
    {
        run(Math.Min(queries, 2));
        var rates = new List<double>();
        for (int turn = 0; turn < turns; turn++)
        {
            long start = Stopwatch.GetTimestamp();
            run(queries);
            rates.Add(queries / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        rates.Sort();
        return Median(rates);
    }

    private static double Median(List<double> sorted) => sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
}
