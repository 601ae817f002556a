namespace VecStore.Analysis.Tests.Sae;

public sealed class FoldingTests
{
    [Theory]
    [InlineData("relu")]
    [InlineData("jumprelu")]
    [InlineData("batchtopk")]
    [InlineData("gated")]
    public void Folding_the_decoder_norm_keeps_what_fires_and_what_comes_out(string kind)
    {
        SparseAutoencoder model = RandomAutoencoder.Of(kind), folded = model.FoldDecoderNorm();
        Assert.True(folded.Folds.DecoderNorm);
        Assert.False(model.Folds.DecoderNorm);
        MemoryRows rows = RandomAutoencoder.Rows(20);
        float[] row = new float[37];
        for (int i = 0; i < rows.Count; i++)
        {
            rows.Read(i, row);
            float[] before = RandomAutoencoder.Activations(model, row), after = RandomAutoencoder.Activations(folded, row);
            for (int feature = 0; feature < before.Length; feature++)
            {
                double norm = Math.Sqrt(model.DecoderRow(feature).ToArray().Sum(value => (double)value * value));
                Assert.InRange(after[feature] - before[feature] * norm, -2e-5 * (1 + before[feature] * norm), 2e-5 * (1 + before[feature] * norm));
            }
        }
        for (int feature = 0; feature < 50; feature++) Assert.InRange(folded.DecoderRow(feature).ToArray().Sum(value => (double)value * value), 1 - 1e-6, 1 + 1e-6);
    }

    [Fact]
    public void A_decoder_norm_cannot_be_folded_into_TopK() =>
        Assert.Contains("TopK", Assert.Throws<InvalidOperationException>(() => RandomAutoencoder.Of("topk").FoldDecoderNorm()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("topk")]
    [InlineData("jumprelu")]
    public void Folding_scale_and_bias_keeps_the_function(string kind)
    {
        SparseAutoencoder model = RandomAutoencoder.Of(kind), folded = model.FoldInputScale().FoldDecoderBias();
        Assert.Equal((1.7, kind == "topk", 1.0, false), (folded.Folds.InputScale, folded.Folds.DecoderBias, folded.InputScale, folded.SubtractDecoderBias));
        MemoryRows rows = RandomAutoencoder.Rows(20);
        float[] row = new float[37];
        for (int i = 0; i < rows.Count; i++)
        {
            rows.Read(i, row);
            float[] before = RandomAutoencoder.Activations(model, row), after = RandomAutoencoder.Activations(folded, row);
            for (int feature = 0; feature < before.Length; feature++) Assert.InRange(after[feature] - before[feature], -2e-5, 2e-5);
            // The b_dec term: what comes out must be in the units of the input, y / s (SAELens#354).
            for (int element = 0; element < 37; element++)
                Assert.InRange(folded.DecoderRow(3)[element] * 1.7 - model.DecoderRow(3)[element], -1e-6, 1e-6);
            Assert.InRange(folded.DecoderBias[7] * 1.7 - model.DecoderBias[7], -1e-6, 1e-6);
        }
    }

    [Fact]
    public void Folding_the_bias_of_a_gated_one_keeps_gate_and_magnitude()
    {
        SparseAutoencoder model = RandomAutoencoder.Of("gated"), folded = model.FoldDecoderBias();
        float[] row = new float[37];
        RandomAutoencoder.Rows(1).Read(0, row);
        float[] before = RandomAutoencoder.Activations(model, row), after = RandomAutoencoder.Activations(folded, row);
        for (int feature = 0; feature < before.Length; feature++) Assert.InRange(after[feature] - before[feature], -2e-5, 2e-5);
    }
}
