using System.Text.Json;

namespace VecStore.Analysis.Tests;

/// <summary>Lobes of an SAE over text of known domains against scikit-learn's figures (shared/data/domains/reference.json).</summary>
public class DomainLobesTests(ITestOutputHelper output)
{
    [Fact]
    public void Laplacian_eigenvalues_are_those_of_scipy()
    {
        LobeData.Domains data = LobeData.OfDomains();
        int[] live = data.Counts.LiveFeatures;
        Assert.Equal(4086, live.Length);
        Assert.Equal((7, 3), (data.Counts.NeverFiring.Length, data.Counts.AlwaysFiring.Length));
        foreach ((string name, LobeAffinity affinity) in (ReadOnlySpan<(string, LobeAffinity)>)[("phi_clip", LobeAffinity.ClippedPhi), ("phi_plus1", LobeAffinity.ShiftedPhi)])
        {
            double[] expected = data.Reference.GetProperty("laplacian_eigenvalues").GetProperty(name).Doubles();
            SpectralEmbedding embedding = SpectralEmbedding.Of(data.Counts.DenseGraph(affinity, live), 20);
            output.WriteLine($"{name}: largest difference {expected.Zip(embedding.Eigenvalues, (x, y) => Math.Abs(x - y)).Max():G3}, {embedding.Products} products");
            Golden.Close(expected, embedding.Eigenvalues, 1e-9);
        }
    }

    [Theory]
    [InlineData("phi_clip", LobeAffinity.ClippedPhi)]
    [InlineData("phi_plus1", LobeAffinity.ShiftedPhi)]
    public void Lobes_agree_with_domains_and_geometry_as_far_as_scikit_learns_do(string name, LobeAffinity affinity)
    {
        LobeData.Domains data = LobeData.OfDomains();
        int[] live = data.Counts.LiveFeatures;
        AffinityGraph graph = data.Counts.DenseGraph(affinity, live), angularGraph = AngularAffinity.Dense(new SelectedRows(data.Decoder, live));
        SpectralEmbedding embedding = SpectralEmbedding.Of(graph, 13), angularEmbedding = SpectralEmbedding.Of(angularGraph, 13);
        Labeling domain = data.DominantDomain(), strata = data.Strata();
        Assert.Equal(data.Labels("dominant_domain").Labels.ToArray(), domain.Labels.ToArray());
        foreach (int k in (int[])[8, 13])
        {
            SpectralClustering lobes = SpectralClustering.Cut(graph, embedding, k), angularLobes = SpectralClustering.Cut(angularGraph, angularEmbedding, k);
            Labeling labels = Labeling.Spread(lobes.Labels, live, 4096, lobes.Describe(name)), angular = Labeling.Spread(angularLobes.Labels, live, 4096, "angular");
            Labeling theirs = data.Labels($"{name}_k{k}");
            double theirCut = SpectralClustering.NormalizedCutOf(graph, [.. live.Select(row => theirs[row])], k);
            double same = LabelAgreement.Of(labels, theirs).AdjustedMutualInformation;
            NullTest withDomain = LabelAgreement.Test(labels, domain, 100), withGeometry = LabelAgreement.Test(labels, angular, 100);
            NullTest strictDomain = LabelAgreement.Test(labels, domain, 100, 0, strata), strictGeometry = LabelAgreement.Test(labels, angular, 100, 0, strata);
            double expectedDomain = data.Reference.GetProperty("ami_lobes_vs_dominant_domain").GetProperty($"{name}_k{k}").GetProperty("observed").GetDouble();
            double expectedGeometry = data.Reference.GetProperty("ami_lobes_vs_angular").GetProperty($"{name}_k{k}").GetProperty("observed").GetDouble();
            JsonElement strict = data.Reference.GetProperty("stricter_nulls");
            output.WriteLine($"{name} k {k}: AMI with scikit-learn's {same:F3}, cut {lobes.NormalizedCut:F6} theirs {theirCut:F6}; domains {withDomain.Observed:F4} ({expectedDomain:F4}), null {withDomain.NullMean:G2}, " +
                $"in strata {strictDomain.NullMean:F4}; geometry {withGeometry.Observed:F4} ({expectedGeometry:F4}), null {withGeometry.NullMean:G2}, in strata {strictGeometry.NullMean:F4}");
            Assert.Equal(expectedDomain, withDomain.Observed, .03);
            Assert.Equal(expectedGeometry, withGeometry.Observed, .03);
            Assert.Equal(0, withDomain.NullMean, .001);
            Assert.Equal(strict.GetProperty("angular_within_strata").GetProperty($"{name}_k{k}").GetProperty("null_mean").GetDouble(), strictGeometry.NullMean, .006);
            Assert.Equal(strict.GetProperty("domain_within_strata").GetProperty($"{name}_k{k}").GetProperty("null_mean").GetDouble(), strictDomain.NullMean, .003);
            Assert.InRange(lobes.NormalizedCut, 0, theirCut * 1.002);
        }
    }

    [Fact]
    public void Given_the_reference_labels_purity_agreement_and_enrichment_are_those_of_scikit_learn()
    {
        LobeData.Domains data = LobeData.OfDomains();
        Labeling lobes = data.Labels("phi_clip_k8"), strata = data.Strata();
        LobeComparison comparison = LobeComparison.Of(data.Decoder, lobes, new() { Neighbors = 20, Strata = strata, Other = data.Labels("angular_k8"), Silhouette = false });
        JsonElement expected = data.Reference.GetProperty("knn_purity").GetProperty("phi_clip_k8");
        Assert.Equal((4086, 10), (comparison.Rows, comparison.LeftOut));
        output.WriteLine($"purity {comparison.Purity.Overall}, chance {comparison.Purity.Chance:F4}, lift {comparison.Purity.Lift:F3}, within strata {comparison.Purity.WithinStrata}");
        Assert.Equal(expected.GetProperty("observed").GetDouble(), comparison.Purity.Overall.Observed, 2e-4); // ties of float cosines
        Assert.Equal(expected.GetProperty("null_mean").GetDouble(), comparison.Purity.Overall.NullMean, .001);
        Assert.Equal(expected.GetProperty("null_std").GetDouble(), comparison.Purity.Overall.NullDeviation, .0006);
        Assert.InRange(comparison.Purity.WithinStrata!.NullMean, comparison.Purity.Overall.NullMean, comparison.Purity.Overall.Observed);
        Assert.Equal(data.Reference.GetProperty("ami_lobes_vs_angular").GetProperty("phi_clip_k8").GetProperty("observed").GetDouble(), comparison.Agreement!.AdjustedMutualInformation, 1e-9);
        Assert.Equal(comparison.Purity.Overall.Observed, comparison.Purity.Shares.Average(), 1e-12);

        LobeEnrichment enrichment = LobeEnrichment.Of(data.Blocks, data.BlockDomains, lobes, draws: 20);
        JsonElement theirs = data.Reference.GetProperty("enrichment").GetProperty("lobes").GetProperty("phi_clip_k8").GetProperty("enrichment");
        JsonElement won = data.Reference.GetProperty("winning_lobe").GetProperty("runs").GetProperty("phi_clip_k8");
        Assert.Equal(won.GetProperty("ami").GetDouble(), enrichment.Agreement.AdjustedMutualInformation, 1e-9);
        Assert.Equal(won.GetProperty("ari").GetDouble(), enrichment.Agreement.AdjustedRandIndex, 1e-9);
        foreach (LobeInLabel cell in enrichment.Cells)
        {
            int lobe = lobes.LabelOf(cell.Lobe), domain = data.BlockDomains.LabelOf(cell.Label);
            Assert.Equal(theirs[lobe][domain].GetDouble(), cell.Enrichment, 1e-4);
            Assert.Equal(won.GetProperty("table")[domain][lobe].GetInt64(), cell.BlocksWon);
            Assert.InRange(cell.FisherP, 0, 1);
        }
        Assert.True(enrichment.Cells.MinBy(cell => cell.FisherP)!.FisherP < 1e-100);
    }

    [Fact]
    public void Lobes_are_decoded_from_decoder_rows_as_well_as_by_scikit_learn()
    {
        LobeData.Domains data = LobeData.OfDomains();
        JsonElement expected = data.Reference.GetProperty("logistic_regression").GetProperty("phi_clip_k8");
        LabelDecoding decoding = LabelDecoder.Run(data.Decoder, data.Labels("phi_clip_k8"), new() { Draws = 4 });
        output.WriteLine($"{decoding.BalancedAccuracy}; pooled {decoding.Pooled:F4}, accuracy {decoding.Accuracy:F4}, random rows {decoding.RandomRows!.NullMean:F4}");
        double spread = expected.GetProperty("null_std").GetDouble();
        Assert.Equal(expected.GetProperty("balanced_accuracy_fold_mean").GetDouble(), decoding.BalancedAccuracy.Observed, 3 * spread); // other folds
        Assert.Equal(expected.GetProperty("balanced_accuracy_pooled").GetDouble(), decoding.Pooled, 3 * spread);
        Assert.Equal(expected.GetProperty("accuracy").GetDouble(), decoding.Accuracy, .015);
        Assert.Equal(expected.GetProperty("null_fold_mean").GetDouble(), decoding.BalancedAccuracy.NullMean, 3 * spread);
        Assert.Equal(expected.GetProperty("chance").GetDouble(), decoding.RandomRows.NullMean, 3 * spread);
    }
}
