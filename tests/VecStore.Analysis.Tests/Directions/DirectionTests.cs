namespace VecStore.Analysis.Tests.Directions;

public sealed class DirectionTests(ITestOutputHelper output)
{
    private static readonly (string Relation, int Limit)[] Relations =
        [("country-capital", 131), ("present-past", 100), ("singular-plural", 100), ("product-company", 52), ("landmark-country", 49)];

    [Theory]
    [InlineData(DirectionMethod.MeanDifference)]
    [InlineData(DirectionMethod.FirstComponent)]
    public void Real_relations_separate_from_random_signs(DirectionMethod method)
    {
        MemoryRows words = SharedData.Words();
        foreach ((string name, int limit) in Relations)
        {
            double[][] differences = [.. RelationStudyTests.Relation(words, name).Differences.Take(limit)];
            double[][] zero = [.. differences.Select(d => new double[d.Length])];
            PairDirectionResult result = PairDirections.Learn(zero, differences, new() { Method = method, NullDraws = 199, BootstrapDraws = 50 });
            output.WriteLine($"{name}: held out {result.MeanHeldOutCosine:F3}, p {result.AgainstRandomSigns.PValue:F3}, null {result.AgainstRandomSigns.NullMean:F3} +- "
                + $"{result.AgainstRandomSigns.NullDeviation:F3}, AUC {result.HeldOutArea:F3}, self [{result.SelfCosine.Low:F3}, {result.SelfCosine.High:F3}]");
            Assert.True(result.AgainstRandomSigns.PValue <= 0.01);
            Assert.True(result.HeldOutArea > 0.9);
            Assert.True(result.SelfCosine.Low > 0.8);
        }
    }

    [Fact]
    public void Random_pairs_do_not_separate_and_their_p_values_are_uniform()
    {
        MemoryRows words = SharedData.Words(30_000);
        double[] p = new double[200];
        for (int set = 0; set < p.Length; set++)
        {
            int[] rows = new SeededRandom(5, "random sets", set).Choose(40, words.Count);
            double[][] from = Golden.Doubles(new SelectedRows(words, rows.AsMemory(0, 20))), to = Golden.Doubles(new SelectedRows(words, rows.AsMemory(20, 20)));
            p[set] = PairDirections.Learn(from, to, new() { NullDraws = 199, BootstrapDraws = 0, Seed = (ulong)set }).AgainstRandomSigns.PValue;
        }
        // Kolmogorov and Smirnov: the largest distance of 200 uniform numbers from the diagonal exceeds 0.115 once in a hundred times.
        double[] sorted = [.. p.Order()];
        double distance = sorted.Select((x, i) => Math.Max(Math.Abs(x - i / 200.0), Math.Abs(x - (i + 1) / 200.0))).Max();
        output.WriteLine($"distance from uniform {distance:F3}, at most 0.05: {p.Count(x => x <= 0.05)} of 200");
        Assert.InRange(distance, 0, 0.115);
    }

    [Theory]
    [InlineData(DirectionMethod.MeanDifference)]
    [InlineData(DirectionMethod.LinearDiscriminant)]
    [InlineData(DirectionMethod.LogisticProbe)]
    public void A_planted_direction_is_found_and_shuffled_labels_are_not(DirectionMethod method)
    {
        SeededRandom random = new(8, "planted");
        double[] axis = [.. Enumerable.Range(0, 20).Select(k => k == 3 ? 0.8 : k == 7 ? -0.6 : 0)];
        double[][] Rows(int count, double shift) => [.. Enumerable.Range(0, count).Select(_ => axis.Select(a => shift * a + random.NextGaussian()).ToArray())];
        double[][] positive = Rows(80, 1.5), negative = Rows(60, -1.5);
        DirectionOptions options = new() { Method = method, NullDraws = 49, BootstrapDraws = 30 };
        SetDirectionResult result = SetDirections.Learn(positive, negative, options);
        output.WriteLine($"{method}: area {result.HeldOutArea}, effect {result.EffectSize:F2}, cosine {DoubleVectors.Cosine(axis, result.Vector):F3}, self {result.SelfCosine.Low:F3}");
        Assert.True(DoubleVectors.Cosine(axis, result.Vector) > 0.85);
        Assert.True(result.HeldOutArea.Observed > 0.97);
        Assert.Equal(0.02, result.HeldOutArea.PValue, 1e-12);
        Assert.Equal(0.5, result.HeldOutArea.NullMean, 0.06);
        Assert.True(result.EffectSize > 2);
        SetDirectionResult none = SetDirections.Learn(Rows(40, 0), Rows(40, 0), options);
        Assert.True(none.HeldOutArea.PValue > 0.02);
    }

    [Fact]
    public void The_leave_one_out_shortcut_is_leaving_one_out()
    {
        SeededRandom random = new(9, "test");
        double[][] from = [.. Enumerable.Range(0, 12).Select(_ => Enumerable.Range(0, 5).Select(_ => random.NextGaussian()).ToArray())];
        double[][] to = [.. from.Select(row => row.Select((x, k) => x + k + random.NextGaussian()).ToArray())];
        PairDirectionResult result = PairDirections.Learn(from, to, new() { NullDraws = 9, BootstrapDraws = 5 });
        for (int i = 0; i < 12; i++)
        {
            double[] mean = new double[5];
            for (int j = 0; j < 12; j++)
                for (int k = 0; k < 5 && j != i; k++) mean[k] += to[j][k] - from[j][k];
            Assert.Equal(DoubleVectors.Cosine(mean, DoubleVectors.Subtract(to[i], from[i])), result.HeldOutCosines[i], 1e-12);
        }
        Assert.Equal(result.HeldOutCosines.Average(), result.MeanHeldOutCosine, 1e-12);
    }

    [Fact]
    public void Concepts_of_real_relations_are_linear_beside_random_pairs_and_the_causal_product_parts_them()
    {
        MemoryRows words = SharedData.Words(30_000);
        ConceptDifferences[] concepts = [.. Relations.Select(r => new ConceptDifferences(r.Relation, [.. RelationStudyTests.Relation(words, r.Relation).Differences.Take(40)]))];
        LinearRepresentationResult euclidean = LinearRepresentationTest.Run(concepts, words, draws: 99);
        LinearRepresentationResult causal = LinearRepresentationTest.Run(concepts, words, InnerProduct.Whitened(Scan.Run(words, new Covariance(100)), 0.01), draws: 99);
        output.WriteLine($"across {euclidean.MeanAcrossCosine.Observed:F3} Euclidean, {causal.MeanAcrossCosine.Observed:F3} causal ({causal.InnerProduct})");
        Assert.All(euclidean.Concepts, concept => Assert.Equal(0.01, concept.WithinCosine.PValue, 1e-12));
        Assert.All(causal.Concepts, concept => Assert.Equal(0.01, concept.WithinCosine.PValue, 1e-12));
        Assert.True(causal.MeanAcrossCosine.Observed < euclidean.MeanAcrossCosine.Observed);
        AlignmentResult self = LinearRepresentationTest.Align(concepts, concepts, draws: 99);
        Assert.Equal(1, self.SameConcept.Observed, 1e-12);
    }

    [Fact]
    public void Paths_and_projections_are_the_geometry_they_claim()
    {
        double[] a = [2, 0, 0], b = [0, 1, 0];
        double[][] line = DirectionAlgebra.Path(a, b, 3, spherical: false), arc = DirectionAlgebra.Path(a, b, 3, spherical: true);
        Golden.Close([1, 0.5, 0], line[1], 1e-12);
        double half = 1.5 * Math.Sqrt(0.5);
        Golden.Close([half, half, 0], arc[1], 1e-12);
        Golden.Close(a, arc[0], 1e-12);
        Golden.Close(b, arc[2], 1e-12);
        double[] x = [1, 2, 3];
        Golden.Close([0, 0, 3], DirectionAlgebra.Reject(x, [[1, 1, 0], [0, 5, 0]]), 1e-12);
        Golden.Close([1, 2, 0], DirectionAlgebra.Project(x, [[1, 1, 0], [0, 5, 0]]), 1e-12);
        Golden.Close([1, 2, 5], DirectionAlgebra.Steer(x, [0, 0, 1], 2), 1e-12);
        Assert.Equal(0, DirectionAlgebra.Cosines([[1, 0, 0], [0, 1, 0]])[0][1], 1e-12);
    }
}
