using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>Runs rankings over all candidate rows, on several threads: each walks its own range of blocks, the ranges are combined in row order.</summary>
internal static unsafe class AnalogyScan
{
    public static AnalogyRanking[] Run(AnalogyBatch batch, IReadOnlyList<AnalogyRanking> rankings, int threads, CancellationToken cancellation)
    {
        foreach (AnalogyRanking ranking in rankings) ranking.ScoreExpected(batch);
        using NativeBlock<float> queries = batch.PackQueries();
        int blocks = (batch.Candidates + CandidateBlocks.BlockRows - 1) / CandidateBlocks.BlockRows;
        int parts = Workers.Count(threads, blocks);
        AnalogyRanking[][] partials = new AnalogyRanking[parts][];
        for (int part = 0; part < parts; part++) partials[part] = [.. rankings.Select(ranking => ranking.Empty())];
        Workers.Run(parts, part =>
        {
            using CandidateBlocks walker = new(batch.Rows, queries.Base, batch.QueryCount);
            int end = (int)((long)blocks * (part + 1) / parts);
            for (int block = (int)((long)blocks * part / parts); block < end; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                int first = block * CandidateBlocks.BlockRows;
                int count = Math.Min(CandidateBlocks.BlockRows, batch.Candidates - first);
                walker.Load(first, count);
                foreach (AnalogyRanking ranking in partials[part]) ranking.Observe(walker.Products, first, count);
            }
        });
        for (int part = 1; part < parts; part++)
            for (int i = 0; i < rankings.Count; i++) partials[0][i].Combine(partials[part][i]);
        return partials[0];
    }
}
