using System.Diagnostics;
using VecStore.Indexing;

namespace VecStore.Peers;

/// <summary>VecStore on the same rows, through its public interface.</summary>
internal sealed class Ours : IDisposable
{
    private readonly DataSet _data;
    private readonly string _path;
    private readonly Neighbor[] _nearest = new Neighbor[DataSet.Neighbors];
    private readonly int[] _found;
    private VectorStore? _store;
    private VectorCollection? _collection;

    public Ours(DataSet data)
    {
        _data = data;
        _path = Path.Combine(data.Folder, "vecstore");
        _found = new int[data.Truth.Length];
    }

    /// <summary>Builds a store; returns the seconds from the first row to the published graph, and of these those of the graph alone.</summary>
    public (double All, double Graph) Build(int threads, int m, int efConstruction, Traversal traversal)
    {
        Dispose();
        if (Directory.Exists(_path)) Directory.Delete(_path, recursive: true);
        var options = new StoreOptions
        {
            CreateIfMissing = true,
            Index = new HnswOptions { M = m, EfConstruction = efConstruction, Threads = threads, Traversal = traversal },
        };
        using VectorStore store = VectorStore.Open(_path, options);
        VectorCollection collection = store.Create("rows", new CollectionSchema(_data.Dimension) { Metric = Metric.Dot, Fields = [FilteredSearch.Slot] });
        var graph = new GraphClock();
        var clock = Stopwatch.StartNew();
        using BulkLoad load = collection.BeginBulkLoad();
        var slots = new Random(3);
        var fields = new FieldValues();
        for (int i = 0; i < _data.Count; i++)
        {
            fields[FilteredSearch.Slot.Name] = slots.Next(1000);
            load.Append(i, _data.Rows.AsSpan(i * _data.Dimension, _data.Dimension), fields);
        }

        load.Publish(graph);
        double all = clock.Elapsed.TotalSeconds;
        return (all, graph.Started < 0 ? 0 : all - graph.Started);
    }

    public void Open()
    {
        _store = VectorStore.Open(_path);
        _collection = _store["rows"];
    }

    /// <summary>Seconds from opening the store to the first answer.</summary>
    public double OpenToFirst()
    {
        Dispose();
        var clock = Stopwatch.StartNew();
        Open();
        _collection!.Search(_data.Queries.AsSpan(0, _data.Dimension), _nearest);
        return clock.Elapsed.TotalSeconds;
    }

    public IEnumerable<(string Name, long Bytes)> Files() =>
        Directory.EnumerateFiles(_path + "/data").Select(path => (Path.GetExtension(path), new FileInfo(path).Length));

    public List<Row> Filtered() => FilteredSearch.Run(_collection!, _data);

    public List<Row> Mixed(double minutes) => MixedLoad.Run(_store!, _collection!, _data, minutes);

    /// <summary>Queries one by one on one thread; returns queries a second (the median pass) and recall.</summary>
    public (double Rate, double Recall, SearchReport Report) Search(SearchOptions options, int passes)
    {
        int queries = _data.Queries.Length / _data.Dimension;
        SearchReport report = OnePass(options, queries); // warm
        var rates = new double[passes];
        for (int pass = 0; pass < passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            OnePass(options, queries);
            rates[pass] = queries / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(rates);
        return (rates[passes / 2], _data.Recall(_found), report);
    }

    /// <summary>All queries in one exact batch.</summary>
    public (double Rate, double Recall) Batch(int threads, int passes)
    {
        int queries = _data.Queries.Length / _data.Dimension;
        var nearest = new Neighbor[queries * DataSet.Neighbors];
        var found = new int[queries];
        var options = new SearchOptions { Method = SearchMethod.Exact, Threads = threads };
        using Snapshot snapshot = _collection!.TakeSnapshot();
        var rates = new double[passes + 1];
        for (int pass = 0; pass <= passes; pass++)
        {
            long start = Stopwatch.GetTimestamp();
            snapshot.SearchBatch(_data.Queries, DataSet.Neighbors, nearest, found, options);
            rates[pass] = queries / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        for (int i = 0; i < nearest.Length; i++) _found[i] = (int)nearest[i].Key;
        Array.Sort(rates, 1, passes);
        return (rates[1 + (passes / 2)], _data.Recall(_found));
    }

    public void Dispose()
    {
        _store?.Dispose();
        _store = null;
    }

    private SearchReport OnePass(SearchOptions options, int queries)
    {
        SearchReport report = default;
        for (int q = 0; q < queries; q++)
        {
            int found = _collection!.Search(_data.Queries.AsSpan(q * _data.Dimension, _data.Dimension), _nearest, options, out report);
            for (int i = 0; i < DataSet.Neighbors; i++) _found[(q * DataSet.Neighbors) + i] = i < found ? (int)_nearest[i].Key : -1;
        }

        return report;
    }

    private sealed class GraphClock : IProgress<BuildProgress>
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();

        /// <summary>Seconds at which the graph's building was first heard of, since the clock was made; below 0 when never.</summary>
        public double Started { get; private set; } = -1;

        public void Report(BuildProgress value)
        {
            if (Started < 0 && value.Stage == "graph") Started = _clock.Elapsed.TotalSeconds;
        }
    }
}
