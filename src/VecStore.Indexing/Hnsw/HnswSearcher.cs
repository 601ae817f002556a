using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>Approximate search of one segment: plans, walks, and scores the best candidates on the full rows.</summary>
public static unsafe class HnswSearcher
{
    /// <summary>
    /// Finds the rows nearest to a query (as many as <paramref name="nearest"/> is long), best first, ties by the smaller row; returns
    /// how many there are. Deleted rows and rows that are not allowed are never returned, and the answer is short only when there are no
    /// more rows. <see cref="ArgumentException"/> when the query has another dimension or is not finite,
    /// <see cref="StoreCorruptException"/> when a block that is read is damaged. Allocates nothing once warm.
    /// </summary>
    public static int Search(HnswGraph graph, in VectorRows rows, ReadOnlySpan<float> query, HnswSearchOptions options, RowSet? deleted, RowSet? allowed,
        Span<ScoredRow> nearest, out SearchStatistics statistics)
    {
        PreparedQuery.Check(query, graph.Dimension);
        options.Check();
        if (rows.Count != graph.Count || rows.Dimension != graph.Dimension)
            throw new ArgumentException($"the graph is over {graph.Count} rows of dimension {graph.Dimension}, not {rows.Count} of {rows.Dimension}", nameof(rows));
        statistics = default;
        var filter = new RowFilter(rows.Count, deleted, allowed);
        Plan plan = SearchPlanner.Choose(graph, rows.StrideBytes, filter.Count, nearest.Length, options);
        statistics.Plan = plan.Kind;
        statistics.Ef = plan.Ef;
        SearchScratch scratch = graph.Rent();
        try
        {
            PreparedQuery.Prepare(query, graph.Metric, scratch.RowQuery);
            int found = ElementTypes.Run<SearchStep, int>(rows.ElementType, new SearchStep(graph, rows, filter, options, plan, scratch, nearest, ref statistics));
            if (found < nearest.Length) statistics.Short = ShortReason.FewerRowsThanAsked;
            return found;
        }
        finally
        {
            graph.Return(scratch);
        }
    }

    private readonly ref struct SearchStep(HnswGraph graph, VectorRows rows, RowFilter filter, HnswSearchOptions options, Plan plan,
        SearchScratch scratch, Span<ScoredRow> nearest, ref SearchStatistics statistics) : IElementStep<int>
    {
        private readonly RowFilter _filter = filter;
        private readonly Span<ScoredRow> _nearest = nearest;
        private readonly ref SearchStatistics _statistics = ref statistics;

        public int Run<T>() where T : unmanaged
        {
            // The codes of most rows are to be read anyway: with bounds that makes the answer exact.
            bool isBounded = plan.Kind == SearchPlan.CodeScan && options.Plan == null && BoundedQuery.Pays(graph, rows, _filter.Count, _nearest.Length);
            if (isBounded) _statistics.Plan = SearchPlan.ExactScan;
            if (plan.Kind == SearchPlan.ExactScan || isBounded)
                return ExactSearcher.Scan(graph, rows, graph.Metric, scratch.RowQuery, _filter, _nearest, ref _statistics);
            var scorer = new RowScorer<T>(rows, graph.Metric);
            scratch.Scored = scratch.Expanded = 0;
            int accepted = Candidates(scorer, plan, out int rowsMet);
            // A filter that thins out around the query: the walk kept fewer rows than it was planned to. Then all that may be returned are scanned.
            if ((!_filter.PassesAll || plan.Kind == SearchPlan.SignScan) && rowsMet < Math.Min(_filter.Count, Enough))
            {
                if (options.Traversal == Traversal.Rows)
                {
                    _statistics.Plan = SearchPlan.ExactScan;
                    return ExactSearcher.Scan(graph, rows, graph.Metric, scratch.RowQuery, _filter, _nearest, ref _statistics);
                }
                Plan scan = plan.Kind == SearchPlan.SignScan ? SearchPlanner.CodeScan(_filter.Count, _nearest.Length) : SearchPlanner.Scan(graph, _filter.Count, _nearest.Length, options);
                _statistics.Plan = scan.Kind;
                accepted = Candidates(scorer, scan, out _);
            }
            _statistics.RowsVisited += scratch.Scored;
            _statistics.NodesExpanded += scratch.Expanded;
            return Rescorer.Run(scorer, graph.Metric, scratch, accepted, options.Traversal == Traversal.Codes || plan.Kind != SearchPlan.Graph,
                new EqualRows(graph, _filter), _nearest, ref _statistics);
        }

        /// <summary>Rows that may be returned which a walk should meet.</summary>
        private int Enough => Math.Max(_nearest.Length, plan.Wanted / 2);

        private int Candidates<T>(RowScorer<T> scorer, Plan how, out int rowsMet) where T : unmanaged
        {
            if (options.Traversal == Traversal.Codes || how.Kind != SearchPlan.Graph)
            {
                new ReadOnlySpan<float>(scratch.RowQuery, graph.Dimension).CopyTo(scratch.Vector);
                CodeTable.EncodeQuery(scratch.Vector, graph.Mean.Span, graph.Metric, scratch.Query);
                var codes = new CodeSpace(graph.CodeSection.Base, graph.RecordBytes, graph.Count, graph.Dimension);
                if (graph.UseTrusted()) Candidates(codes, how, trusted: true);
                else Candidates(new CheckedCodeSpace(codes, graph.CodeSection, graph.RecordBytes), how, trusted: false);
            }
            else
            {
                int queryFloats = PreparedQuery.PaddedLength(graph.Dimension);
                new ReadOnlySpan<float>(scratch.RowQuery, queryFloats).CopyTo(new Span<float>(scratch.Query, queryFloats));
                var full = new RowSpace<T>(scorer, graph.Metric, (int*)graph.RowNumbers);
                if (graph.UseTrusted()) Candidates(full, how, trusted: true);
                else Candidates(new CheckedRowSpace<T>(full, graph), how, trusted: false);
            }
            return Accept(filtered: how.Kind != SearchPlan.Graph, out rowsMet);
        }

        private void Candidates<TSpace>(TSpace space, Plan how, bool trusted) where TSpace : struct, IVectorSpace
        {
            if (how.Kind == SearchPlan.Graph)
            {
                if (trusted) MappedWalk.Trusted(space, graph, scratch, how.Ef);
                else MappedWalk.Checked(space, graph, scratch, how.Ef);
            }
            else if (how.Kind == SearchPlan.SignScan)
            {
                // Read nearly as a whole: verified at once.
                graph.SignSection!.EnsureAll();
                byte* table = graph.SignSection.Base;
                var query = SignQuery.Of(scratch.Vector, graph.Metric, ((float*)scratch.Query)[1], scratch.SignPlanes);
                float margin = SignTable.For(table, options.TargetRecall).Margin * query.Length;
                SignScan.Run(space, query, table + SignTable.HeaderBytes, margin, graph, _filter, scratch, _nearest.Length, how.Ef);
            }
            else if (_filter.PassesAll)
            {
                CodeScan.All(space, scratch, graph.LinkedNodes, how.Ef);
            }
            else
            {
                ulong* allowed = scratch.ClearedNodeBits();
                graph.Translate(_filter, allowed);
                CodeScan.Allowed(space, scratch, allowed, graph.LinkedNodes, how.Ef);
            }
        }

        /// <summary>
        /// Leaves the nodes of the pool that stand for a row that may be returned, nearest first, in the scratch; returns how many. Rows that may
        /// be returned are counted as far as <see cref="Enough"/>.
        /// </summary>
        private int Accept(bool filtered, out int rowsMet)
        {
            CandidatePool pool = scratch.Pool;
            scratch.Reserve(pool.Count);
            int accepted = 0;
            rowsMet = 0;
            bool check = !filtered && !_filter.PassesAll;
            var equal = new EqualRows(graph, _filter);
            for (int i = 0; i < pool.Count; i++)
            {
                uint node = CandidatePool.NodeOf(pool[i]);
                int row = graph.RowOf(node), passing = 1;
                if (check) passing = equal.Any ? equal.CountPassing(node, Math.Max(1, Enough - rowsMet)) : _filter.Passes(row) ? 1 : 0;
                if (passing == 0) continue;
                rowsMet += passing;
                scratch.Candidates[accepted] = (uint)row;
                scratch.CandidateNodes[accepted] = node;
                scratch.CandidateScores[accepted++] = CandidatePool.ScoreOf(pool[i]);
            }
            return accepted;
        }
    }
}
