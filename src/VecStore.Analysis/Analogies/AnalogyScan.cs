using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>Runs rankings over all candidate rows.</summary>
internal static unsafe class AnalogyScan
{
    public static AnalogyRanking[] Run(AnalogyBatch batch, IReadOnlyList<AnalogyRanking> rankings, int threads, CancellationToken cancellation)
    {
        foreach (AnalogyRanking ranking in rankings) ranking.ScoreExpected(batch);
        using NativeBlock<float> queries = batch.PackQueries();
        AnalogyRanking[][] partials = CandidateBlocks.Walk(
            batch.Rows, batch.Candidates, queries.Base, batch.QueryCount, threads, () => rankings.Select(ranking => ranking.Empty()).ToArray(), (own, products, first, count) =>
            {
                foreach (AnalogyRanking ranking in own) ranking.Observe(products, first, count);
            }, cancellation);
        foreach (AnalogyRanking[] later in partials[1..])
            for (int i = 0; i < later.Length; i++) partials[0][i].Combine(later[i]);
        return partials[0];
    }
}
