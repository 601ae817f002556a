using System.Numerics;
using System.Runtime.CompilerServices;

namespace VecStore.Indexing;

/// <summary>Scores the codes of all nodes, or of the allowed ones, and leaves the best in the pool.</summary>
internal static unsafe class CodeScan
{
    private const int BlockNodes = 256;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void All<TSpace>(TSpace space, SearchScratch scratch, int nodes, int keep) where TSpace : struct, IVectorSpace
    {
        scratch.Pool.Begin(keep);
        for (int first = 0; first < nodes; first += BlockNodes)
        {
            int count = Math.Min(BlockNodes, nodes - first);
            for (int i = 0; i < count; i++) scratch.Picks[i] = (uint)(first + i);
            Take(space, scratch, count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Allowed<TSpace>(TSpace space, SearchScratch scratch, ulong* allowed, int nodes, int keep) where TSpace : struct, IVectorSpace
    {
        scratch.Pool.Begin(keep);
        int count = 0, words = (nodes + 63) / 64;
        for (int word = 0; word < words; word++)
        {
            for (ulong bits = allowed[word]; bits != 0; bits &= bits - 1)
            {
                scratch.Picks[count++] = (uint)((word << 6) + BitOperations.TrailingZeroCount(bits));
            }
            if (count <= BlockNodes && word < words - 1) continue;
            Take(space, scratch, count);
            count = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take<TSpace>(TSpace space, SearchScratch scratch, int count) where TSpace : struct, IVectorSpace
    {
        CandidatePool pool = scratch.Pool;
        float* scores = scratch.Scores;
        space.Score(scratch.Query, scratch.Picks, count, scores);
        scratch.Scored += count;
        for (int i = 0; i < count; i++)
        {
            ulong key = CandidatePool.Key(scores[i], scratch.Picks[i]);
            if (key < pool.Limit) pool.Insert(key);
        }
    }
}
