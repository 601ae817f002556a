using System.Text.Json;

namespace VecStore.Analysis.Tests;

/// <summary>Agreement, silhouettes, regressions and Fisher's test against scikit-learn and SciPy (Goldens/make_lobe_goldens.py).</summary>
public class LabelStatisticsTests
{
    [Fact]
    public void Agreements_are_those_of_scikit_learn()
    {
        foreach (JsonElement golden in LobeData.Goldens.GetProperty("agreements").EnumerateArray())
        {
            LabelAgreement agreement = LabelAgreement.Of(new(golden.GetProperty("first").Integers(), ""), new(golden.GetProperty("second").Integers(), ""));
            Assert.Equal(golden.GetProperty("mi").GetDouble(), agreement.MutualInformation, 1e-10);
            Assert.Equal(golden.GetProperty("emi").GetDouble(), agreement.ExpectedMutualInformation, 1e-10);
            Assert.Equal(golden.GetProperty("ami").GetDouble(), agreement.AdjustedMutualInformation, 1e-9);
            Assert.Equal(golden.GetProperty("nmi").GetDouble(), agreement.NormalizedMutualInformation, 1e-10);
            Assert.Equal(golden.GetProperty("ari").GetDouble(), agreement.AdjustedRandIndex, 1e-10);
        }
    }

    [Fact]
    public void Rows_that_one_labelling_leaves_out_do_not_count()
    {
        LabelAgreement agreement = LabelAgreement.Of(new([0, 0, 1, 1, -1, 1], ""), new([1, 1, 0, 0, 0, -1], ""));
        Assert.Equal((4, 2, 1.0), (agreement.Rows, agreement.LeftOut, agreement.AdjustedMutualInformation));
    }

    [Fact]
    public void Permuted_labels_agree_by_nothing_on_average_and_a_stratum_explains_what_it_explains()
    {
        // Both labelings only follow the stratum: against all permutations they agree, within strata they do not.
        SeededRandom random = new(1, "strata test");
        int[] stratum = [.. Enumerable.Range(0, 3000).Select(_ => random.NextInt32(3))];
        Labeling first = new([.. stratum.Select(s => random.NextDouble() < .6 ? s : random.NextInt32(3))], ""), second = new([.. stratum.Select(s => random.NextDouble() < .6 ? s : random.NextInt32(3))], "");
        NullTest plain = LabelAgreement.Test(first, second, 99, seed: 4), strict = LabelAgreement.Test(first, second, 99, seed: 4, new(stratum, "stratum"));
        Assert.Equal(.01, plain.PValue, 1e-12);
        Assert.InRange(plain.NullMean, -.002, .002);
        Assert.True(plain.Observed > .05);
        Assert.True(strict.PValue > .02 && Math.Abs(strict.Effect) < .2 * plain.Effect, $"{strict}");
        Assert.Equal(strict, LabelAgreement.Test(first, second, 99, seed: 4, new(stratum, "stratum"), threads: 7));
    }

    [Fact]
    public void Silhouettes_are_those_of_scikit_learn_for_any_number_of_threads()
    {
        JsonElement golden = LobeData.Goldens.GetProperty("silhouette");
        Labeling labels = new(golden.GetProperty("labels").Integers(), "");
        SilhouetteStudy study = SilhouetteStudy.Of(golden.Rows(), labels, threads: 1);
        double[] expected = golden.GetProperty("widths").Doubles();
        Golden.Close(expected, study.Widths, 2e-6);
        Assert.Equal(expected.Average(), study.Mean, 1e-6);

        // Several blocks of rows, labels left out, against the plain loop.
        SeededRandom random = new(2, "silhouette test");
        float[] values = [.. Enumerable.Range(0, 700 * 5).Select(_ => (float)(5 + random.NextGaussian()))];
        int[] three = [.. Enumerable.Range(0, 700).Select(_ => random.NextInt32(4) - 1)];
        for (int i = 0; i < three.Length; i++)
            if (three[i] > 0) values[i * 5 + three[i]] += 2;
        MemoryRows rows = new(values, 5);
        SilhouetteStudy large = SilhouetteStudy.Of(rows, new(three, ""), threads: 1);
        int[] kept = [.. Enumerable.Range(0, 700).Where(i => three[i] >= 0)];
        Assert.Equal(kept, large.Rows);
        Assert.Equal(Silhouette.Mean([.. kept.Select(i => values[(i * 5)..(i * 5 + 5)].Select(x => (double)x).ToArray())], [.. kept.Select(i => three[i])]), large.Mean, 1e-6);
        foreach (int threads in (int[])[2, 7]) Assert.Equal(large.Widths, SilhouetteStudy.Of(rows, new(three, ""), threads).Widths);
    }

    [Fact]
    public void Regression_finds_the_minimum_of_scikit_learns_objective()
    {
        JsonElement golden = LobeData.Goldens.GetProperty("regression");
        MemoryRows rows = golden.Rows();
        float[] values = new float[rows.Count * rows.Dimension];
        rows.Read(0, values);
        int[] labels = golden.GetProperty("labels").Integers(), all = [.. Enumerable.Range(0, rows.Count)];
        RegressionOptions strict = new() { Penalty = golden.GetProperty("penalty").GetDouble(), Tolerance = 1e-7, RelativeDecrease = 0, Threads = 1 };
        MultinomialRegression model = MultinomialRegression.Fit(values, rows.Dimension, all, labels, 5, strict);
        Assert.Equal(golden.GetProperty("objective").GetDouble(), model.Objective, 1e-6);
        Golden.Close(golden.GetProperty("weights").Doubles(), model.Weights, 1e-4); // scikit-learn's line search gives up a little earlier
        double[] intercepts = golden.GetProperty("intercepts").Doubles(); // only their differences are determined
        Golden.Close([.. intercepts.Select(x => x - intercepts[0])], [.. model.Intercepts.Select(x => x - model.Intercepts[0])], 1e-4);

        // More rows than a chunk, so that threads share the work.
        int[] many = [.. Enumerable.Range(0, 5000).Select(i => i % rows.Count)], manyLabels = [.. many.Select(i => labels[i])];
        RegressionOptions quick = new() { MaximumIterations = 15 };
        double[] first = MultinomialRegression.Fit(values, rows.Dimension, many, manyLabels, 5, quick with { Threads = 1 }).Weights;
        foreach (int threads in (int[])[2, 7]) Assert.Equal(first, MultinomialRegression.Fit(values, rows.Dimension, many, manyLabels, 5, quick with { Threads = threads }).Weights);
    }

    [Fact]
    public void The_gradient_of_the_regression_is_the_slope_of_its_value_also_with_more_than_eight_classes()
    {
        SeededRandom random = new(6, "gradient");
        float[] values = [.. Enumerable.Range(0, 50 * 6).Select(_ => (float)random.NextGaussian())];
        int[] labels = [.. Enumerable.Range(0, 45).Select(_ => random.NextInt32(11))], rows = [.. Enumerable.Range(3, 45)];
        MultinomialLoss loss = new(values, 6, rows, labels, 11, .7, 1, default);
        double[] point = new double[loss.Size], gradient = new double[loss.Size], other = new double[loss.Size];
        for (int k = 0; k < loss.Size; k++)
            if (k % loss.Width < 11) point[k] = random.NextGaussian();
        loss.Evaluate(point, gradient);
        for (int k = 0; k < loss.Size; k++)
        {
            if (k % loss.Width >= 11)
            {
                Assert.Equal(0, gradient[k]);
                continue;
            }
            double[] up = (double[])point.Clone(), down = (double[])point.Clone();
            up[k] += 1e-5;
            down[k] -= 1e-5;
            Assert.Equal((loss.Evaluate(up, other) - loss.Evaluate(down, other)) / 2e-5, gradient[k], 1e-5);
        }
    }

    [Fact]
    public void A_decoder_finds_planted_labels_and_nothing_in_permuted_ones()
    {
        SeededRandom random = new(8, "decoder test");
        int[] labels = [.. Enumerable.Range(0, 400).Select(i => i % 5 == 4 ? -1 : i % 3)];
        float[] values = [.. Enumerable.Range(0, 400 * 8).Select(_ => (float)random.NextGaussian())];
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] >= 0) values[i * 8 + labels[i]] += 2;
        DecoderOptions options = new() { Draws = 19, Seed = 3, Repeats = 2, Regression = new() { Threads = 1 } };
        LabelDecoding decoding = LabelDecoder.Run(new MemoryRows(values, 8), new(labels, ""), options);
        Assert.Equal(320, decoding.Rows);
        Assert.InRange(decoding.BalancedAccuracy.Observed, .75, 1);
        Assert.Equal(.05, decoding.BalancedAccuracy.PValue, 1e-12);
        Assert.InRange(decoding.BalancedAccuracy.NullMean, .29, .38);
        Assert.InRange(decoding.RandomRows!.NullMean, .29, .38);
        Assert.Equal(decoding.BalancedAccuracy, LabelDecoder.Run(new MemoryRows(values, 8), new(labels, ""), options with { Regression = new() { Threads = 7 } }).BalancedAccuracy);
    }

    [Fact]
    public void Fisher_exact_is_that_of_scipy()
    {
        foreach (JsonElement golden in LobeData.Goldens.GetProperty("fisher").EnumerateArray())
        {
            int[] t = golden.GetProperty("table").Integers();
            Assert.Equal(1, FisherExact.Greater(t[0], t[1], t[2], t[3]) / golden.GetProperty("p").GetDouble(), 1e-8);
        }
    }
}
