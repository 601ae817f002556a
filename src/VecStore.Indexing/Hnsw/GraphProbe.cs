using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// Tries the graph out before its last nodes go in: those are queries that the graph has not seen, drawn at random like all of the order
/// of insertion. What they find at each ef is kept in the file; from it a search chooses its ef, and whether to walk at all.
/// </summary>
internal static unsafe class GraphProbe
{
    public const int Steps = 7;
    private const int MostQueries = 512, QueryShare = 32, Nearest = 10, Middle = 30, Deepest = 100, LeastNodes = 4096;

    /// <summary>The efs that are tried.</summary>
    public static ReadOnlySpan<int> Efs => [16, 32, 64, 128, 256, 512, 1024];

    /// <summary>Nodes held out of a graph of that size; 0 when it is too small to matter.</summary>
    public static int HeldOut(int nodes) => nodes < LeastNodes ? 0 : Math.Min(MostQueries, nodes / QueryShare);

    /// <summary>Measures; called when exactly the held-out nodes, the last ones, are still missing. Copies are neither asked for nor counted.</summary>
    public static ProbeStep[] Run<TSpace, T>(GraphBuild<TSpace> build, TSpace space, RowScorer<T> scorer, Metric metric, InsertionOrder order, bool onCodes, int threads)
        where TSpace : struct, IVectorSpace
        where T : unmanaged
    {
        VectorRows rows = scorer.Rows;
        int held = HeldOut(order.RowOf.Length), first = order.RowOf.Length - held;
        RowSet inserted = RowSet.Of(rows.Count, order.RowOf.AsSpan(0, first));
        var results = new (int Hits, int Hits30, int Hits100, long Scored, long Expanded)[held, Steps];
        float[] asked = new float[held * rows.Dimension];
        for (int query = 0; query < held; query++)
        {
            fixed (float* x = &asked[query * rows.Dimension]) scorer.Decode(order.RowOf[first + query], x);
        }
        var truths = new ScoredRow[held * Deepest];
        ExactSearcher.Batch(rows, metric, asked, new() { Threads = threads }, null, inserted, truths, new int[held], out _);
        build.ForEach(held, (scratch, query) =>
        {
            uint node = (uint)(first + query);
            PreparedQuery.Prepare(asked.AsSpan(query * rows.Dimension, rows.Dimension), metric, scratch.RowQuery);
            SearchStatistics statistics = default;
            ReadOnlySpan<ScoredRow> truth = truths.AsSpan(query * Deepest, Deepest);
            Span<ScoredRow> found = stackalloc ScoredRow[Nearest];
            var depths = new Dictionary<int, int>(Deepest);
            for (int i = 0; i < truth.Length; i++) depths.Add(truth[i].Row, i);
            for (int step = 0; step < Steps; step++)
            {
                int hits = 0, hits30 = 0, hits100 = 0;
                scratch.Scored = scratch.Expanded = 0;
                space.LoadNode(node, scratch.Query);
                build.SearchBase(scratch, Efs[step]);
                CandidatePool pool = scratch.Pool;
                scratch.Reserve(pool.Count);
                for (int i = 0; i < pool.Count; i++)
                {
                    scratch.Candidates[i] = (uint)order.RowOf[CandidatePool.NodeOf(pool[i])];
                    scratch.CandidateScores[i] = CandidatePool.ScoreOf(pool[i]);
                    if (!depths.TryGetValue((int)scratch.Candidates[i], out int depth)) continue;
                    hits100++;
                    if (depth < Middle) hits30++;
                }
                int count = Rescorer.Run(scorer, metric, scratch, pool.Count, onCodes, default, found, ref statistics);
                foreach (ScoredRow row in found[..count])
                {
                    if (row.Score >= truth[Nearest - 1].Score) hits++;
                }
                results[query, step] = (hits, hits30, hits100, scratch.Scored, scratch.Expanded);
            }
        });
        var steps = new ProbeStep[Steps];
        for (int step = 0; step < Steps; step++)
        {
            double hits = 0, hits30 = 0, hits100 = 0, scored = 0, expanded = 0;
            for (int query = 0; query < held; query++)
            {
                hits += results[query, step].Hits;
                hits30 += results[query, step].Hits30;
                hits100 += results[query, step].Hits100;
                scored += results[query, step].Scored;
                expanded += results[query, step].Expanded;
            }
            steps[step] = new ProbeStep(Efs[step], (float)(hits / (held * Nearest)), (float)(hits30 / (held * Middle)), (float)(hits100 / (held * Deepest)), (float)(scored / held), (float)(expanded / held));
        }
        return steps;
    }
}
