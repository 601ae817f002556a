namespace VecStore.Analysis.Tests;

public sealed class FeatureMatchingTests
{
    private const int Dimension = 32;

    private static float[] Random(int rows, ulong seed)
    {
        SeededRandom random = new(seed, "features");
        return [.. Enumerable.Range(0, rows * Dimension).Select(_ => (float)random.NextGaussian())];
    }

    [Fact]
    public void A_shuffled_noisy_copy_is_matched_back_and_new_features_stay_unmatched()
    {
        float[] first = Random(300, 1), extra = Random(40, 2);
        int[] order = new SeededRandom(3, "order").Choose(300, 300);
        SeededRandom noise = new(4, "noise");
        float[] second = [.. order.SelectMany(row => Enumerable.Range(0, Dimension).Select(k => 3 * first[row * Dimension + k] + (float)(0.3 * noise.NextGaussian()))), .. extra];
        FeatureMatchingResult result = FeatureMatching.Match(new MemoryRows(first, Dimension), new MemoryRows(second, Dimension), new() { MatchedFrom = 0.9 });
        Assert.All(result.Matches, match => Assert.Equal(match.Row, order[match.MatchRow]));
        Assert.All(result.Matches, match => Assert.True(match.Mutual));
        Assert.Equal((300, 0, 40), (result.Mutual, result.Unmatched, result.UnmatchedOthers));
        Assert.True(result.MeanCosine!.Observed > 0.95 && result.MeanCosine.NullMean < 0.7, $"{result.MeanCosine}");
        Assert.Equal(0.05, result.MeanCosine.PValue, 1e-12);
    }

    [Fact]
    public void The_cosine_is_the_highest_there_is_and_the_same_for_any_threads()
    {
        float[] first = Random(150, 5), second = Random(170, 6);
        FeatureMatch[][] found = [.. new[] { 1, 2, 7 }.Select(threads => FeatureMatching.Match(new MemoryRows(first, Dimension), new MemoryRows(second, Dimension), new() { Threads = threads, NullDraws = 0 }).Matches.ToArray())];
        Assert.Equal(found[0], found[1]);
        Assert.Equal(found[0], found[2]);
        for (int row = 0; row < 150; row++)
        {
            double best = Enumerable.Range(0, 170).Max(other => Cosine(first, row, second, other));
            Assert.Equal(best, found[0][row].Cosine, 1e-6);
            Assert.Equal(best, Cosine(first, row, second, found[0][row].MatchRow), 1e-6);
        }
    }

    [Fact]
    public void More_rows_than_a_block_are_matched_both_ways_with_equal_ones_to_the_lower_row_and_progress_is_told()
    {
        SeededRandom random = new(9, "signs");
        float[] first = [.. Enumerable.Range(0, 2_500 * 16).Select(_ => random.NextInt32(2) == 0 ? -1f : 1f)], second = [.. Enumerable.Range(0, 300 * 16).Select(_ => random.NextInt32(2) == 0 ? -1f : 1f)]; // many ties
        List<double> told = [];
        FeatureMatchingResult found = FeatureMatching.Match(new MemoryRows(first, 16), new MemoryRows(second, 16), new() { NullDraws = 1, NullRows = 100, Progress = new Told(told) });
        for (int row = 0; row < 2_500; row++)
        {
            double[] cosines = [.. Enumerable.Range(0, 300).Select(other => Dot(first, row, second, other))];
            Assert.Equal(Array.IndexOf(cosines, cosines.Max()), found.Matches[row].MatchRow);
        }
        int[] back = [.. Enumerable.Range(0, 300).Select(other => Enumerable.Range(0, 2_500).MaxBy(row => Dot(first, row, second, other)))];
        Assert.All(found.Matches, match => Assert.Equal(back[match.MatchRow] == match.Row, match.Mutual));
        Assert.Equal(told.Order(), told);
        Assert.Equal(1, told[^1], 1e-12);

        static double Dot(float[] left, int row, float[] right, int other) => Enumerable.Range(0, 16).Sum(k => (double)left[row * 16 + k] * right[other * 16 + k]);
    }

    private sealed class Told(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }

    [Fact]
    public void Sets_of_different_dimensions_are_refused()
        => Assert.Contains("32", Assert.Throws<ArgumentException>(() => FeatureMatching.Match(new MemoryRows(new float[64], 32), new MemoryRows(new float[66], 33))).Message, StringComparison.Ordinal);

    [Fact]
    public void Duplicates_and_absorption_candidates_are_those_planted()
    {
        float[] rows = Random(200, 7);
        SeededRandom noise = new(8, "noise");
        for (int k = 0; k < Dimension; k++)
        {
            rows[20 * Dimension + k] = 2 * rows[10 * Dimension + k] + (float)(0.05 * noise.NextGaussian()); // 20 is 10 once more
            rows[40 * Dimension + k] = rows[30 * Dimension + k] + (float)(1.2 * noise.NextGaussian()); // 40 is a special case of 30
            rows[60 * Dimension + k] = rows[50 * Dimension + k] + (float)(1.2 * noise.NextGaussian()); // so is 60 of 50, but they fire together
        }
        long Counts(int a, int b) => (a, b) switch
        {
            _ when a == b => a is 40 or 60 ? 50 : 500,
            (30, 40) or (40, 30) => 1,
            (50, 60) or (60, 50) => 48,
            _ => 25,
        };
        FeatureRedundancyResult result = FeatureRedundancy.Find(new MemoryRows(rows, Dimension), Counts, blocks: 10_000, similarFrom: 0.55);
        Assert.Equal((10, 20), (Assert.Single(result.Duplicates).Row, result.Duplicates[0].OtherRow));
        AbsorptionCandidate candidate = Assert.Single(result.Absorptions);
        Assert.Equal(("30", "40", 1L), (candidate.General, candidate.Special, candidate.Together));
        Assert.Equal(500.0 * 50 / 10_000, candidate.Expected, 1e-12);
    }

    private static double Cosine(float[] x, int row, float[] y, int other)
    {
        double xy = 0, xx = 0, yy = 0;
        for (int k = 0; k < Dimension; k++)
        {
            double a = x[row * Dimension + k], b = y[other * Dimension + k];
            xy += a * b;
            xx += a * a;
            yy += b * b;
        }
        return xy / Math.Sqrt(xx * yy);
    }
}
