using VecStore.Testing;
using static VecStore.Filter;

namespace VecStore.Tests.Model;

/// <summary>Random operations on a store on a simulated disk, each compared with the model.</summary>
internal sealed class ModelRun : IDisposable
{
    private const string Path = "s.vecstore";
    private const int KeyPool = 70;
    private readonly CollectionSchema _schema;
    private readonly Random _random;
    private readonly ModelOracle _model;
    private readonly List<(Snapshot Snapshot, string Contents)> _frozen = [];
    private FaultFiles _files = new(trace: false);
    private VectorStore _store;
    private int _source;

    public ModelRun(KeyKind keys, ElementType elements, Metric metric, int seed)
    {
        _random = new Random(seed);
        _schema = new CollectionSchema(1 + _random.Next(9)) { KeyKind = keys, ElementType = elements, Metric = metric, Fields = [new("n", FieldType.Int64), new("s", FieldType.String)] };
        _model = new ModelOracle(_schema);
        _store = Open();
        _store.Create("c", _schema);
    }

    public int Operations { get; private set; }

    private VectorCollection Rows => _store["c"];

    public void Next()
    {
        Operations++;
        switch (_random.Next(100))
        {
            case < 25: Upsert(1); break;
            case < 33: Delete(); break;
            case < 45: Upsert(1 + _random.Next(12)); break;
            case < 55: Get(); break;
            case < 72: Search(); break;
            case < 78: SearchFiltered(); break;
            case < 80: SearchBatch(); break;
            case < 82: SearchRange(); break;
            case < 86: CompareAll(); break;
            case < 88: Freeze(); break;
            case < 90: Thaw(); break;
            case < 92: Rows.Seal(); break;
            case < 94: Rows.Compact(); break;
            case < 95: Rows.RebuildIndex(); break;
            case < 97: BulkLoad(); break;
            case < 98: Reopen(); break;
            case < 99: Crash(); break;
            default: Assert.True(_store.Verify().IsClean); break;
        }

        Assert.Equal(_model.Rows.Count, Rows.Count);
    }

    public void Dispose()
    {
        while (_frozen.Count > 0) Thaw();
        _store.Dispose();
    }

    private VectorStore Open() => VectorStore.Open(Path, new()
    {
        Files = _files,
        CreateIfMissing = true,
        Maintenance = Maintenance.Manual,
        SealRows = 16,
        GraphMinRows = 24,
        Index = new() { Threads = 1, EfConstruction = 40, M = 6 },
    });

    private Key RandomKey()
    {
        int number = _random.Next(KeyPool);
        return _schema.KeyKind == KeyKind.Int64 ? new Key((number - 30) * 1_000_000_007L) : new Key(number == 0 ? "" : new string('ö', number % 7) + number);
    }

    // Small integers, so that there are equal vectors and equal scores; some are zero.
    private float[] RandomVector()
    {
        bool coarse = _random.Next(2) == 0;
        bool zero = _random.Next(12) == 0;
        return [.. Enumerable.Range(0, _schema.Dimension).Select(_ => zero ? 0 : coarse ? _random.Next(-2, 3) : (float)((_random.NextDouble() * 2) - 1))];
    }

    private FieldValues RandomFields()
    {
        var fields = new FieldValues();
        if (_random.Next(4) > 0) fields["n"] = _random.Next(10);
        if (_random.Next(4) > 0) fields["s"] = "s" + _random.Next(5);
        return fields;
    }

    private void Upsert(int count)
    {
        var written = new Dictionary<Key, (float[] Vector, FieldValues Fields)?>();
        using (WriteBatch batch = Rows.BeginWrite())
        {
            for (int i = 0; i < count; i++)
            {
                Key key = RandomKey();
                if (count > 1 && _random.Next(5) == 0)
                {
                    batch.Delete(key);
                    written[key] = null;
                    continue;
                }

                float[] vector = RandomVector();
                FieldValues fields = RandomFields();
                batch.Upsert(key, vector, fields);
                written[key] = (vector, fields);
            }

            batch.Commit();
        }

        foreach ((Key key, (float[] Vector, FieldValues Fields)? row) in written) Wrote(key, row);
    }

    private void Wrote(Key key, (float[] Vector, FieldValues Fields)? row)
    {
        if (row is not { } there)
        {
            _model.Rows.Remove(key);
            Assert.Null(Rows.Get(key));
            return;
        }

        Record stored = Rows.Get(key)!;
        ModelOracle.RequireNear(_schema.ElementType, there.Vector, stored.Vector);
        _model.Rows[key] = (stored.Vector, there.Fields);
    }

    private void Delete()
    {
        Key key = RandomKey();
        Assert.Equal(_model.Rows.Remove(key), Rows.Delete(key));
    }

    private void Get()
    {
        Key key = RandomKey();
        Record? found = Rows.Get(key);
        Assert.Equal(_model.Rows.ContainsKey(key), found is not null);
        Assert.Equal(found is not null, Rows.Contains(key));
        if (found is null) return;
        Assert.Equal(_model.Rows[key].Vector, found.Vector);
        Assert.Equal(_model.Rows[key].Fields["n"], found.Fields["n"]);
        Assert.Equal(_model.Rows[key].Fields["s"], found.Fields["s"]);
    }

    private void Search()
    {
        float[] query = RandomVector();
        var nearest = new Neighbor[_random.Next(1, 20)];
        SearchMethod method = (SearchMethod)_random.Next(3);
        using Snapshot snapshot = Rows.TakeSnapshot();
        int found = snapshot.Search(query, nearest, new() { Method = method }, out SearchReport report);
        if (method == SearchMethod.Exact) Assert.Equal(SearchMethod.Exact, report.Method);
        Assert.Equal(_model.Rows.Count, report.RowsEligible);
        _model.Check(snapshot, query, nearest.AsSpan(0, found), nearest.Length, report.Method == SearchMethod.Exact, _ => true);
    }

    private void SearchFiltered()
    {
        int least = _random.Next(10);
        string word = "s" + _random.Next(5);
        Filter filter = Field("n") >= least | Field("s") == word;
        bool Passes(Key key) => _model.Rows[key].Fields is var f && ((!f["n"].IsAbsent && f["n"].AsInt64() >= least) || (!f["s"].IsAbsent && f["s"].AsString() == word));
        float[] query = RandomVector();
        var nearest = new Neighbor[_random.Next(1, 20)];
        using Snapshot snapshot = Rows.TakeSnapshot();
        int found = snapshot.Search(query, nearest, new() { Filter = filter, Method = (SearchMethod)_random.Next(3) }, out SearchReport report);
        Assert.Equal(_model.Rows.Keys.Count(Passes), snapshot.CountWhere(filter));
        _model.Check(snapshot, query, nearest.AsSpan(0, found), nearest.Length, report.Method == SearchMethod.Exact, Passes);
        int scanned = 0;
        foreach (ScannedRow row in snapshot.Scan(filter))
        {
            Assert.True(Passes(row.Key));
            scanned++;
        }

        Assert.Equal(snapshot.CountWhere(filter), scanned);
    }

    private void SearchBatch()
    {
        float[][] queries = [.. Enumerable.Range(0, 5).Select(_ => RandomVector())];
        var nearest = new Neighbor[5 * 4];
        var found = new int[5];
        using Snapshot snapshot = Rows.TakeSnapshot();
        snapshot.SearchBatch(queries.SelectMany(query => query).ToArray(), 4, nearest, found, new() { Method = SearchMethod.Exact, Threads = 2 });
        for (int i = 0; i < 5; i++) _model.Check(snapshot, queries[i], nearest.AsSpan(i * 4, found[i]), 4, exact: true, _ => true);
    }

    private void SearchRange()
    {
        float[] query = RandomVector();
        using Snapshot snapshot = Rows.TakeSnapshot();
        float least = _schema.Metric == Metric.Euclidean ? -1.0123f : 0.3217f;
        IReadOnlyList<Neighbor> inRange = snapshot.SearchRange(query, least);
        int surely = _model.Rows.Values.Count(row => _model.Score(query, row.Vector) > least + 2e-4);
        int perhaps = _model.Rows.Values.Count(row => _model.Score(query, row.Vector) > least - 2e-4);
        Assert.InRange(inRange.Count, surely, perhaps);
    }

    private void CompareAll() => Assert.Equal(Expected(), Contents.Of(_store));

    private string Expected()
    {
        var contents = new Contents();
        contents.Create("c", _schema.Fields);
        foreach ((Key key, (float[] vector, FieldValues fields)) in _model.Rows) contents.Upsert("c", key, vector, fields);
        return contents.ToString();
    }

    // A snapshot answers for ever what it answered when it was taken, whatever is written, merged or closed meanwhile.
    private void Freeze()
    {
        if (_frozen.Count < 4) _frozen.Add((Rows.TakeSnapshot(), Expected()));
    }

    private void Thaw()
    {
        if (_frozen.Count == 0) return;
        (Snapshot snapshot, string expected) = _frozen[0];
        _frozen.RemoveAt(0);
        var contents = new Contents();
        contents.Create("c", _schema.Fields);
        float[] vector = new float[_schema.Dimension];
        foreach (ScannedRow row in snapshot.Scan())
        {
            row.ReadVector(vector);
            contents.Upsert("c", row.Key, vector, row.Fields);
        }

        Assert.Equal(expected, contents.ToString());
        snapshot.Dispose();
        Assert.Throws<ObjectDisposedException>(() => snapshot.Contains(_schema.KeyKind == KeyKind.Int64 ? 1 : "1"));
    }

    private void BulkLoad()
    {
        var loaded = new Dictionary<Key, (float[] Vector, FieldValues Fields)?>();
        using (BulkLoad load = Rows.BeginBulkLoad(new() { CheckpointRows = 1 + _random.Next(30), Source = _random.Next(2) == 0 ? null : $"source {_source++}" }))
        {
            int count = _random.Next(60);
            for (int i = 0; i < count; i++)
            {
                Key key = RandomKey();
                float[] vector = RandomVector();
                FieldValues fields = RandomFields();
                load.Append(key, vector, fields);
                loaded[key] = (vector, fields);
            }

            if (_random.Next(4) == 0) return; // broken off
            BulkLoadReport report = load.Publish();
            Assert.Equal(loaded.Count, report.Rows);
            Assert.Equal(loaded.Keys.Count(_model.Rows.ContainsKey), report.Replaced);
            Assert.Equal(count - loaded.Count, report.Duplicates);
        }

        foreach ((Key key, (float[] Vector, FieldValues Fields)? row) in loaded) Wrote(key, row);
    }

    private void Reopen()
    {
        _store.Dispose();
        _store = Open();
        CompareAll();
    }

    private void Crash()
    {
        FaultFiles left = _files.DiskImage((PowerLoss)_random.Next(Enum.GetValues<PowerLoss>().Length), _random.Next());
        while (_frozen.Count > 0) Thaw();
        _store.Dispose();
        _files = left;
        _store = Open();
        CompareAll();
    }
}
