using System.Buffers;
using System.Globalization;
using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore;

/// <summary>Searches a state of a collection: each segment by its graph or by a scan, and the best of all.</summary>
internal static class StateSearch
{
    private const int StackRows = 256;

    public static int Nearest(CollectionState state, ReadOnlySpan<float> query, Span<Neighbor> nearest, SearchOptions options, out SearchReport report)
    {
        Check(state.Schema, query, options);
        ScoredRow[]? rented = nearest.Length > StackRows ? ArrayPool<ScoredRow>.Shared.Rent(nearest.Length) : null;
        Span<ScoredRow> rows = rented is null ? stackalloc ScoredRow[StackRows] : rented;
        rows = rows[..nearest.Length];
        var merged = new MergedNeighbors(nearest, 0);
        long visited = 0;
        long eligible = 0;
        bool exact = true;
        foreach (SegmentView view in state.Views)
        {
            if (view.Live == 0) continue;
            RowSet? allowed = options.Filter is null ? null : view.Handle.Passing(options.Filter, view.Rows);
            eligible += Eligible(view, allowed);
            int found = One(state.Schema.Metric, view, allowed, query, rows, options, out SearchStatistics statistics);
            visited += statistics.RowsVisited;
            exact &= statistics.IsExact;
            merged.Add(view, rows[..found], options.MinScore);
        }

        if (rented is not null) ArrayPool<ScoredRow>.Shared.Return(rented);
        report = new SearchReport(exact ? SearchMethod.Exact : SearchMethod.Approximate, nearest.Length, merged.Count, visited, eligible);
        return merged.Count;
    }

    public static SearchReport Batch(CollectionState state, ReadOnlySpan<float> queries, int k, Span<Neighbor> nearest, Span<int> found, SearchOptions options)
    {
        int dimension = state.Schema.Dimension;
        ArgumentOutOfRangeException.ThrowIfNegative(k);
        if (queries.Length != (long)found.Length * dimension)
            throw new ArgumentException($"{queries.Length} elements are not {found.Length} queries of dimension {dimension}.", nameof(queries));
        if (nearest.Length < (long)found.Length * k)
            throw new ArgumentException($"Room for {nearest.Length} neighbours; {found.Length} queries with {k} each need {(long)found.Length * k}.", nameof(nearest));
        for (int i = 0; i < found.Length; i++) Check(state.Schema, queries.Slice(i * dimension, dimension), options);
        found.Clear();
        nearest.Clear();
        if (found.Length == 0 || k == 0) return new SearchReport(SearchMethod.Exact, 0, 0, 0, 0);
        ScoredRow[] rows = ArrayPool<ScoredRow>.Shared.Rent(found.Length * k);
        int[] counts = ArrayPool<int>.Shared.Rent(found.Length);
        long visited = 0;
        long eligible = 0;
        bool exact = true;
        foreach (SegmentView view in state.Views)
        {
            if (view.Live == 0) continue;
            RowSet? allowed = options.Filter is null ? null : view.Handle.Passing(options.Filter, view.Rows);
            eligible += Eligible(view, allowed) * found.Length;
            SearchStatistics statistics;
            if (view.Handle.Graph is null || options.Method == SearchMethod.Exact)
                ExactSearcher.Batch(view.Vectors, state.Schema.Metric, queries, new ExactOptions { Threads = options.Threads, Graph = view.Handle.Graph }, view.Deleted, allowed,
                    rows.AsSpan(0, found.Length * k), counts.AsSpan(0, found.Length), out statistics);
            else
                WalkBatch(state.Schema, view, allowed, queries, found.Length, k, rows, counts, options, out statistics);
            visited += statistics.RowsVisited;
            exact &= statistics.IsExact;
            for (int i = 0; i < found.Length; i++)
            {
                var merged = new MergedNeighbors(nearest.Slice(i * k, k), found[i]);
                merged.Add(view, rows.AsSpan(i * k, counts[i]), options.MinScore);
                found[i] = merged.Count;
            }
        }

        ArrayPool<ScoredRow>.Shared.Return(rows);
        ArrayPool<int>.Shared.Return(counts);
        int total = 0;
        foreach (int count in found) total += count;
        return new SearchReport(exact ? SearchMethod.Exact : SearchMethod.Approximate, found.Length * k, total, visited, eligible);
    }

    // Through the graph query by query, shared among the threads; each query's answer is the one it has alone.
    private static unsafe void WalkBatch(CollectionSchema schema, SegmentView view, RowSet? allowed, ReadOnlySpan<float> queries, int asked, int k, ScoredRow[] rows, int[] counts,
        SearchOptions options, out SearchStatistics statistics)
    {
        var each = new SearchStatistics[asked];
        fixed (float* first = queries)
        {
            float* start = first; // a fixed local cannot be captured; the memory stays pinned until all threads are done
            Parallel.For(0, asked, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, i =>
            {
                var query = new ReadOnlySpan<float>(start + ((long)i * schema.Dimension), schema.Dimension);
                counts[i] = One(schema.Metric, view, allowed, query, rows.AsSpan(i * k, k), options, out each[i]);
            });
        }

        statistics = default;
        foreach (SearchStatistics one in each) statistics.Add(one);
    }

    public static IReadOnlyList<Neighbor> Range(CollectionState state, ReadOnlySpan<float> query, float minScore, Filter? filter, out long eligible)
    {
        if (float.IsNaN(minScore)) throw new ArgumentException("The least score is not a number.", nameof(minScore));
        Check(state.Schema, query, new SearchOptions { Filter = filter });
        var all = new List<(Neighbor Neighbor, int Order)>();
        eligible = 0;
        int order = 0;
        foreach (SegmentView view in state.Views)
        {
            order++;
            if (view.Live == 0) continue;
            RowSet? allowed = filter is null ? null : view.Handle.Passing(filter, view.Rows);
            eligible += Eligible(view, allowed);
            ScoredRow[] rows = new ScoredRow[1_024];
            int found = ExactSearcher.Range(view.Vectors, state.Schema.Metric, query, minScore, view.Deleted, allowed, rows, out _);
            if (found > rows.Length)
            {
                rows = new ScoredRow[found];
                found = ExactSearcher.Range(view.Vectors, state.Schema.Metric, query, minScore, view.Deleted, allowed, rows, out _);
            }

            foreach (ScoredRow row in rows.AsSpan(0, found)) all.Add((NeighborOf(view, row), order));
        }

        return [.. all.OrderByDescending(n => n.Neighbor.Score).ThenBy(n => n.Order).ThenBy(n => n.Neighbor.Row.Row).Select(n => n.Neighbor)];
    }

    /// <summary>Rows of a segment that may be in an answer.</summary>
    public static long Eligible(SegmentView view, RowSet? allowed)
    {
        if (allowed is null) return view.Live;
        if (view.Deleted is not { } deleted) return allowed.Count;
        long both = 0;
        ReadOnlySpan<ulong> gone = deleted.Words;
        ReadOnlySpan<ulong> wanted = allowed.Words;
        for (int i = 0; i < wanted.Length; i++) both += System.Numerics.BitOperations.PopCount(i < gone.Length ? wanted[i] & ~gone[i] : wanted[i]);
        return both;
    }

    public static Neighbor NeighborOf(SegmentView view, ScoredRow row)
    {
        long key = view.Segment.Schema.KeyKind == KeyKind.Int64 ? view.Segment.Int64Key(row.Row) : 0;
        return new Neighbor(new RowId((uint)view.Segment.Id, row.Row), key, row.Score);
    }

    private static int One(Metric metric, SegmentView view, RowSet? allowed, ReadOnlySpan<float> query, Span<ScoredRow> rows, SearchOptions options, out SearchStatistics statistics)
    {
        if (view.Handle.Graph is not { } graph || options.Method == SearchMethod.Exact)
            return ExactSearcher.Search(view.Vectors, metric, query, new ExactOptions { Threads = options.Threads, Graph = view.Handle.Graph }, view.Deleted, allowed, rows, out statistics);
        var how = new HnswSearchOptions
        {
            Ef = options.Effort,
            TargetRecall = options.TargetRecall,
            Traversal = options.Traversal,
            Plan = options.Method == SearchMethod.Approximate ? SearchPlan.Graph : null,
        };
        return HnswSearcher.Search(graph, view.Vectors, query, how, view.Deleted, allowed, rows, out statistics);
    }

    private static void Check(CollectionSchema schema, ReadOnlySpan<float> query, SearchOptions options)
    {
        if (query.Length != schema.Dimension) throw new ArgumentException($"The query has dimension {query.Length}, the collection has {schema.Dimension}.", nameof(query));
        for (int i = 0; i < query.Length; i++)
        {
            if (!float.IsFinite(query[i]))
                throw new ArgumentException($"Element {i} of the query is {query[i].ToString(CultureInfo.InvariantCulture)}: only finite numbers are allowed.", nameof(query));
        }

        if (options.Effort is < 0 or > 1 << 20) throw new ArgumentException($"The effort is {options.Effort}; 0 to {1 << 20} are allowed.", nameof(options));
        if (options.Threads < 1) throw new ArgumentException($"The number of threads is {options.Threads}; at least 1 is needed.", nameof(options));
        if (float.IsNaN(options.MinScore)) throw new ArgumentException("The least score is not a number.", nameof(options));
        if (options.Filter is not null) FilterEvaluation.Check(options.Filter, schema);
    }

    /// <summary>The best of several segments, kept sorted in the caller's span. Of equal scores the earlier segment and row comes first.</summary>
    private ref struct MergedNeighbors(Span<Neighbor> nearest, int count)
    {
        private readonly Span<Neighbor> _nearest = nearest;

        public int Count { get; private set; } = count;

        public void Add(SegmentView view, scoped ReadOnlySpan<ScoredRow> rows, float minScore)
        {
            foreach (ScoredRow row in rows)
            {
                if (row.Score < minScore) return;
                if (Count == _nearest.Length && row.Score <= _nearest[^1].Score) return;
                int place = Count < _nearest.Length ? Count++ : Count - 1;
                while (place > 0 && _nearest[place - 1].Score < row.Score)
                {
                    _nearest[place] = _nearest[place - 1];
                    place--;
                }

                _nearest[place] = NeighborOf(view, row);
            }
        }
    }
}
