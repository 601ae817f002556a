using static VecStore.Formats.Tests.Sae.SaeFiles;

namespace VecStore.Formats.Tests.Sae;

/// <summary>Nothing is guessed about how matrices lie.</summary>
public sealed class OrientationTests : IDisposable
{
    private readonly Folder folder = new();

    private static readonly SaeOptions Stated = new() { Activation = SaeActivationKind.Relu, SubtractDecoderBias = false };

    public void Dispose() => folder.Dispose();

    private string Write(params (string, long[], float[])[] tensors)
    {
        File.WriteAllBytes(folder.Path("w.safetensors"), InSafetensors(tensors));
        return folder.Path("w.safetensors");
    }

    private static string Refused(string path, SaeOptions options) => Assert.Throws<VectorFileException>(() => SaeFile.Open(path, options)).Reason;

    private static readonly (string, long[], float[])[] Encoders = [EncoderByFeature("W_enc"), EncoderByInput("W_enc")];

    private static readonly (string, long[], float[])[] Decoders = [DecoderByFeature("W_dec"), DecoderByOutput("W_dec")];

    [Fact]
    public void Bias_lengths_decide_whatever_the_names_say()
    {
        foreach ((string, long[], float[]) encoder in Encoders)
            foreach ((string, long[], float[]) decoder in Decoders)
                IsThatOne(SaeFile.Open(Write(encoder, decoder, Vector("b_enc", Bias), Vector("b_dec", Centre)), Stated));
    }

    [Fact]
    public void One_bias_decides_alone_and_none_does_not()
    {
        Assert.Equal(ByFeature(Encoder), SaeFile.Open(Write(Encoders[0], Decoders[1], Vector("b_dec", Centre)), Stated).Encoder);
        Assert.Equal(ByFeature(Encoder), SaeFile.Open(Write(Encoders[0], Decoders[1], Vector("b_enc", Bias)), Stated).Encoder);
        string bare = Write(Encoders[0], Decoders[1]);
        Assert.Contains("--orientation", Refused(bare, Stated), StringComparison.Ordinal);
        Assert.Equal(ByFeature(Encoder), SaeFile.Open(bare, Stated with { Layout = SaeLayout.Linear }).Encoder);
        // The configuration is evidence, too.
        File.WriteAllText(folder.Path("cfg.json"), """{"d_in":3,"d_sae":5}""");
        Assert.Equal(ByFeature(Decoder), SaeFile.Open(bare, Stated).Decoder);
    }

    [Fact]
    public void All_that_must_be_stated_is_asked_for_at_once_and_what_was_stated_is_recorded()
    {
        string bare = Write(Encoders[0], Decoders[1]);
        string reason = Refused(bare, new());
        foreach (string option in (string[])["--activation", "--subtract-decoder-bias", "--orientation", "--config", "--scale"])
            Assert.Equal(1, reason.Split(option).Length - 1);
        Assert.Contains("--k", Refused(bare, new() { Activation = SaeActivationKind.TopK }), StringComparison.Ordinal);
        SaeOptions told = new() { Activation = SaeActivationKind.TopK, K = 2, SubtractDecoderBias = true, Layout = SaeLayout.Linear };
        SaeWeights weights = SaeFile.Open(bare, told);
        Assert.Contains(weights.Notes, note => note.Contains("activation TopK, k 2, decoder bias subtracted", StringComparison.Ordinal));
        Assert.Contains(weights.Notes, note => note.Contains("taken as they are (scale 1)", StringComparison.Ordinal));
        Assert.DoesNotContain(SaeFile.Open(bare, told with { InputScale = 1 }).Notes, note => note.Contains("taken as they are", StringComparison.Ordinal));
    }

    [Fact]
    public void Matrices_too_large_for_an_array_are_refused_with_the_way_to_the_features_rows_before_anything_is_read()
    {
        string byFeature = Refused(Write(Encoders[0], Decoders[0], Vector("b_enc", Bias), Vector("b_dec", Centre)), Stated with { MostElements = 14 });
        Assert.Contains("has 15 elements", byFeature, StringComparison.Ordinal);
        Assert.EndsWith("--tensor W_dec", byFeature, StringComparison.Ordinal);
        Assert.EndsWith("--tensor W_dec --columns-are-vectors", Refused(Write(Encoders[0], Decoders[1], Vector("b_enc", Bias), Vector("b_dec", Centre)), Stated with { MostElements = 14 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Square_matrices_are_refused_until_the_layout_is_stated()
    {
        float[] nine = [1, 2, 3, 4, 5, 6, 7, 8, 9];
        string path = Write(("W_enc", [3, 3], nine), ("W_dec", [3, 3], nine), Vector("b_enc", [1, 2, 3]), Vector("b_dec", Centre));
        Assert.Contains("--orientation", Refused(path, Stated), StringComparison.Ordinal);
        float[] turned = [1, 4, 7, 2, 5, 8, 3, 6, 9];
        foreach ((SaeLayout layout, float[] encoder, float[] decoder) in (ReadOnlySpan<(SaeLayout, float[], float[])>)[(SaeLayout.InputFirst, turned, nine), (SaeLayout.Linear, nine, turned), (SaeLayout.FeaturesFirst, nine, nine)])
        {
            SaeWeights weights = SaeFile.Open(path, Stated with { Layout = layout });
            Assert.Equal(encoder, weights.Encoder);
            Assert.Equal(decoder, weights.Decoder);
        }
    }

    [Fact]
    public void Contradictions_are_refused()
    {
        Assert.Contains("fits neither way", Refused(Write(Encoders[0], Decoders[0], Vector("b_enc", [1, 2, 3, 4]), Vector("b_dec", Centre)), Stated), StringComparison.Ordinal);
        Assert.Contains("says 4", Refused(Write(Encoders[0], Decoders[0], Vector("b_enc", Bias), Vector("threshold", [1, 2, 3, 4]), Vector("b_dec", Centre)), Stated), StringComparison.Ordinal);
        string sound = Write(Encoders[0], Decoders[0], Vector("b_enc", Bias), Vector("b_dec", Centre));
        Assert.Contains("cannot lie as stated", Refused(sound, Stated with { Layout = SaeLayout.InputFirst }), StringComparison.Ordinal);
        File.WriteAllText(folder.Path("cfg.json"), """{"d_in":4,"d_sae":5}""");
        Assert.Contains("says 3", Refused(sound, Stated), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_file_without_configuration_does_not_say_is_asked()
    {
        string path = Write(Encoders[1], Decoders[0], Vector("b_enc", Bias), Vector("b_dec", Centre));
        Assert.Contains("--activation", Refused(path, new()), StringComparison.Ordinal);
        Assert.Contains("--subtract-decoder-bias", Refused(path, new() { Activation = SaeActivationKind.Relu }), StringComparison.Ordinal);
        Assert.Contains("--k", Refused(path, new() { Activation = SaeActivationKind.TopK, SubtractDecoderBias = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Features_with_NaN_are_refused_or_set_to_zero_and_listed()
    {
        float[] damaged = ByFeature(Decoder);
        damaged[7] = float.NaN;
        string path = Write(Encoders[1], ("W_dec", [5, 3], damaged), Vector("b_enc", Bias), Vector("b_dec", Centre));
        Assert.Contains("feature 2", Refused(path, Stated), StringComparison.Ordinal);
        SaeWeights weights = SaeFile.Open(path, Stated with { ZeroDamaged = true });
        Assert.Equal([2], weights.Damaged);
        Assert.Equal([0, 0, 0], weights.Encoder[6..9]);
        Assert.Equal([0, 0, 0], weights.Decoder[6..9]);
        Assert.Equal(Decoder(3, 0), weights.Decoder[9]);
    }

    [Fact]
    public void The_weights_of_the_real_autoencoders_are_the_same_from_both_files()
    {
        SaeOptions options = new() { Activation = SaeActivationKind.TopK, K = 8, SubtractDecoderBias = true };
        SaeWeights one = SaeFile.Open(Checkout.Shared("data/stories260k/sae_weights.safetensors"), options), other = SaeFile.Open(Checkout.Shared("data/stories260k/params.npz"), options);
        Assert.Equal((64, 1024), (one.InputDimension, one.FeatureCount));
        Assert.Equal(one.Encoder, other.Encoder);
        Assert.Equal(one.Decoder, other.Decoder);
        Assert.Equal("0", SaeFile.Open(Checkout.Shared("data/stories260k/params.npz")).Thresholds![0].ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
