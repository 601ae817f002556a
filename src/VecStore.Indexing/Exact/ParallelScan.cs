using System.Collections.Concurrent;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// One query over the rows by several threads, which take a range of them at a time. The answer is that of one thread. Everything that it needs
/// is kept for the next: it allocates nothing once warm.
/// </summary>
internal sealed unsafe class ParallelScan : SharedWork
{
    /// <summary>Fewer rows than this for each thread are not worth waking it.</summary>
    public const int LeastRows = 4096;

    /// <summary>Rows taken at a time, a multiple of 64: short enough that no thread waits long for the last.</summary>
    private const int ShareRows = 2048;

    private static readonly ConcurrentBag<ParallelScan> Idle = [];

    private ScoredRow[] _nearest = [];
    private int[] _found = [];
    private VectorRows _rows;
    private BoundedQuery? _bounded;
    private Metric _metric;
    private float* _query;
    private RowSet? _deleted, _allowed;
    private int _k, _nextRow;
    private long _scored;
    private volatile bool _isVain;

    /// <summary>The nearest rows, by way of the graph's codes where that pays; <paramref name="scored"/> is how many were scored on their elements.</summary>
    public static int Run(HnswGraph? graph, in VectorRows rows, Metric metric, float* query, int threads, RowSet? deleted, RowSet? allowed, Span<ScoredRow> nearest, out long scored)
    {
        if (!Idle.TryTake(out ParallelScan? scan)) scan = new ParallelScan();
        int eligible = new RowFilter(rows.Count, deleted, allowed).Count;
        try
        {
            if (BoundedQuery.Pays(graph, rows, eligible, nearest.Length))
            {
                using var bounded = new BoundedQuery(graph!, query);
                scan._bounded = bounded;
                int found = scan.Scan(rows, metric, query, threads, deleted, allowed, nearest);
                scored = scan._scored;
                if (found >= 0) return found;
                scan._bounded = null;
            }
            scored = eligible;
            return scan.Scan(rows, metric, query, threads, deleted, allowed, nearest);
        }
        finally
        {
            scan._rows = default;
            scan._bounded = null;
            scan._deleted = scan._allowed = null;
            Idle.Add(scan);
        }
    }

    private int Scan(in VectorRows rows, Metric metric, float* query, int threads, RowSet? deleted, RowSet? allowed, Span<ScoredRow> nearest)
    {
        int k = nearest.Length;
        if (_nearest.Length < threads * k) _nearest = new ScoredRow[checked(threads * k)];
        if (_found.Length < threads) _found = new int[threads];
        (_rows, _metric, _deleted, _allowed, _k) = (rows, metric, deleted, allowed, k);
        _query = query;
        Array.Clear(_found);
        _nextRow = 0;
        _scored = 0;
        _isVain = false;
        Share(threads);
        if (_isVain) return -1;
        var best = new NearestRows(nearest);
        for (int worker = 0; worker < threads; worker++)
        {
            foreach (ScoredRow row in _nearest.AsSpan(worker * k, _found[worker])) best.Offer(row.Row, row.Score);
        }
        return best.Finish();
    }

    protected override void Work(int worker)
    {
        SearchStatistics ignored = default;
        var filter = new RowFilter(_rows.Count, _deleted, _allowed);
        Span<ScoredRow> mine = _nearest.AsSpan(worker * _k, _k);
        for (int first; !_isVain && (first = Interlocked.Add(ref _nextRow, ShareRows) - ShareRows) < _rows.Count;)
        {
            int end = Math.Min(_rows.Count, first + ShareRows);
            if (_bounded is not { } bounded)
            {
                _found[worker] = ExactSearcher.Continue(_rows, _metric, _query, filter, first, end, mine, _found[worker], ref ignored);
                continue;
            }
            long scored = 0;
            int kept = ExactSearcher.Continue(bounded, _rows, _metric, _query, filter, first, end, mine, _found[worker], ref scored);
            Interlocked.Add(ref _scored, scored);
            if (kept < 0) _isVain = true;
            else _found[worker] = kept;
        }
    }
}
