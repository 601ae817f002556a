using System.Collections.Concurrent;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// One query over the rows by several threads, which take a range of them at a time. The answer is that of one thread. Everything that it needs
/// is kept for the next: it allocates nothing once warm.
/// </summary>
internal sealed unsafe class ParallelScan : IThreadPoolWorkItem
{
    /// <summary>Fewer rows than this for each thread are not worth waking it.</summary>
    public const int LeastRows = 4096;

    /// <summary>Rows taken at a time, a multiple of 64: short enough that no thread waits long for the last.</summary>
    private const int ShareRows = 2048;

    /// <summary>Added to the number of those at work once nobody may join any more.</summary>
    private const int Closed = int.MinValue;

    private static readonly ConcurrentBag<ParallelScan> Idle = [];

    private readonly object _done = new();
    private bool _isDone;
    private ScoredRow[] _nearest = [];
    private int[] _found = [];
    private VectorRows _rows;
    private Metric _metric;
    private float* _query;
    private RowSet? _deleted, _allowed;
    private Exception? _failure;
    private int _threads, _k, _nextRow, _nextWorker;
    private int _working = Closed;

    public static int Run(in VectorRows rows, Metric metric, float* query, int threads, RowSet? deleted, RowSet? allowed, Span<ScoredRow> nearest)
    {
        if (!Idle.TryTake(out ParallelScan? scan)) scan = new ParallelScan();
        try
        {
            return scan.Scan(rows, metric, query, threads, deleted, allowed, nearest);
        }
        finally
        {
            scan._rows = default;
            scan._deleted = scan._allowed = null;
            scan._failure = null;
            Idle.Add(scan);
        }
    }

    /// <summary>A thread of the pool joins in, unless it comes too late. Coming so late that this is another scan does no harm.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        for (int working = Volatile.Read(ref _working); working >= 0;)
        {
            int before = Interlocked.CompareExchange(ref _working, working + 1, working);
            if (before != working)
            {
                working = before;
                continue;
            }
            Work();
            if (Interlocked.Decrement(ref _working) == Closed) Finish();
            return;
        }
    }

    private int Scan(in VectorRows rows, Metric metric, float* query, int threads, RowSet? deleted, RowSet? allowed, Span<ScoredRow> nearest)
    {
        int k = nearest.Length;
        if (_nearest.Length < threads * k) _nearest = new ScoredRow[checked(threads * k)];
        if (_found.Length < threads) _found = new int[threads];
        (_rows, _metric, _threads, _deleted, _allowed, _k) = (rows, metric, threads, deleted, allowed, k);
        _query = query;
        Array.Clear(_found);
        _nextRow = _nextWorker = 0;
        _isDone = false;
        Volatile.Write(ref _working, 0);
        for (int i = 1; i < threads; i++) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        Work();
        // Who has not come by now is not waited for.
        if (Interlocked.Add(ref _working, Closed) != Closed)
        {
            lock (_done)
            {
                while (!_isDone) Monitor.Wait(_done);
            }
        }
        if (_failure is { } failure) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        var best = new NearestRows(nearest);
        for (int worker = 0; worker < threads; worker++)
        {
            foreach (ScoredRow row in _nearest.AsSpan(worker * k, _found[worker])) best.Offer(row.Row, row.Score);
        }
        return best.Finish();
    }

    private void Finish()
    {
        lock (_done)
        {
            _isDone = true;
            Monitor.Pulse(_done);
        }
    }

    private void Work()
    {
        try
        {
            int worker = Interlocked.Increment(ref _nextWorker) - 1;
            if (worker >= _threads) return;
            SearchStatistics ignored = default;
            var filter = new RowFilter(_rows.Count, _deleted, _allowed);
            Span<ScoredRow> mine = _nearest.AsSpan(worker * _k, _k);
            for (int first; (first = Interlocked.Add(ref _nextRow, ShareRows) - ShareRows) < _rows.Count;)
                _found[worker] = ExactSearcher.Continue(_rows, _metric, _query, filter, first, Math.Min(_rows.Count, first + ShareRows), mine, _found[worker], ref ignored);
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }
}
