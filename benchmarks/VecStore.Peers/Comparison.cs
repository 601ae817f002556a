using VecStore.Indexing;

namespace VecStore.Peers;

/// <summary>One data set, ours and the peers in turn.</summary>
internal sealed class Comparison(DataSet data, Settings settings, string hnswlib, string faiss)
{
    public const string RowsLine = "VecStore on rows", CodesLine = "VecStore on codes (default)", HnswlibLine = "hnswlib", FaissLine = "FAISS HNSW, 8 bits (Debian's), on hnswlib's graph";

    /// <summary>Recall past which a line is not followed any further.</summary>
    private const double Enough = 0.991;

    private const int Core = 1;
    private static readonly int[] Efs = [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];

    public DataSet Data => data;

    public List<Curve> Curves { get; } = [];

    /// <summary>Every figure by its name, in the order they were measured.</summary>
    public Dictionary<string, Table> Tables { get; } = [];

    public string Planner { get; private set; } = "";

    /// <summary>The planner chose a scan for a search without options.</summary>
    public bool PlannerScans { get; private set; }

    private bool IsNoise => data.Name == "gauss";

    private string Rest => $"{data.Folder} {data.Dimension}";

    private string Build => $"{settings.M} {settings.EfConstruction}";

    /// <summary>A figure; NaN when it was not measured.</summary>
    public double this[string table, string name] => Tables.TryGetValue(table, out Table? rows) ? rows[name] : double.NaN;

    public void Run()
    {
        string index = IndexPath("hnswlib"), eightBits = IndexPath("faiss-sq8");
        using var ours = new Ours(data);
        Builds(ours, index, eightBits);
        Opening(ours, index);
        using var peer = new PeerProcess(hnswlib, $"serve {Rest} {index} 1 {Build}", Core);
        using PeerProcess? sq = IsNoise ? null : new PeerProcess(faiss, $"serve {Rest} {eightBits} 1 {Build} hnsw-sq8", Core);
        Walks(ours, peer, sq);
        Exact(ours);
        Allocations(ours);
        Default(ours);
        foreach (Row row in ours.Filtered()) Add("filtered search, one thread", row);
        if (settings.MixedMinutes > 0 && !IsNoise)
        {
            foreach (Row row in ours.Mixed(settings.MixedMinutes)) Add("mixed load: 90 % searches, 10 % durable writes, one thread", row);
        }
    }

    private string IndexPath(string kind) => Path.Combine(data.Folder, $"{kind}-{data.Count}-{settings.M}-{settings.EfConstruction}.index");

    private void Builds(Ours ours, string index, string eightBits)
    {
        const string Building = "building";
        foreach (int threads in IsNoise ? (int[])[2] : [1, 2])
        {
            string with = Threads(threads);
            double[] numbers = Once(index + $".{threads}", settings.Reuse && File.Exists(index),
                () => Native.Numbers(Native.Run(hnswlib, $"build {Rest} {(threads == 1 || IsNoise ? index : index + "-2")} {threads} {Build}")));
            Add(Building, new Row($"hnswlib, {with}", numbers[0], "s"));
            if (threads == 1) Add("size and opening", new Row("hnswlib, memory beyond the vectors", numbers[1] * 1048576 / data.Count, "bytes a row"));
            if (!IsNoise) Add(Building, new Row($"VecStore, distances on rows, {with}", OurBuild(ours, threads, Traversal.Rows)[1], "s"));
            double[] codes = OurBuild(ours, threads, Traversal.Codes);
            Add(Building, new Row($"VecStore, distances on codes (default), {with}", codes[1], "s"));
            Add(Building, new Row($"VecStore, the same with loading and publishing, {with}", codes[0], "s"));
        }

        if (File.Exists(index + "-2")) File.Delete(index + "-2");
        if (!IsNoise) Native.Run(faiss, $"build {Rest} {eightBits} 1 {Build} hnsw-sq8 {index}");

        const string Sizes = "size and opening";
        foreach ((string name, long bytes) in ours.Files())
        {
            Add(Sizes, new Row($"VecStore, {name} file", bytes / (double)data.Count, "bytes a row"));
            if (name != ".graph") continue;
            Add(Sizes, new Row("VecStore, of this the codes, int8 and signs", ours.CodeBytes / (double)data.Count, "bytes a row"));
            Add(Sizes, new Row("VecStore, of this the graph", (bytes - ours.CodeBytes) / (double)data.Count, "bytes a row"));
        }

        Add(Sizes, new Row("hnswlib, file", new FileInfo(index).Length / (double)data.Count, "bytes a row"));
    }

    private double[] OurBuild(Ours ours, int threads, Traversal traversal)
    {
        // The store that stays is the one built last: on codes.
        string note = Path.Combine(data.Folder, $"vecstore-{data.Count}-{settings.M}-{settings.EfConstruction}-{traversal}.{threads}");
        return Once(note, settings.Reuse && ours.IsBuilt, () =>
        {
            (double all, double graph) = ours.Build(threads, settings.M, settings.EfConstruction, traversal);
            return [all, graph];
        });
    }

    /// <summary>Numbers measured now and noted beside the index, or the noted ones when the index may be used again.</summary>
    private static double[] Once(string note, bool reuse, Func<double[]> measure)
    {
        if (reuse && File.Exists(note + ".time"))
        {
            Console.WriteLine($"{Path.GetFileName(note)}: taken from an earlier run");
            return Native.Numbers(File.ReadAllText(note + ".time"));
        }

        double[] numbers = measure();
        File.WriteAllText(note + ".time", string.Join(' ', numbers.Select(n => n.ToString("R"))));
        return numbers;
    }

    private void Opening(Ours ours, string index)
    {
        double[] times = [.. Enumerable.Range(0, settings.Turns + 1).Select(_ => ours.OpenToFirst()).Skip(1)];
        Add("size and opening", new Row("VecStore, open to first answer", Median(times) * 1e3, "ms"));
        double[] theirs = [.. Enumerable.Range(0, settings.Turns).Select(_ => Native.Numbers(Native.Run(hnswlib, $"open {Rest} {index} 1 {Build}"))[0])];
        Add("size and opening", new Row("hnswlib, open to first answer", Median(theirs) * 1e3, "ms"));
    }

    private void Walks(Ours ours, PeerProcess peer, PeerProcess? sq)
    {
        var lines = new List<(string Name, Func<int, (double, double)> Ask)> { (HnswlibLine, ef => peer.Ask($"walk {ef}")) };
        if (sq != null) lines.Add((FaissLine, ef => sq.Ask($"walk {ef}")));
        lines.Add((RowsLine, ef => Walk(ours, ef, Traversal.Rows)));
        lines.Add((CodesLine, ef => Walk(ours, ef, Traversal.Codes)));

        // The turn before the first warms up and finds how far each line has to be followed.
        var last = new int[lines.Count];
        for (int line = 0; line < lines.Count; line++)
        {
            double recall = 0;
            for (int i = 0; i < Efs.Length; i++)
            {
                double before = recall;
                (_, recall) = lines[line].Ask(Efs[i]);
                last[line] = i;
                if (recall >= Enough || (Efs[i] >= 256 && recall - before < 0.001)) break;
            }
        }

        var samples = lines.Select(_ => Efs.Select(_ => new List<(double Rate, double Recall)>()).ToArray()).ToArray();
        for (int turn = 0; turn < settings.Turns; turn++)
        {
            for (int i = 0; i < Efs.Length; i++)
            {
                for (int line = 0; line < lines.Count; line++)
                {
                    if (i <= last[line]) samples[line][i].Add(lines[line].Ask(Efs[i]));
                }
            }

            Console.WriteLine($"turn {turn + 1} of {settings.Turns}");
        }

        for (int line = 0; line < lines.Count; line++)
        {
            Point[] points = [.. Enumerable.Range(0, last[line] + 1).Select(i => new Point(Efs[i], Median(samples[line][i].Select(s => s.Rate)), samples[line][i][0].Recall))];
            Curves.Add(new Curve(lines[line].Name, points));
        }
    }

    private (double, double) Walk(Ours ours, int ef, Traversal traversal)
    {
        (double rate, double recall, _) = ours.Search(Approximate(ef, traversal), data.QueryCount);
        return (rate, recall);
    }

    private static SearchOptions Approximate(int ef, Traversal traversal) => new() { Method = SearchMethod.Approximate, Effort = ef, Traversal = traversal };

    private void Exact(Ours ours)
    {
        // A read of all rows for each query: a hundred say as much as a thousand.
        const int Singles = 100;
        const string Scans = "exact search";
        using var bandwidth = new ReadBandwidth(ours.SegmentFile);
        foreach (int threads in (int[])[1, 2])
        {
            string with = Threads(threads);
            string[] names =
            [
                $"FAISS flat, one by one, {with}", $"VecStore, one by one, {with}", $"FAISS flat, batch, {with}", $"FAISS flat, batch, SKYLAKEX, {with}",
                $"VecStore, batch, {with}", $"reading the same bytes, {with}", $"reading as many of huge pages, {with}",
            ];
            var rates = names.Select(_ => new List<double>()).ToArray();
            using var flat = new PeerProcess(faiss, $"serve {Rest} - {threads} {Build} flat", -1, Blas(threads));
            using var tuned = new PeerProcess(faiss, $"serve {Rest} - {threads} {Build} flat", -1, Blas(threads, "SKYLAKEX"));
            for (int turn = -1; turn < settings.Turns; turn++)
            {
                double[] measured =
                [
                    flat.Ask($"scan {Singles}").Rate, ours.Search(new SearchOptions { Method = SearchMethod.Exact, Threads = threads }, Singles).Rate,
                    flat.Ask("batch").Rate, tuned.Ask("batch").Rate, ours.Batch(threads).Rate, bandwidth.OfFile(threads) / 1e9, bandwidth.OfMemory(threads) / 1e9,
                ];
                if (turn < 0) continue;
                for (int i = 0; i < names.Length; i++) rates[i].Add(measured[i]);
            }

            for (int i = 0; i < names.Length; i++) Add(Scans, new Row(names[i], Median(rates[i]), i < 5 ? "queries/s" : "GB/s"));
            double scanned = this[Scans, names[1]] * data.Count * ours.RowBytes / 1e9;
            Add(Scans, new Row($"VecStore, one by one, bytes of the rows answered for (their codes are read), {with}", scanned, "GB/s"));
            Add(Scans, new Row($"VecStore, one by one, over the faster read, {with}", scanned / Math.Max(this[Scans, names[5]], this[Scans, names[6]]), "x"));
            Add(Scans, new Row($"VecStore, batch, over FAISS, {with}", this[Scans, names[4]] / this[Scans, names[2]], "x"));
            Add(Scans, new Row($"VecStore, batch, over FAISS SKYLAKEX, {with}", this[Scans, names[4]] / this[Scans, names[3]], "x"));
        }
    }

    // OpenBLAS has threads of its own, which FAISS does not limit.
    private static Dictionary<string, string> Blas(int threads, string? core = null)
    {
        var environment = new Dictionary<string, string> { ["OPENBLAS_NUM_THREADS"] = threads.ToString(), ["OMP_NUM_THREADS"] = threads.ToString() };
        if (core != null) environment["OPENBLAS_CORETYPE"] = core;
        return environment;
    }

    private void Allocations(Ours ours)
    {
        const string Allocated = "bytes allocated a query, warm";
        Add(Allocated, new Row("walk on codes", ours.AllocatedPerQuery(Approximate(64, Traversal.Codes)), "bytes"));
        Add(Allocated, new Row("walk on rows", ours.AllocatedPerQuery(Approximate(64, Traversal.Rows)), "bytes"));
        Add(Allocated, new Row("no options", ours.AllocatedPerQuery(SearchOptions.Default), "bytes"));
        Add(Allocated, new Row("exact, 1 thread", ours.AllocatedPerQuery(new SearchOptions { Method = SearchMethod.Exact, Threads = 1 }), "bytes"));
        Add(Allocated, new Row("exact, 2 threads", ours.AllocatedPerQuery(new SearchOptions { Method = SearchMethod.Exact, Threads = 2 }), "bytes"));
        Add(Allocated, new Row("exact batch, 1 thread", ours.AllocatedPerBatchQuery(1), "bytes"));
        Add(Allocated, new Row("exact batch, 2 threads", ours.AllocatedPerBatchQuery(2), "bytes"));
    }

    private void Default(Ours ours)
    {
        ours.Search(SearchOptions.Default, data.QueryCount);
        var rates = new List<double>();
        double recall = 0;
        SearchReport report = default;
        for (int turn = 0; turn < settings.Turns; turn++)
        {
            (double rate, recall, report) = ours.Search(SearchOptions.Default, data.QueryCount);
            rates.Add(rate);
        }

        PlannerScans = report.RowsVisited >= report.RowsEligible;
        Planner = $"With no options: {Median(rates):N0} queries a second at recall {recall:F4}; {report}.";
        Console.WriteLine(Planner);
        Add("no options", new Row("queries a second", Median(rates), "queries/s"));
        Add("no options", new Row("recall@10", recall, ""));
    }

    private void Add(string table, Row row)
    {
        if (!Tables.TryGetValue(table, out Table? rows)) Tables[table] = rows = new Table();
        rows.Rows.Add(row);
        Console.WriteLine($"{row.Name}: {row.Value:N2} {row.Unit}");
    }

    public static string Threads(int threads) => $"{threads} thread{(threads > 1 ? "s" : "")}";

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}

internal readonly record struct Row(string Name, double Value, string Unit);

/// <summary>Figures that belong together.</summary>
internal sealed class Table
{
    public List<Row> Rows { get; } = [];

    /// <summary>A figure; NaN when it is not there.</summary>
    public double this[string name] => Rows.Where(row => row.Name == name).Select(row => row.Value).DefaultIfEmpty(double.NaN).First();
}

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

    /// <summary>Recall at an ef; NaN when it was not tried.</summary>
    public double RecallAt(int ef) => Points.Where(p => p.Ef == ef).Select(p => p.Recall).DefaultIfEmpty(double.NaN).First();
}
