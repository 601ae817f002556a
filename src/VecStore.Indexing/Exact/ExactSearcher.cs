using System.Numerics;
using VecStore.Kernels;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Exact search: every row that may be returned is scored on its stored elements.</summary>
public static unsafe class ExactSearcher
{
    /// <summary>Rows scored at a time; their scores stay in the first-level cache.</summary>
    internal const int BlockRows = 512;

    /// <summary>A filter that passes less than one row in so many is not worth a tile of all of them.</summary>
    private const int SparseShare = 16;

    /// <summary>
    /// Finds the <paramref name="nearest"/> rows (as many as the span is long), best first, ties by the smaller row; returns how many there are.
    /// <see cref="ArgumentException"/> when the query has another dimension or is not finite. Allocates nothing with one thread.
    /// </summary>
    public static int Search(in VectorRows rows, Metric metric, ReadOnlySpan<float> query, ExactOptions options, RowSet? deleted, RowSet? allowed,
        Span<ScoredRow> nearest, out SearchStatistics statistics)
    {
        PreparedQuery.Check(query, rows.Dimension);
        statistics = new SearchStatistics { Plan = SearchPlan.ExactScan };
        var filter = new RowFilter(rows.Count, deleted, allowed);
        using var buffer = new QueryBuffer(query, metric);
        int threads = Math.Min(options.ThreadCount, rows.Count / ParallelScan.LeastRows), found;
        if (threads <= 1 || nearest.IsEmpty)
        {
            found = Scan(options.Graph, rows, metric, buffer.Query, filter, nearest, ref statistics);
        }
        else
        {
            found = ParallelScan.Run(options.Graph, rows, metric, buffer.Query, threads, deleted, allowed, nearest, out statistics.RowsRescored);
            statistics.RowsVisited = filter.Count;
        }
        if (found < nearest.Length) statistics.Short = ShortReason.FewerRowsThanAsked;
        return found;
    }

    /// <summary>
    /// Searches for many queries at once: <paramref name="queries"/> holds them one after the other, <paramref name="nearest"/> gets
    /// <c>nearest.Length / found.Length</c> rows for each, <paramref name="found"/> how many there are. Every answer is the one
    /// <see cref="Search"/> gives, score for score.
    /// </summary>
    public static void Batch(in VectorRows rows, Metric metric, ReadOnlySpan<float> queries, ExactOptions options, RowSet? deleted, RowSet? allowed,
        Span<ScoredRow> nearest, Span<int> found, out SearchStatistics statistics)
    {
        statistics = new SearchStatistics { Plan = SearchPlan.ExactScan };
        if (queries.Length != found.Length * rows.Dimension)
            throw new ArgumentException($"{found.Length} queries of dimension {rows.Dimension} are {found.Length * rows.Dimension} elements, not {queries.Length}", nameof(queries));
        if (found.IsEmpty) return;
        if (nearest.Length % found.Length != 0) throw new ArgumentException($"{nearest.Length} rows cannot be shared evenly by {found.Length} queries", nameof(nearest));
        for (int i = 0; i < found.Length; i++) PreparedQuery.Check(queries.Slice(i * rows.Dimension, rows.Dimension), rows.Dimension);
        int k = nearest.Length / found.Length;
        var filter = new RowFilter(rows.Count, deleted, allowed);
        statistics.RowsVisited = (long)filter.Count * found.Length;
        if (filter.Count < k) statistics.Short = ShortReason.FewerRowsThanAsked;
        found.Clear();
        if (k == 0) return;
        if (filter.Count < rows.Count / SparseShare)
        {
            statistics.RowsRescored = statistics.RowsVisited;
            for (int i = 0; i < found.Length; i++)
                found[i] = Search(rows, metric, queries.Slice(i * rows.Dimension, rows.Dimension), options, deleted, allowed, nearest.Slice(i * k, k), out _);
            return;
        }
        HnswGraph? graph = Int8Panel.IsAccelerated && BoundedQuery.Pays(options.Graph, rows, filter.Count, k) ? options.Graph : null;
        long scored = 0;
        fixed (float* first = queries)
        fixed (ScoredRow* best = nearest)
        fixed (int* counts = found)
            ElementTypes.Run<ExactBatch, int>(rows.ElementType, new ExactBatch(rows, metric, first, found.Length, options.ThreadCount, deleted, allowed, graph, &scored, best, k, counts));
        statistics.RowsRescored = scored;
    }

    /// <summary>
    /// Finds every row that scores at least <paramref name="minScore"/>, best first. Returns how many there are; only the best
    /// <c>within.Length</c> of them are in the span.
    /// </summary>
    public static int Range(in VectorRows rows, Metric metric, ReadOnlySpan<float> query, float minScore, RowSet? deleted, RowSet? allowed,
        Span<ScoredRow> within, out SearchStatistics statistics)
    {
        PreparedQuery.Check(query, rows.Dimension);
        statistics = new SearchStatistics { Plan = SearchPlan.ExactScan };
        using var buffer = new QueryBuffer(query, metric);
        return ElementTypes.Run<RangeStep, int>(rows.ElementType,
            new RangeStep(rows, metric, buffer.Query, new RowFilter(rows.Count, deleted, allowed), minScore, within, ref statistics));
    }

    /// <summary>Scans with a prepared query: by way of the codes where that pays.</summary>
    internal static int Scan(HnswGraph? graph, in VectorRows rows, Metric metric, float* query, RowFilter filter, Span<ScoredRow> nearest, ref SearchStatistics statistics)
    {
        if (nearest.IsEmpty) return 0;
        if (BoundedQuery.Pays(graph, rows, filter.Count, nearest.Length))
        {
            using var bounded = new BoundedQuery(graph!, query);
            long scored = 0;
            int kept = Continue(bounded, rows, metric, query, filter, 0, rows.Count, nearest, 0, ref scored);
            if (kept >= 0)
            {
                statistics.RowsVisited += filter.Count;
                statistics.RowsRescored += scored;
                return new NearestRows(nearest, kept).Finish();
            }
        }
        return new NearestRows(nearest, Continue(rows, metric, query, filter, 0, rows.Count, nearest, 0, ref statistics)).Finish();
    }

    /// <summary>As the other, over a range of nodes; -1 when bounds are of no use.</summary>
    internal static int Continue(in BoundedQuery bounded, in VectorRows rows, Metric metric, float* query, RowFilter filter, int first, int end, Span<ScoredRow> nearest, int kept, ref long scored) =>
        bounded.IsUsable ? ElementTypes.Run<BoundedStep, int>(rows.ElementType, new BoundedStep(bounded, rows, metric, query, filter, first, end, nearest, kept, ref scored)) : -1;

    /// <summary>Scans the rows of a range that begins at a multiple of 64, going on with the rows kept before; they are not in order yet.</summary>
    internal static int Continue(in VectorRows rows, Metric metric, float* query, RowFilter filter, int first, int end, Span<ScoredRow> nearest, int kept, ref SearchStatistics statistics) =>
        ElementTypes.Run<ScanStep, int>(rows.ElementType, new ScanStep(rows, metric, query, filter, first, end, nearest, kept, ref statistics));

    private static void Visit<T, TTake>(in VectorRows rows, Metric metric, float* query, RowFilter filter, int from, int end, ref TTake take, ref SearchStatistics statistics)
        where T : unmanaged
        where TTake : struct, ITakeScores, allows ref struct
    {
        var scorer = new RowScorer<T>(rows, metric);
        float* scores = stackalloc float[BlockRows];
        int* picks = stackalloc int[BlockRows];
        bool sparse = filter.Count < rows.Count / 4 * 3;
        statistics.RowsVisited += filter.Count;
        statistics.RowsRescored += filter.Count;
        for (int first = from; first < end; first += BlockRows)
        {
            int count = Math.Min(BlockRows, end - first);
            if (sparse || filter.Count == 0)
            {
                count = Pick(filter, first, count, picks);
                if (count == 0) continue;
                scorer.Gather(query, picks, count, scores);
                for (int i = 0; i < count; i++) take.Take(picks[i], scores[i]);
                continue;
            }
            scorer.Range(query, first, count, scores);
            if (filter.PassesAll)
            {
                take.Take(first, scores, count);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    if (filter.Passes(first + i)) take.Take(first + i, scores[i]);
                }
            }
        }
    }

    private static int Pick(RowFilter filter, int first, int count, int* picks)
    {
        int picked = 0;
        for (int word = first >> 6; word < (first + count + 63) >> 6; word++)
        {
            for (ulong bits = filter.Word(word); bits != 0; bits &= bits - 1) picks[picked++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
        }
        return picked;
    }

    private interface ITakeScores
    {
        void Take(int row, float score);

        void Take(int firstRow, float* scores, int count);
    }

    private ref struct TakeNearest(Span<ScoredRow> nearest, int kept) : ITakeScores
    {
        public NearestRows Nearest = new(nearest, kept);

        public void Take(int row, float score) => Nearest.Offer(row, score);

        public void Take(int firstRow, float* scores, int count) => Nearest.Offer(scores, count, firstRow);
    }

    private ref struct TakeWithin(Span<ScoredRow> within, float minScore) : ITakeScores
    {
        public NearestRows Nearest = new(within);
        public int Count;

        public void Take(int row, float score)
        {
            if (!(score >= minScore)) return;
            Count++;
            Nearest.Offer(row, score);
        }

        public void Take(int firstRow, float* scores, int count)
        {
            for (int i = 0; i < count; i++) Take(firstRow + i, scores[i]);
        }
    }

    private readonly ref struct ScanStep(VectorRows rows, Metric metric, float* query, RowFilter filter, int first, int end, Span<ScoredRow> nearest, int kept,
        ref SearchStatistics statistics) : IElementStep<int>
    {
        private readonly RowFilter _filter = filter;
        private readonly Span<ScoredRow> _nearest = nearest;
        private readonly ref SearchStatistics _statistics = ref statistics;

        public int Run<T>() where T : unmanaged
        {
            var take = new TakeNearest(_nearest, kept);
            Visit<T, TakeNearest>(rows, metric, query, _filter, first, end, ref take, ref _statistics);
            return take.Nearest.Count;
        }
    }

    private readonly ref struct BoundedStep(BoundedQuery bounded, VectorRows rows, Metric metric, float* query, RowFilter filter, int first, int end, Span<ScoredRow> nearest, int kept,
        ref long scored) : IElementStep<int>
    {
        private readonly RowFilter _filter = filter;
        private readonly Span<ScoredRow> _nearest = nearest;
        private readonly ref long _scored = ref scored;

        public int Run<T>() where T : unmanaged => bounded.Continue(new RowScorer<T>(rows, metric), query, _filter, first, end, _nearest, kept, ref _scored);
    }

    private readonly ref struct RangeStep(VectorRows rows, Metric metric, float* query, RowFilter filter, float minScore, Span<ScoredRow> within, ref SearchStatistics statistics)
        : IElementStep<int>
    {
        private readonly RowFilter _filter = filter;
        private readonly Span<ScoredRow> _within = within;
        private readonly ref SearchStatistics _statistics = ref statistics;

        public int Run<T>() where T : unmanaged
        {
            var take = new TakeWithin(_within, minScore);
            Visit<T, TakeWithin>(rows, metric, query, _filter, 0, rows.Count, ref take, ref _statistics);
            take.Nearest.Finish();
            return take.Count;
        }
    }
}
