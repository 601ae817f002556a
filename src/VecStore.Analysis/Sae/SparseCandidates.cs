using System.Numerics;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>
/// The features of one row whose float32 score says that they may be active: above 0 within the margin, or, where the k largest are wanted, not below the k-th
/// largest seen so far by more than two margins.
/// </summary>
internal sealed unsafe class SparseCandidates
{
    private float[] scores = new float[64];
    private int[] features = new int[64];
    private float[] sorted = [];
    private float[] values = [];
    private int count;
    private int largest;
    private double margin;
    private float cutoff;

    public Span<int> Features => features.AsSpan(0, count);

    /// <summary>Room for a value of each candidate.</summary>
    public Span<float> Values()
    {
        if (values.Length < count) values = new float[features.Length];
        return values.AsSpan(0, count);
    }

    /// <summary>Begins a row.</summary>
    /// <param name="k">How many are wanted at most; 0 for all that are above 0.</param>
    /// <param name="error">How far a score may be from the exact one.</param>
    public void Begin(int k, double error)
    {
        (count, largest, margin) = (0, k, error);
        cutoff = Below(-error);
        int room = Math.Max(64, 4 * k);
        if (scores.Length >= room) return;
        scores = new float[room];
        features = new int[room];
    }

    /// <summary>Takes the scores products[i] + shift[i] of features first + i.</summary>
    public void Offer(float* products, ReadOnlySpan<float> shift, int first)
    {
        fixed (float* added = shift)
        {
            for (int i = 0; i < shift.Length; i += 16)
            {
                Vector512<float> score = Vector512.Load(products + i) + Vector512.Load(added + i);
                ulong passing = Vector512.GreaterThanOrEqual(score, Vector512.Create(cutoff)).ExtractMostSignificantBits();
                for (; passing != 0; passing &= passing - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(passing);
                    Add(products[i + lane] + added[i + lane], first + i + lane);
                }
            }
        }
    }

    /// <summary>Leaves out those that fell behind the k-th largest.</summary>
    public void Cut()
    {
        if (largest == 0 || count <= largest) return;
        if (sorted.Length < count) sorted = new float[scores.Length];
        Span<float> order = sorted.AsSpan(0, count);
        scores.AsSpan(0, count).CopyTo(order);
        order.Sort();
        cutoff = Math.Max(cutoff, Below(order[count - largest] - 2 * margin));
        int kept = 0;
        for (int i = 0; i < count; i++)
        {
            if (scores[i] < cutoff) continue;
            (scores[kept], features[kept]) = (scores[i], features[i]);
            kept++;
        }
        count = kept;
    }

    private void Add(float score, int feature)
    {
        if (score < cutoff) return; // it rose since the comparison
        if (count == scores.Length)
        {
            Cut();
            if (count > scores.Length / 2)
            {
                Array.Resize(ref scores, 2 * scores.Length);
                Array.Resize(ref features, 2 * features.Length);
            }
            if (score < cutoff) return;
        }
        (scores[count], features[count]) = (score, feature);
        count++;
    }

    private static float Below(double value) => MathF.BitDecrement((float)value);
}
