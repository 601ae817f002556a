using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// Keeps the k best of a stream of (score, row) in the caller's memory; higher is better, among equal scores the smaller row, NaN never.
/// The result does not depend on the order of the stream. A heap with the worst on top: a score that does not beat it costs one
/// comparison, and of a block of scores eight are compared at once.
/// </summary>
public ref struct TopK
{
    private readonly Span<float> _scores;
    private readonly Span<int> _rows;
    private int _count;

    /// <summary>Keeps as many as the shorter span is long.</summary>
    public TopK(Span<float> scores, Span<int> rows) : this(scores, rows, count: 0)
    {
    }

    /// <summary>Goes on with <paramref name="count"/> kept before in the same memory, by a selection that was not finished.</summary>
    public TopK(Span<float> scores, Span<int> rows, int count)
    {
        int k = Math.Min(scores.Length, rows.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)k, nameof(count));
        _scores = scores[..k];
        _rows = rows[..k];
        _count = count;
    }

    /// <summary>Kept so far.</summary>
    public readonly int Count => _count;

    /// <summary>A score below this is not kept; -infinity while there is room.</summary>
    public readonly float Threshold =>
        _count < _scores.Length ? float.NegativeInfinity : _scores.IsEmpty ? float.NaN : _scores[0];

    /// <summary>Offers one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(float score, int row)
    {
        if (score >= Threshold) Keep(score, row);
    }

    /// <summary>Offers consecutive rows: scores[i] is for row firstRow + i.</summary>
    public void Offer(ReadOnlySpan<float> scores, int firstRow)
    {
        for (int i = 0; (i = NextCandidate(scores, i)) < scores.Length; i++) Keep(scores[i], firstRow + i);
    }

    /// <summary>Offers rows in any order: scores[i] is for rows[i].</summary>
    public void Offer(ReadOnlySpan<float> scores, ReadOnlySpan<int> rows)
    {
        if (rows.Length != scores.Length) throw new ArgumentException($"{scores.Length} scores, {rows.Length} rows", nameof(rows));
        for (int i = 0; (i = NextCandidate(scores, i)) < scores.Length; i++) Keep(scores[i], rows[i]);
    }

    /// <summary>Sorts what was kept, best first, and returns how many there are. Nothing can be offered after it.</summary>
    public int Finish()
    {
        int count = _count;
        for (int end = count - 1; end > 0; end--)
        {
            (float score, int row) = (_scores[end], _rows[end]);
            (_scores[end], _rows[end]) = (_scores[0], _rows[0]);
            SiftDown(score, row, end);
        }
        return count;
    }

    /// <summary>The first index from <paramref name="start"/> on with a score that may be kept, or the length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly int NextCandidate(ReadOnlySpan<float> scores, int start)
    {
        float threshold = Threshold;
        ref float first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(scores);
        int i = start;
        Vector256<float> thresholds = Vector256.Create(threshold);
        for (; i <= scores.Length - 32; i += 32)
        {
            Vector256<float> any = Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref first, (nuint)i), thresholds)
                | Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref first, (nuint)(i + 8)), thresholds)
                | Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref first, (nuint)(i + 16)), thresholds)
                | Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref first, (nuint)(i + 24)), thresholds);
            if (any.AsInt32() != Vector256<int>.Zero) break;
        }
        for (; i <= scores.Length - 8; i += 8)
        {
            uint bits = Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref first, (nuint)i), thresholds).ExtractMostSignificantBits();
            if (bits != 0) return i + System.Numerics.BitOperations.TrailingZeroCount(bits);
        }
        while (i < scores.Length && !(scores[i] >= threshold)) i++;
        return i;
    }

    private void Keep(float score, int row)
    {
        if (_count == _scores.Length)
        {
            if (IsWorse(_scores[0], _rows[0], score, row)) SiftDown(score, row, _count);
            return;
        }
        int hole = _count++;
        while (hole > 0 && (hole - 1) / 2 is int parent && IsWorse(score, row, _scores[parent], _rows[parent]))
        {
            (_scores[hole], _rows[hole]) = (_scores[parent], _rows[parent]);
            hole = parent;
        }
        (_scores[hole], _rows[hole]) = (score, row);
    }

    /// <summary>Puts an entry in the place of the top of a heap of <paramref name="count"/>.</summary>
    private readonly void SiftDown(float score, int row, int count)
    {
        int hole = 0;
        while ((2 * hole) + 1 is int child && child < count)
        {
            if (child + 1 < count && IsWorse(_scores[child + 1], _rows[child + 1], _scores[child], _rows[child])) child++;
            if (!IsWorse(_scores[child], _rows[child], score, row)) break;
            (_scores[hole], _rows[hole]) = (_scores[child], _rows[child]);
            hole = child;
        }
        (_scores[hole], _rows[hole]) = (score, row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsWorse(float score, int row, float otherScore, int otherRow) =>
        score < otherScore || (score == otherScore && row > otherRow);
}
