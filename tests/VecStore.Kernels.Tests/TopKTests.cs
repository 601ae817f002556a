using FsCheck;
using FsCheck.Fluent;

namespace VecStore.Kernels.Tests;

public sealed class TopKTests
{
    [Fact]
    public void Selection_equals_sorting()
    {
        Prop.ForAll(Gen.Choose(0, 400).Three().ToArbitrary(), sizes =>
        {
            (int count, int k, int seed) = sizes;
            var random = new Random(seed);
            // Few distinct values: ties everywhere.
            float[] scores = [.. Enumerable.Range(0, count).Select(_ => random.Next(0, 40) is 0 ? float.NaN : random.Next(-20, 20) / 4f)];
            (float, int)[] expected = [.. scores.Select((score, row) => (score, row)).Where(entry => !float.IsNaN(entry.score))
                .OrderByDescending(entry => entry.score).ThenBy(entry => entry.row).Take(k)];
            return Blocks(scores, k, random).SequenceEqual(expected) && OneByOneShuffled(scores, k, random).SequenceEqual(expected)
                && Picked(scores, k, random).SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Infinite_scores_are_kept_and_NaN_is_not()
    {
        float[] scores = [float.NaN, float.NegativeInfinity, 1, float.PositiveInfinity, float.NaN];
        Assert.Equal([(float.PositiveInfinity, 3), (1f, 2), (float.NegativeInfinity, 1)], Blocks(scores, 5, new Random(1)));
    }

    [Fact]
    public void No_room_keeps_nothing()
    {
        var top = new TopK([], []);
        top.Offer(1, 1);
        top.Offer(new float[] { 1, 2, 3 }, 0);
        Assert.Equal(0, top.Finish());
    }

    [Fact]
    public void The_threshold_is_the_worst_kept()
    {
        var top = new TopK(new float[2], new int[2]);
        Assert.Equal(float.NegativeInfinity, top.Threshold);
        top.Offer(new float[] { 5, 3, 4 }, 0);
        Assert.Equal(4, top.Threshold);
    }

    // In blocks, the selection taken up again for each, as a batch search does.
    private static (float, int)[] Blocks(float[] scores, int k, Random random)
    {
        var kept = new float[k];
        var rows = new int[k];
        int count = 0;
        for (int first = 0; first < scores.Length;)
        {
            int length = Math.Min(random.Next(1, 90), scores.Length - first);
            var top = new TopK(kept, rows, count);
            top.Offer(scores.AsSpan(first, length), first);
            count = top.Count;
            first += length;
        }
        return Finish(new TopK(kept, rows, count), kept, rows);
    }

    private static (float, int)[] OneByOneShuffled(float[] scores, int k, Random random)
    {
        var kept = new float[k];
        var rows = new int[k];
        var top = new TopK(kept, rows);
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        random.Shuffle(order);
        foreach (int row in order) top.Offer(scores[row], row);
        return Finish(top, kept, rows);
    }

    private static (float, int)[] Picked(float[] scores, int k, Random random)
    {
        var kept = new float[k];
        var rows = new int[k];
        var top = new TopK(kept, rows);
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        random.Shuffle(order);
        float[] shuffled = [.. order.Select(row => scores[row])];
        top.Offer(shuffled, order);
        return Finish(top, kept, rows);
    }

    private static (float, int)[] Finish(TopK top, float[] kept, int[] rows)
    {
        int count = top.Finish();
        return [.. kept.Zip(rows).Take(count)];
    }
}
