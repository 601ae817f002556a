using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Indexing;

/// <summary>
/// The best rows so far, in the caller's own span: a heap whose root is the worst of them. Ties go to the smaller row; NaN never enters.
/// </summary>
internal ref struct NearestRows(Span<ScoredRow> rows)
{
    private readonly Span<ScoredRow> _rows = rows;

    /// <summary>Goes on with rows kept before in the same span, by a selection that was not finished.</summary>
    public NearestRows(Span<ScoredRow> rows, int count) : this(rows)
    {
        Count = count;
        if (count > 0 && count == rows.Length) Threshold = rows[0].Score;
    }

    public int Count { get; private set; }

    /// <summary>A row with a lower score cannot enter any more.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

    public readonly bool IsFull => Count == _rows.Length;

    /// <summary>How many rows are wanted.</summary>
    public readonly int Capacity => _rows.Length;

    public readonly ReadOnlySpan<ScoredRow> Rows => _rows[..Count];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Offer(int row, float score)
    {
        if (score >= Threshold) Enter(new ScoredRow(row, score));
    }

    /// <summary>Offers consecutive rows; of those that cannot enter eight are passed over at once.</summary>
    public unsafe void Offer(float* scores, int count, int firstRow)
    {
        int i = 0;
        for (; i <= count - Vector256<float>.Count; i += Vector256<float>.Count)
        {
            uint bits = Vector256.GreaterThanOrEqual(Vector256.Load(scores + i), Vector256.Create(Threshold)).ExtractMostSignificantBits();
            for (; bits != 0; bits &= bits - 1)
            {
                int at = i + BitOperations.TrailingZeroCount(bits);
                Offer(firstRow + at, scores[at]);
            }
        }
        for (; i < count; i++) Offer(firstRow + i, scores[i]);
    }

    private void Enter(ScoredRow candidate)
    {
        if (Count < _rows.Length)
        {
            int at = Count++;
            for (int parent; at > 0 && _rows[parent = (at - 1) / 2] < candidate; at = parent) _rows[at] = _rows[parent];
            _rows[at] = candidate;
            if (Count == _rows.Length) Threshold = _rows[0].Score;
        }
        else if (Count > 0 && candidate < _rows[0])
        {
            Sink(candidate, Count);
            Threshold = _rows[0].Score;
        }
    }

    /// <summary>Puts the rows in order, best first, and tells how many there are.</summary>
    public int Finish()
    {
        for (int end = Count - 1; end > 0; end--)
        {
            ScoredRow worst = _rows[0];
            Sink(_rows[end], end);
            _rows[end] = worst;
        }
        return Count;
    }

    private readonly void Sink(ScoredRow item, int count)
    {
        int at = 0;
        for (int child; (child = (2 * at) + 1) < count; at = child)
        {
            if (child + 1 < count && _rows[child + 1] > _rows[child]) child++;
            if (item >= _rows[child]) break;
            _rows[at] = _rows[child];
        }
        _rows[at] = item;
    }
}
