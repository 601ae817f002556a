using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Indexing;

/// <summary>
/// Scores the rows that may be returned by their signs, and on their codes those that may be among the nearest by the measured margin of the
/// signs.  Where signs tell little more codes are looked at, and the scan takes longer.
/// </summary>
internal static unsafe class SignScan
{
    private const int BlockRows = 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TSpace>(TSpace space, in SignQuery query, byte* records, float margin, HnswGraph graph, in RowFilter filter, SearchScratch scratch, int k, int keep)
        where TSpace : struct, IVectorSpace
    {
        int count = graph.Copies == null ? List(filter, scratch) : ListLinked(graph, filter, scratch);
        uint* nodeOf = graph.NodeNumbers();
        uint* rows = scratch.Listed;
        float* bounds = scratch.Bounds;
        query.AtMost(records, rows, count, margin, bounds);
        for (int i = count; i < count + Vector256<float>.Count; i++) bounds[i] = float.NegativeInfinity;
        CandidatePool pool = scratch.Pool;
        pool.Begin(keep);
        float bar = float.NegativeInfinity;
        for (int i = 0; i < count; i += Vector256<float>.Count)
        {
            for (uint above = Above(bounds + i, bar); above != 0; above &= above - 1)
            {
                int at = i + BitOperations.TrailingZeroCount(above);
                ulong key = CandidatePool.Key(bounds[at], (uint)at);
                if (key < pool.Limit) pool.Insert(key);
            }
            if (pool.Count == keep) bar = CandidatePool.ScoreOf(pool[keep - 1]);
        }
        scratch.Scored += count;

        // The best by signs go first: the k-th of them on codes is a bar that most of the others cannot reach.
        int best = pool.Count;
        scratch.Reserve(best);
        for (int i = 0; i < best; i++) scratch.Candidates[i] = CandidatePool.NodeOf(pool[i]);
        pool.Begin(keep);
        int picked = 0;
        for (int i = 0; i < best; i++)
        {
            uint at = scratch.Candidates[i];
            bounds[at] = float.NegativeInfinity;
            scratch.Kept[picked++] = rows[at];
            if (picked == BlockRows || i == best - 1) picked = Take(space, nodeOf, scratch, picked);
        }
        bar = Bar(pool, k);
        for (int i = 0; i < count; i += Vector256<float>.Count)
        {
            for (uint above = Above(bounds + i, bar); above != 0; above &= above - 1)
            {
                scratch.Kept[picked++] = rows[i + BitOperations.TrailingZeroCount(above)];
            }
            if (picked < BlockRows) continue;
            picked = Take(space, nodeOf, scratch, picked);
            bar = Bar(pool, k);
        }
        _ = Take(space, nodeOf, scratch, picked);
    }

    private static uint Above(float* bounds, float bar) => Vector256.GreaterThan(Vector256.Load(bounds), Vector256.Create(bar)).ExtractMostSignificantBits();

    private static float Bar(CandidatePool pool, int k) => pool.Count < k ? float.NegativeInfinity : CandidatePool.ScoreOf(pool[k - 1]);

    /// <summary>Lists the rows that pass; some more follow that may be asked for ahead.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int List(in RowFilter filter, SearchScratch scratch)
    {
        const int unrolled = 8;
        scratch.ReserveRows(filter.Count + 64 + SignQuery.RowsAhead);
        uint* at = scratch.Listed;
        for (int word = 0; word < (filter.RowCount + 63) / 64; word++)
        {
            ulong bits = filter.Word(word);
            uint* end = at + BitOperations.PopCount(bits);
            // Eight at a time whether there are so many or not: how many bits a word has cannot be predicted.
            for (; at < end; at += unrolled)
            {
                for (int i = 0; i < unrolled; i++)
                {
                    at[i] = (uint)((word << 6) + BitOperations.TrailingZeroCount(bits));
                    bits &= bits - 1;
                }
            }
            at = end;
        }
        return End(scratch, at);
    }

    /// <summary>In a graph with copies: lists the rows of the linked nodes that stand for a row that passes.</summary>
    private static int ListLinked(HnswGraph graph, in RowFilter filter, SearchScratch scratch)
    {
        scratch.ReserveRows(Math.Min(filter.Count, graph.LinkedNodes) + 64 + SignQuery.RowsAhead);
        ulong* allowed = scratch.ClearedNodeBits();
        graph.Translate(filter, allowed);
        uint* at = scratch.Listed;
        for (int word = 0; word < (graph.LinkedNodes + 63) / 64; word++)
        {
            for (ulong bits = allowed[word]; bits != 0; bits &= bits - 1)
            {
                *at++ = (uint)graph.RowOf((uint)((word << 6) + BitOperations.TrailingZeroCount(bits)));
            }
        }
        return End(scratch, at);
    }

    private static int End(SearchScratch scratch, uint* at)
    {
        int count = (int)(at - scratch.Listed);
        for (int i = 0; i < SignQuery.RowsAhead; i++) at[i] = count == 0 ? 0 : at[-1];
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Take<TSpace>(TSpace space, uint* nodeOf, SearchScratch scratch, int count) where TSpace : struct, IVectorSpace
    {
        CandidatePool pool = scratch.Pool;
        for (int i = 0; i < count; i++) scratch.Picks[i] = nodeOf[scratch.Kept[i]];
        space.Score(scratch.Query, scratch.Picks, count, scratch.Scores);
        for (int i = 0; i < count; i++)
        {
            ulong key = CandidatePool.Key(scratch.Scores[i], scratch.Picks[i]);
            if (key < pool.Limit) pool.Insert(key);
        }
        return 0;
    }
}
