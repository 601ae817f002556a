using System.Diagnostics;
using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore.Peers;

/// <summary>VecStore on the same rows, through its public interface.</summary>
internal sealed class Ours : IDisposable
{
    private readonly DataSet _data;
    private readonly string _path;
    private readonly Neighbor[] _nearest = new Neighbor[DataSet.Neighbors];
    private readonly Neighbor[] _batch;
    private readonly int[] _counts;
    private readonly int[] _found;
    private VectorStore? _store;
    private VectorCollection? _collection;

    public Ours(DataSet data)
    {
        _data = data;
        _path = Path.Combine(data.Folder, $"vecstore-{data.Count}");
        _found = new int[data.Truth.Length];
        _batch = new Neighbor[data.Truth.Length];
        _counts = new int[data.QueryCount];
    }

    /// <summary>There is a store of an earlier run.</summary>
    public bool IsBuilt => File.Exists(Path.Combine(_path, "manifest")) && Files().Any(file => file.Name == ".graph");

    /// <summary>The file that holds the rows.</summary>
    public string SegmentFile => Directory.EnumerateFiles(_path + "/data", "*.segment").Single();

    /// <summary>Bytes of the codes in the file of the graph.</summary>
    public long CodeBytes
    {
        get
        {
            using HnswGraph graph = HnswGraph.Open(SectionFile.Open(new DiskFiles(), Directory.EnumerateFiles(_path + "/data", "*.graph").Single(), FileKind.Graph));
            return graph.CodeBytes;
        }
    }

    /// <summary>Bytes that a row of a segment takes: whole lines.</summary>
    public int RowBytes => ((_data.Dimension * sizeof(float)) + 63) & ~63;

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

    /// <summary>On a copy: the store stays as it was built.</summary>
    public List<Row> Mixed(double minutes)
    {
        string copy = _path + "-mixed";
        if (Directory.Exists(copy)) Directory.Delete(copy, recursive: true);
        foreach (string file in Directory.EnumerateFiles(_path, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) == "lock") continue;
            string target = Path.Combine(copy, Path.GetRelativePath(_path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        try
        {
            using VectorStore store = VectorStore.Open(copy);
            return MixedLoad.Run(store, store["rows"], _data, minutes);
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }
    }

    /// <summary>The first queries, one by one; returns queries a second and the recall of all (when all were asked).</summary>
    public (double Rate, double Recall, SearchReport Report) Search(SearchOptions options, int queries)
    {
        EnsureOpen();
        int threads = Math.Max(1, options.Threads);
        double start = OwnTime.Seconds(threads);
        SearchReport report = OnePass(options, queries);
        return (queries / (OwnTime.Seconds(threads) - start), _data.Recall(_found), report);
    }

    /// <summary>All queries in one exact batch.</summary>
    public (double Rate, double Recall) Batch(int threads)
    {
        EnsureOpen();
        var options = new SearchOptions { Method = SearchMethod.Exact, Threads = threads };
        using Snapshot snapshot = _collection!.TakeSnapshot();
        double start = OwnTime.Seconds(threads);
        snapshot.SearchBatch(_data.Queries, DataSet.Neighbors, _batch, _counts, options);
        double took = OwnTime.Seconds(threads) - start;
        for (int i = 0; i < _batch.Length; i++) _found[i] = (int)_batch[i].Key;
        return (_data.QueryCount / took, _data.Recall(_found));
    }

    /// <summary>Bytes that a warm query allocates, on all threads together; the least of several passes, since others may allocate meanwhile.</summary>
    public double AllocatedPerQuery(SearchOptions options) => Allocated(() => OnePass(options, 100), 100);

    public double AllocatedPerBatchQuery(int threads)
    {
        using Snapshot snapshot = _collection!.TakeSnapshot();
        var options = new SearchOptions { Method = SearchMethod.Exact, Threads = threads };
        return Allocated(() => snapshot.SearchBatch(_data.Queries, DataSet.Neighbors, _batch, _counts, options), _data.QueryCount);
    }

    public void Dispose()
    {
        _store?.Dispose();
        _store = null;
    }

    private static double Allocated(Action pass, int queries)
    {
        long least = long.MaxValue;
        for (int turn = 0; turn < 5; turn++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            pass();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least / (double)queries;
    }

    private void EnsureOpen()
    {
        if (_store == null) Open();
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
