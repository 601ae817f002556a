using System.Numerics;
using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Exact search: every row that may be returned is scored on its stored elements.</summary>
public static unsafe class ExactSearcher
{
    /// <summary>Rows scored at a time; their scores stay in the first-level cache.</summary>
    internal const int BlockRows = 512;

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
        int found = Scan(rows, metric, buffer.Query, filter, nearest, ref statistics);
        if (found < nearest.Length) statistics.Short = ShortReason.FewerRowsThanAsked;
        return found;
    }

    /// <summary>
    /// Searches for many queries at once: <paramref name="queries"/> holds them one after the other, <paramref name="nearest"/> gets
    /// <c>nearest.Length / found.Length</c> rows for each, <paramref name="found"/> how many there are. Every answer is the one
    /// <see cref="Search"/> gives, up to the rounding of scores.
    /// </summary>
    public static void Batch(in VectorRows rows, Metric metric, ReadOnlySpan<float> queries, ExactOptions options, RowSet? deleted, RowSet? allowed,
        Span<ScoredRow> nearest, Span<int> found, out SearchStatistics statistics)
    {
        statistics = new SearchStatistics { Plan = SearchPlan.ExactScan };
        if (queries.Length != found.Length * rows.Dimension)
            throw new ArgumentException($"{found.Length} queries of dimension {rows.Dimension} are {found.Length * rows.Dimension} elements, not {queries.Length}", nameof(queries));
        if (found.IsEmpty) return;
        if (nearest.Length % found.Length != 0) throw new ArgumentException($"{nearest.Length} rows cannot be shared evenly by {found.Length} queries", nameof(nearest));
        int k = nearest.Length / found.Length;
        for (int i = 0; i < found.Length; i++)
        {
            found[i] = Search(rows, metric, queries.Slice(i * rows.Dimension, rows.Dimension), options, deleted, allowed, nearest.Slice(i * k, k), out SearchStatistics one);
            statistics.Add(one);
            statistics.Short = one.Short;
        }
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

    /// <summary>Scans with a prepared query.</summary>
    internal static int Scan(in VectorRows rows, Metric metric, float* query, RowFilter filter, Span<ScoredRow> nearest, ref SearchStatistics statistics) =>
        nearest.IsEmpty ? 0 : ElementTypes.Run<ScanStep, int>(rows.ElementType, new ScanStep(rows, metric, query, filter, nearest, ref statistics));

    private static void Visit<T, TTake>(in VectorRows rows, Metric metric, float* query, RowFilter filter, ref TTake take, ref SearchStatistics statistics)
        where T : unmanaged
        where TTake : struct, ITakeScores, allows ref struct
    {
        var scorer = new RowScorer<T>(rows, metric);
        float* scores = stackalloc float[BlockRows];
        int* picks = stackalloc int[BlockRows];
        bool sparse = filter.Count < rows.Count / 4 * 3;
        statistics.RowsVisited += filter.Count;
        statistics.RowsRescored += filter.Count;
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            int count = Math.Min(BlockRows, rows.Count - first);
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
                for (int i = 0; i < count; i++) take.Take(first + i, scores[i]);
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
    }

    private ref struct TakeNearest(Span<ScoredRow> nearest) : ITakeScores
    {
        public NearestRows Nearest = new(nearest);

        public void Take(int row, float score) => Nearest.Offer(row, score);
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
    }

    private readonly ref struct ScanStep(VectorRows rows, Metric metric, float* query, RowFilter filter, Span<ScoredRow> nearest, ref SearchStatistics statistics)
        : IElementStep<int>
    {
        private readonly RowFilter _filter = filter;
        private readonly Span<ScoredRow> _nearest = nearest;
        private readonly ref SearchStatistics _statistics = ref statistics;

        public int Run<T>() where T : unmanaged
        {
            var take = new TakeNearest(_nearest);
            Visit<T, TakeNearest>(rows, metric, query, _filter, ref take, ref _statistics);
            return take.Nearest.Finish();
        }
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
            Visit<T, TakeWithin>(rows, metric, query, _filter, ref take, ref _statistics);
            take.Nearest.Finish();
            return take.Count;
        }
    }
}
