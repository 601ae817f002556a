namespace VecStore.Indexing;

/// <summary>Scores the candidates of a walk on their full rows, nearest first, until no later one can enter the answer.</summary>
internal static unsafe class Rescorer
{
    private const int BlockRows = 8;

    /// <summary>
    /// Candidates lie in the scratch, rows with the walk's scores, nearest first. A walk on codes errs; the largest error seen so far
    /// tells how far down the list a row may still belong into the answer. With copies each candidate stands for all rows of its node.
    /// </summary>
    public static int Run<T>(RowScorer<T> scorer, Metric metric, SearchScratch scratch, int count, bool scoresErr, EqualRows copies, Span<ScoredRow> nearest,
        ref SearchStatistics statistics) where T : unmanaged
    {
        if (nearest.IsEmpty) return 0;
        var best = new NearestRows(nearest);
        int* rows = (int*)scratch.Candidates;
        float* walked = scratch.CandidateScores;
        float* scores = stackalloc float[BlockRows];
        float error = 0;
        int least = Math.Min(count, scoresErr ? Math.Max(2 * nearest.Length, BlockRows) : nearest.Length);
        int done = 0;
        while (done < count)
        {
            if (done >= least && best.IsFull)
            {
                if (!scoresErr) break;
                float threshold = metric == Metric.Euclidean ? -(best.Threshold * best.Threshold) : best.Threshold;
                if (walked[done] + error < threshold) break;
            }
            int some = Math.Min(BlockRows, count - done);
            scorer.Gather(scratch.RowQuery, rows + done, some, scores);
            for (int i = 0; i < some; i++)
            {
                if (copies.Any) copies.Offer(ref best, scratch.CandidateNodes[done + i], scores[i]);
                else best.Offer(rows[done + i], scores[i]);
                if (!scoresErr) continue;
                float exact = metric == Metric.Euclidean ? -(scores[i] * scores[i]) : scores[i];
                error = Math.Max(error, Math.Abs(exact - walked[done + i]));
            }
            done += some;
        }
        statistics.RowsRescored += done;
        return best.Finish();
    }
}
