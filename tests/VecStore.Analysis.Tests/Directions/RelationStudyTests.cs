using System.Text.Json;

namespace VecStore.Analysis.Tests.Directions;

public sealed class RelationStudyTests(ITestOutputHelper output)
{
    internal static RelationDifferences Relation(IKeyedRows words, string name)
        => RelationDifferences.Of(name, words, RelationFile.Read(Checkout.Shared($"data/relations/todd/dataset_files/abstractive/{name}.json")));

    [Theory]
    [InlineData("all_usable", "todd-folds.txt")]
    [InlineData("four_english", "todd-english-folds.txt")]
    public void Cosines_of_relations_equal_the_reference_before_and_after_the_discriminant(string set, string folds)
    {
        JsonElement root = SharedData.Reference("lda_todd.json"), reference = root.GetProperty(set);
        MemoryRows words = SharedData.Words();
        RelationDifferences[] relations = [.. reference.GetProperty("relations").EnumerateArray().Select(name => Relation(words, name.GetString()!))];
        RelationStudyResult result = RelationStudy.Run(relations, new() { Components = reference.GetProperty("n_components").GetInt32(), NullDraws = 9, FoldOf = Golden.Digits(folds) });
        Assert.Equal(reference.GetProperty("n").GetInt32(), result.RowsSeen);
        double Cosine(string view, string name) => reference.GetProperty(view).GetProperty(name).GetProperty("mean_pairwise_cos").GetDouble();
        foreach (RelationCosines relation in result.Relations)
        {
            output.WriteLine($"{relation.Name}: raw {relation.Raw:F4} centred {relation.Centred:F4} LDA {relation.AfterDiscriminant:F4} held out {relation.HeldOut:F4}");
            JsonElement coverage = root.GetProperty("coverage").GetProperty(relation.Name);
            Assert.Equal(coverage.GetProperty("pairs_in_file").GetInt32(), relation.PairsInFile);
            Assert.Equal(coverage.GetProperty("pairs_used").GetInt32(), relation.PairsUsed);
            Assert.Equal(Cosine("before_raw", relation.Name), relation.Raw, 1e-6);
            Assert.Equal(reference.GetProperty("before_raw").GetProperty(relation.Name).GetProperty("std").GetDouble(), relation.RawDeviation, 1e-6);
            Assert.Equal(Cosine("before_centred", relation.Name), relation.Centred, 1e-6);
            Assert.Equal(Cosine("after_lda_in_sample", relation.Name), relation.AfterDiscriminant, 1e-3);
            // On the reference's own folds the figures are the same; on others a relation of 11 pairs, two or three in a fold, moves by .04 (standard deviation over deals).
            Assert.Equal(reference.GetProperty("heldout").GetProperty("mean_pairwise_cos").GetProperty(relation.Name).GetDouble(), relation.HeldOut, 1e-3);
        }
        output.WriteLine($"between {result.Between}, silhouettes {result.Silhouettes}, accuracy {result.Accuracy}, null {result.HeldOutAccuracyAgainstShuffled}");
        Assert.Equal(reference.GetProperty("silhouette_before_raw").GetDouble(), result.Silhouettes.Raw, 1e-6);
        Assert.Equal(reference.GetProperty("train_accuracy").GetDouble(), result.Accuracy.Fitted, 2e-3);
        Assert.Equal(reference.GetProperty("heldout").GetProperty("accuracy").GetDouble(), result.Accuracy.HeldOut, 0.02);
        Assert.Equal(reference.GetProperty("heldout").GetProperty("silhouette").GetDouble(), result.Silhouettes.HeldOut, 0.03);
        foreach ((JsonElement expected, double ours) in reference.GetProperty("explained_variance_ratio").EnumerateArray().Zip(result.ExplainedVariance))
            Assert.Equal(expected.GetDouble(), ours, 1e-6);
        Assert.Equal(0.1, result.HeldOutAccuracyAgainstShuffled.PValue, 1e-12);
        Assert.Equal(reference.GetProperty("before_raw").GetProperty("_between_relations_mean_cos").GetDouble(), result.Between.Raw, 1e-6);
    }

    [Fact]
    public void The_mean_cosine_by_sums_is_the_mean_over_pairs()
    {
        SeededRandom random = new(1, "test");
        double[][] vectors = [.. Enumerable.Range(0, 20).Select(i => Enumerable.Range(0, 5).Select(_ => i == 3 ? 0 : random.NextGaussian()).ToArray())];
        double sum = 0;
        for (int i = 0; i < 20; i++)
            for (int j = 0; j < i; j++) sum += DoubleVectors.Cosine(vectors[i], vectors[j]);
        Assert.Equal(sum / 190, PairwiseCosine.Mean(vectors), 1e-12);
        double between = 0;
        for (int i = 0; i < 8; i++)
            for (int j = 8; j < 20; j++) between += DoubleVectors.Cosine(vectors[i], vectors[j]);
        Assert.Equal(between / 96, PairwiseCosine.MeanBetween([vectors[..8], vectors[8..]]), 1e-12);
    }

    [Fact]
    public void Folds_spread_every_label_evenly()
    {
        int[] labels = [.. Enumerable.Range(0, 103).Select(i => i % 4 == 0 ? 0 : i % 7 == 0 ? 1 : 2)];
        int[] fold = StratifiedFolds.Deal(labels, 5, new(1, "test"));
        for (int label = 0; label < 3; label++)
        {
            int[] sizes = [.. Enumerable.Range(0, 5).Select(f => Enumerable.Range(0, 103).Count(i => labels[i] == label && fold[i] == f))];
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }
    }
}
