using System.Text.Json;

namespace VecStore.Analysis.Tests.Directions;

public sealed class LinearOriginsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(5, 2)]
    [InlineData(6, 1)]
    public void Runs_that_converge_are_linear_and_aligned_as_in_the_reference_and_the_others_say_so(int concepts, int seeds)
    {
        int converged = 0;
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            LinearOriginsResult result = LinearOriginsStudy.Run(new() { Concepts = concepts, Seed = seed });
            LinearOriginsGeometry found = result.Geometry;
            output.WriteLine($"m {concepts} seed {seed}: KL {result.MeanDivergence:F5} converged {result.Converged}, within {found.UnembeddingWithinCosine:F4} / {found.EmbeddingWithinCosine:F4}, "
                + $"across {found.UnembeddingAcrossCosine:F4}, aligned {found.Alignment.SameConcept.Observed:F4}, unlike {found.Alignment.DifferentConcepts:F4}");
            Assert.Equal(result.Converged, result.MeanDivergence <= 0.005);
            if (!result.Converged)
            {
                Assert.True(found.UnembeddingWithinCosine < 0.97);
                continue;
            }
            converged++;
            Assert.InRange(found.UnembeddingWithinCosine, 0.98, 1);
            Assert.InRange(found.EmbeddingWithinCosine, 0.98, 1);
            Assert.InRange(found.UnembeddingAcrossCosine, 0, 0.03);
            Assert.InRange(found.Alignment.SameConcept.Observed, 0.98, 1);
            Assert.InRange(found.Alignment.DifferentConcepts, 0, 0.03);
            // Random pairs of the same rows are nothing of the kind.
            Assert.All(found.Unembeddings.Concepts, concept => Assert.True(concept.WithinCosine.NullMean < 0.5 && concept.WithinCosine.PValue <= 0.05));
        }
        Assert.InRange(converged, 1, seeds);
        if (concepts == 4) Assert.Equal(3, converged); // the fourth start is caught in a poor optimum, and says so
    }

    [Fact]
    public void The_collections_of_a_run_give_its_figures_again()
    {
        LinearOriginsResult result = LinearOriginsStudy.Run(new() { Concepts = 3, Seed = 1, Steps = 2_000 });
        string folder = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;
        try
        {
            using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true });
            for (int time = 0; time < 2; time++) // the second time in the place of the first
            {
                (VectorCollection embeddings, VectorCollection unembeddings) = LinearOriginsStudy.Save(result, store, "origins");
                using Snapshot f = embeddings.TakeSnapshot(), g = unembeddings.TakeSnapshot();
                Assert.Equal((19, 8), (f.Count, g.Count));
                Assert.True(f.Contains("1?0") && f.Contains("???") && !f.Contains("010") && g.Contains("010"));
                LinearOriginsGeometry again = LinearOriginsGeometry.Of(result.Model, f.Rows(), g.Rows(), seed: 1);
                Assert.Equal(result.Geometry.UnembeddingWithinCosine, again.UnembeddingWithinCosine, 1e-12);
                Assert.Equal(result.Geometry.Alignment.SameConcept, again.Alignment.SameConcept);
                Assert.Equal(result.Geometry.Embeddings!.Concepts, again.Embeddings!.Concepts);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_reference_itself_meets_the_same_claims()
    {
        foreach (JsonElement run in SharedData.Reference("sim_paper_b_fullbatch.json").GetProperty("runs").EnumerateArray())
        {
            if (run.GetProperty("frac").GetDouble() < 1 || run.GetProperty("mean_KL").GetDouble() > 0.005) continue;
            Assert.InRange(run.GetProperty("unembed_within_cos").GetDouble(), 0.98, 1);
            Assert.InRange(run.GetProperty("embed_unembed_same_concept_cos").GetDouble(), 0.98, 1);
        }
    }

    [Fact]
    public void Contexts_and_tokens_have_the_numbers_of_the_paper_and_targets_are_conditional_probabilities()
    {
        LatentConceptModel model = LatentConceptModel.Draw(4, 1, seed: 3);
        Assert.Equal(65, model.Contexts.Count);
        Assert.Equal(1, model.Joint.Sum(), 1e-12);
        for (int x = 0; x < 65; x++)
        {
            Assert.Equal(1, model.Targets[x].Sum(), 1e-12);
            int[] context = model.Contexts[x];
            double agreeing = Enumerable.Range(0, 16).Where(y => Enumerable.Range(0, 4).All(i => context[i] == 2 || context[i] == ((y >> i) & 1))).Sum(y => model.Joint[y]);
            for (int y = 0; y < 16; y++)
                if (model.Targets[x][y] > 0) Assert.Equal(model.Joint[y] / agreeing, model.Targets[x][y], 1e-12);
        }
        Assert.All(model.TokenDifferences([.. Enumerable.Range(0, 16).Select(i => new double[] { i })]), concept => Assert.Equal(8, concept.Differences.Count));
    }

    [Fact]
    public void Log_odds_that_are_linear_are_found_linear_and_calibrated()
    {
        SeededRandom random = new(6, "test");
        double[] x = [.. Enumerable.Range(0, 5_000).Select(_ => 3 * random.NextGaussian() + 1)];
        double[] p = [.. x.Select(v => 1 / (1 + Math.Exp(-(0.7 * v - 0.2))))];
        LogOddsFit exact = LogOddsFit.OfProbabilities(x, p);
        Assert.Equal(0.7, exact.Slope, 1e-9);
        Assert.Equal(-0.2, exact.Intercept, 1e-9);
        Assert.Equal(1, exact.R2, 1e-9);
        Assert.Equal(0, exact.CalibrationError, 1e-9);
        LogOddsFit labels = LogOddsFit.OfLabels(x, [.. p.Select(v => random.NextDouble() < v)]);
        Assert.Equal(0.7, labels.Slope, 0.06);
        Assert.Equal(-0.2, labels.Intercept, 0.12);
        Assert.InRange(labels.CalibrationError, 0, 0.03);
    }
}
