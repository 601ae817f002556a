using static VecStore.Formats.Tests.Sae.SaeFiles;

namespace VecStore.Formats.Tests.Sae;

public sealed class SaeFileTests : IDisposable
{
    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    private string Write(string name, byte[] bytes)
    {
        string path = folder.Path(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    private static string Refused(string path, SaeOptions? options = null) => Assert.Throws<VectorFileException>(() => SaeFile.Open(path, options)).Reason;

    private static (string, long[], float[])[] SaeLens(params (string, long[], float[])[] more) =>
        [EncoderByInput("W_enc"), DecoderByFeature("W_dec"), Vector("b_enc", Bias), Vector("b_dec", Centre), .. more];

    [Fact]
    public void SAELens_6()
    {
        Write("a/sae_weights.safetensors", InSafetensors(SaeLens(Vector("threshold", [1, 2, 3, 4, 5]))));
        Write("a/cfg.json", """
            {"d_in":3,"d_sae":5,"architecture":"jumprelu","apply_b_dec_to_input":false,"normalize_activations":"layer_norm","dtype":"torch.float32",
             "metadata":{"model_name":"gemma-2-2b","hook_name":"blocks.12.hook_resid_post","prepend_bos":true,"context_size":1024,"sae_lens_version":"6.18.0"}}
            """);
        Write("a/sparsity.safetensors", InSafetensors(Vector("sparsity", [-1, -2, -3, -4, -10])));
        SaeWeights weights = SaeFile.Open(folder.Path("a"));
        IsThatOne(weights);
        Assert.Equal((SaeFamily.SaeLens, SaeActivationKind.JumpRelu, false, SaeNormalization.LayerNorm), (weights.Family, weights.Activation, weights.SubtractDecoderBias, weights.Normalization));
        Assert.Equal([1, 2, 3, 4, 5], weights.Thresholds!);
        Assert.Equal(("gemma-2-2b", "blocks.12.hook_resid_post", 12), (weights.Model, weights.Site, weights.Layer));
        Assert.Equal(("true", "1024", "6.18.0"), (weights.Facts["prepend_bos"].ToLowerInvariant(), weights.Facts["context_size"], weights.Facts["sae_lens_version"]));
        Assert.Equal([-1, -2, -3, -4, -10], weights.LogDensity!);
        Assert.Equal(3, weights.Files.Count);
        Assert.Contains("encoder bias of 5", weights.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void SAELens_before_6_with_its_old_names_and_defaults()
    {
        Write("a/sae_weights.safetensors", InSafetensors(SaeLens()));
        Write("a/cfg.json", """{"d_in":3,"d_sae":5,"hook_point":"blocks.8.hook_resid_pre","hook_point_layer":8,"model_name":"gpt2-small","activation_fn_str":"topk","activation_fn_kwargs":{"k":2},"normalize_activations":true}""");
        SaeWeights weights = SaeFile.Open(folder.Path("a"));
        IsThatOne(weights);
        Assert.Equal((SaeActivationKind.TopK, 2, true, "blocks.8.hook_resid_pre", 8), (weights.Activation, weights.K, weights.SubtractDecoderBias, weights.Site, weights.Layer));
        Assert.Equal((SaeNormalization.ExpectedAverage, null), (weights.Normalization, weights.InputScale)); // the factor is not in the file
        Assert.Equal("True", weights.Facts["prepend_bos"]);
        Write("a/activation_scaler.json", """{"scaling_factor":0.25}""");
        Assert.Equal(0.25, SaeFile.Open(folder.Path("a")).InputScale);
        Write("a/cfg.json", """{"d_in":3,"d_sae":5,"hook_point":"blocks.8.hook_z","normalize_activations":null}""");
        weights = SaeFile.Open(folder.Path("a"));
        Assert.Equal((SaeActivationKind.Relu, SaeNormalization.None, 1.0), (weights.Activation, weights.Normalization, weights.InputScale));
    }

    [Fact]
    public void SAELens_gated_has_two_biases_and_no_encoder_bias()
    {
        Write("a/sae_weights.safetensors", InSafetensors(EncoderByInput("W_enc"), DecoderByFeature("W_dec"), Vector("b_gate", Bias), Vector("b_mag", [1, 2, 3, 4, 5]), Vector("r_mag", [5, 4, 3, 2, 1]), Vector("b_dec", Centre)));
        Write("a/cfg.json", """{"d_in":3,"d_sae":5,"architecture":"gated","apply_b_dec_to_input":true}""");
        SaeWeights weights = SaeFile.Open(folder.Path("a"));
        IsThatOne(weights);
        Assert.Equal(SaeActivationKind.Gated, weights.Activation);
        Assert.Equal([1, 2, 3, 4, 5], weights.MagnitudeBias!);
        Assert.Equal([5, 4, 3, 2, 1], weights.MagnitudeLogScale!);
    }

    [Fact]
    public void SAELens_folds_its_scaling_factor_and_its_decoder_norms()
    {
        Write("a/sae_weights.safetensors", InSafetensors(SaeLens(Vector("scaling_factor", [1, 2, 1, 1, 1]))));
        Write("a/cfg.json", """{"d_in":3,"d_sae":5,"architecture":"standard"}""");
        SaeWeights weights = SaeFile.Open(folder.Path("a"));
        Assert.Equal(2 * Decoder(1, 2), weights.Decoder[5]);
        Assert.Contains(weights.Notes, note => note.Contains("scaling_factor", StringComparison.Ordinal));

        Write("b/sae_weights.safetensors", InSafetensors(SaeLens()));
        Write("b/cfg.json", """{"d_in":3,"d_sae":5,"architecture":"topk","k":2,"rescale_acts_by_decoder_norm":true}""");
        weights = SaeFile.Open(folder.Path("b"));
        float norm = MathF.Sqrt(Decoder(4, 0) * Decoder(4, 0) + Decoder(4, 1) * Decoder(4, 1) + Decoder(4, 2) * Decoder(4, 2));
        Assert.Equal(Encoder(4, 1) * norm, weights.Encoder[13], 1e-2f);
        Assert.Equal(1, weights.Decoder[12..].Sum(value => value * value), 1e-5f);
    }

    [Fact]
    public void SAELens_training_files_hold_the_logarithm_of_the_threshold()
    {
        Write("a/sae_weights.safetensors", InSafetensors(SaeLens(Vector("log_threshold", [0, 1, 2, 3, -1]))));
        Write("a/cfg.json", """{"d_in":3,"d_sae":5,"architecture":"jumprelu","apply_b_dec_to_input":false}""");
        Assert.Equal(MathF.E, SaeFile.Open(folder.Path("a")).Thresholds![1], 1e-6f);
    }

    [Fact]
    public void A_temporal_SAE_is_refused_by_name() // SAELens#575
    {
        Write("a/sae_weights.safetensors", InSafetensors(("b_dec", [1, 3], Centre), DecoderByFeature("W_dec")));
        Write("a/cfg.json", """{"d_in":3,"d_sae":5,"architecture":"temporal"}""");
        Assert.Contains("temporal", Refused(folder.Path("a")), StringComparison.Ordinal);
    }

    [Fact]
    public void Gemma_Scope_1_has_no_configuration_and_subtracts_nothing()
    {
        string path = Write("layer_12/width_16k/average_l0_82/params.npz", InNpz(SaeLens(Vector("threshold", [1, 2, 3, 4, 5]))));
        SaeWeights weights = SaeFile.Open(path);
        IsThatOne(weights);
        Assert.Equal((SaeFamily.GemmaScope, SaeActivationKind.JumpRelu, false, 12), (weights.Family, weights.Activation, weights.SubtractDecoderBias, weights.Layer));
        path = Write("embedding/width_4k/average_l0_6/params.npz", InNpz(EncoderByInput("w_enc"), DecoderByFeature("w_dec"), Vector("b_enc", Bias), Vector("b_dec", Centre), Vector("threshold", Bias)));
        weights = SaeFile.Open(path);
        Assert.Equal(Encoder(2, 1) / MathF.Sqrt(3), weights.Encoder[7], 1e-5f);
        Assert.Equal(Decoder(2, 1) * MathF.Sqrt(3), weights.Decoder[7], 1e-3f);
    }

    [Fact]
    public void Gemma_Scope_2_has_lower_case_names_and_a_skip_connection()
    {
        Write("layer_3_width_16k_l0_small/params.safetensors", InSafetensors(EncoderByInput("w_enc"), DecoderByFeature("w_dec"), Vector("b_enc", Bias), Vector("b_dec", Centre), Vector("threshold", Bias),
            ("affine_skip_connection", [3, 3], new float[9])));
        Write("layer_3_width_16k_l0_small/config.json", """{"architecture":"jump_relu","model_name":"google/gemma-3-1b-pt"}""");
        SaeWeights weights = SaeFile.Open(folder.Path("layer_3_width_16k_l0_small"));
        IsThatOne(weights);
        Assert.Equal((SaeFamily.GemmaScope2, SaeActivationKind.JumpRelu, false, 3), (weights.Family, weights.Activation, weights.SubtractDecoderBias, weights.Layer));
        Assert.Contains(weights.Notes, note => note.Contains("affine_skip_connection", StringComparison.Ordinal));
    }

    [Fact]
    public void Sparsify_keeps_its_decoder_by_feature_and_is_not_transposed() // the trap: SAELens 6 transposes it
    {
        Write("layers.10/sae.safetensors", InSafetensors(EncoderByFeature("encoder.weight"), DecoderByFeature("W_dec"), Vector("encoder.bias", Bias), Vector("b_dec", Centre)));
        Write("layers.10/cfg.json", """{"expansion_factor":32,"normalize_decoder":true,"num_latents":0,"k":4,"signed":false,"d_in":3}""");
        SaeWeights weights = SaeFile.Open(folder.Path("layers.10"));
        IsThatOne(weights);
        Assert.Equal((SaeFamily.Sparsify, SaeActivationKind.TopK, 4, true, "layers.10", 10), (weights.Family, weights.Activation, weights.K, weights.SubtractDecoderBias, weights.Site, weights.Layer));
        Write("layers.10/cfg.json", """{"k":4,"transcode":true,"d_in":3}""");
        Assert.False(SaeFile.Open(folder.Path("layers.10")).SubtractDecoderBias);
        Write("layers.10/cfg.json", """{"k":4,"signed":true,"d_in":3}""");
        Assert.Contains("signed", Refused(folder.Path("layers.10")), StringComparison.Ordinal);
    }

    [Fact]
    public void Dictionary_learning_keeps_views_with_strides() // the trap: .T tensors are not contiguous
    {
        byte[] bytes = InTorchWith([Vector("bias", Centre), Vector("encoder.bias", Bias)],
            ("encoder.weight", w => w.Tensor("FloatStorage", Bytes(ByInput(Encoder)), 4, [5, 3], [1, 5])),
            ("decoder.weight", w => w.Tensor("FloatStorage", Bytes(ByFeature(Decoder)), 4, [3, 5], [1, 3]))).Zip();
        Write("trainer_0/ae.pt", bytes);
        Write("trainer_0/config.json", """{"trainer":{"dict_class":"AutoEncoder","activation_dim":3,"dict_size":5,"layer":8,"lm_name":"EleutherAI/pythia-70m","submodule_name":"resid_post_layer_8"},"buffer":{"ctx_len":128}}""");
        SaeWeights weights = SaeFile.Open(folder.Path("trainer_0"));
        IsThatOne(weights);
        Assert.Equal((SaeFamily.DictionaryLearning, SaeActivationKind.Relu, true, "EleutherAI/pythia-70m", "resid_post_layer_8", 8),
            (weights.Family, weights.Activation, weights.SubtractDecoderBias, weights.Model, weights.Site, weights.Layer));
        Assert.Equal("128", weights.Facts["ctx_len"]);
    }

    [Fact]
    public void Dictionary_learning_TopK_and_BatchTopK_have_the_same_tensors()
    {
        (string, long[], float[])[] tensors = [EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight"), Vector("encoder.bias", Bias), Vector("b_dec", Centre), Scalar("threshold", 2.5f)];
        string path = Write("a/ae.pt", InTorchWith(tensors, ("k", w => w.Tensor("IntStorage", [7, 0, 0, 0], 4, []))).Zip());
        Assert.Contains("--activation", Refused(path), StringComparison.Ordinal);
        Write("a/config.json", """{"trainer":{"dict_class":"AutoEncoderTopK"}}""");
        SaeWeights weights = SaeFile.Open(path);
        IsThatOne(weights);
        Assert.Equal((SaeActivationKind.TopK, 7), (weights.Activation, weights.K));
        Write("a/config.json", """{"trainer":{"dict_class":"BatchTopKSAE"}}""");
        weights = SaeFile.Open(path);
        Assert.Equal((SaeActivationKind.BatchTopK, 2.5, true), (weights.Activation, weights.Threshold, weights.SubtractDecoderBias));
        tensors[^1] = Scalar("threshold", -1); // not set by the training
        path = Write("a/ae.pt", InTorchWith(tensors, ("k", w => w.Tensor("IntStorage", [7, 0, 0, 0], 4, []))).Zip());
        Assert.Contains("not set", Refused(path), StringComparison.Ordinal);
        Assert.Equal(1.5, SaeFile.Open(path, new() { Threshold = 1.5 }).Threshold);
    }

    [Fact]
    public void Dictionary_learning_gated_JumpReLU_and_Matryoshka()
    {
        string path = Write("g/ae.pt", InTorch(EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight"), Vector("decoder_bias", Centre), Vector("gate_bias", Bias), Vector("mag_bias", Bias), Vector("r_mag", Bias)));
        SaeWeights gated = SaeFile.Open(path);
        IsThatOne(gated);
        Assert.Equal((SaeFamily.DictionaryLearning, SaeActivationKind.Gated, true), (gated.Family, gated.Activation, gated.SubtractDecoderBias));

        path = Write("j/ae.pt", InTorch(SaeLens(Vector("threshold", [1, 2, 3, 4, 5]))));
        SaeWeights jump = SaeFile.Open(path);
        IsThatOne(jump);
        Assert.Equal((SaeFamily.DictionaryLearning, SaeActivationKind.JumpRelu, false), (jump.Family, jump.Activation, jump.SubtractDecoderBias));

        path = Write("m/ae.pt", InTorch(SaeLens(Scalar("threshold", 0.75f), Vector("group_sizes", [1, 4]))));
        SaeWeights matryoshka = SaeFile.Open(path);
        IsThatOne(matryoshka);
        Assert.Equal((SaeActivationKind.BatchTopK, 0.75), (matryoshka.Activation, matryoshka.Threshold));
    }

    [Fact]
    public void OpenAI_with_and_without_its_own_decoder()
    {
        (string, Action<Torch.TorchWriter>)[] others = [("activation", w => w.Text("TopK")), ("activation_state_dict", w => w.Dictionary(("k", v => v.Integer(3)), ("postact_fn", v => v.Text("ReLU")))),
            ("stats_last_nonzero", w => w.Tensor("LongStorage", new byte[40], 8, [5]))];
        string path = Write("8.pt", InTorchWith([Vector("pre_bias", Centre), Vector("latent_bias", Bias), EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight")], others).Zip());
        SaeWeights weights = SaeFile.Open(path);
        IsThatOne(weights);
        Assert.Equal((SaeFamily.OpenAi, SaeActivationKind.TopK, 3, true, SaeNormalization.LayerNorm), (weights.Family, weights.Activation, weights.K, weights.SubtractDecoderBias, weights.Normalization));
        path = Write("tied.pt", InTorchWith([Vector("pre_bias", Centre), Vector("latent_bias", Bias), EncoderByFeature("encoder.weight")], ("activation", w => w.Text("ReLU"))).Legacy());
        weights = SaeFile.Open(path);
        Assert.Equal(weights.Encoder, weights.Decoder);
        Assert.Equal((SaeActivationKind.Relu, SaeNormalization.None), (weights.Activation, weights.Normalization));
    }

    [Fact]
    public void Llama_Scope_rescales_its_threshold()
    {
        Write("l/checkpoints/final.safetensors", InSafetensors(EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight"), Vector("encoder.bias", Bias), Vector("decoder.bias", Centre)));
        Write("l/hyperparams.json", """{"d_model":3,"d_sae":5,"act_fn":"jumprelu","jump_relu_threshold":0.5,"dataset_average_activation_norm":{"in":12.0,"out":11.0},"hook_point_in":"blocks.4.hook_resid_post"}""");
        SaeWeights weights = SaeFile.Open(folder.Path("l"));
        IsThatOne(weights);
        double scale = Math.Sqrt(3) / 12;
        Assert.Equal((SaeFamily.LlamaScope, SaeActivationKind.JumpRelu, SaeNormalization.ExpectedAverage, false, 4), (weights.Family, weights.Activation, weights.Normalization, weights.SubtractDecoderBias, weights.Layer));
        Assert.Equal(scale, weights.InputScale!.Value, 12);
        Assert.Equal(0.5 * scale, weights.Thresholds![3], 1e-6);
        string distilled = Write("r1/sae_weights.safetensors", InSafetensors(EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight"), Vector("encoder.bias", Bias), Vector("decoder.bias", Centre), Vector("log_jumprelu_threshold", Bias)));
        Assert.Equal(MathF.Exp(0.4f), SaeFile.Open(distilled).Thresholds![4], 1e-6f);
    }

    [Fact]
    public void Goodfire_and_other_linear_layers()
    {
        SaeWeights goodfire = SaeFile.Open(Write("g.pth", InTorch(EncoderByFeature("encoder_linear.weight"), DecoderByOutput("decoder_linear.weight"), Vector("encoder_linear.bias", Bias), Vector("decoder_linear.bias", Centre))));
        IsThatOne(goodfire);
        Assert.Equal((SaeFamily.LinearLayers, SaeActivationKind.Relu, false), (goodfire.Family, goodfire.Activation, goodfire.SubtractDecoderBias));
        IsThatOne(SaeFile.Open(Write("deepseek.pt", InTorch(EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight"), Vector("encoder.bias", Bias), Vector("decoder.bias", Centre)))));
    }

    [Fact]
    public void Mwhannas_transcoders_have_SAELens_names_the_other_way_round()
    {
        string path = Write("t/layer_7.safetensors", InSafetensors(EncoderByFeature("W_enc"), DecoderByFeature("W_dec"), Vector("b_enc", Bias), Vector("b_dec", Centre), ("W_skip", [3, 3], new float[9])));
        Write("t/wanb-config.yaml", "wandb_version: 1\nmodel_name:\n  desc: null\n  value: Qwen/Qwen3-0.6B\nfeature_input_hook: mlp.hook_in\n");
        SaeWeights weights = SaeFile.Open(path);
        IsThatOne(weights);
        Assert.Equal((SaeFamily.CircuitTracer, SaeActivationKind.Relu, false, 7, "Qwen/Qwen3-0.6B", "mlp.hook_in"), (weights.Family, weights.Activation, weights.SubtractDecoderBias, weights.Layer, weights.Model, weights.Site));
        Assert.Contains("encoder [features, inputs]", weights.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_transcoder_may_write_vectors_of_another_length()
    {
        string path = Write("t/layer_0.safetensors", InSafetensors(EncoderByFeature("W_enc"), ("W_dec", [5, 2], new float[10]), Vector("b_enc", Bias), Vector("b_dec", [1, 2])));
        Write("t/wandb-config.yaml", "model_name: x\n");
        SaeWeights weights = SaeFile.Open(path);
        Assert.Equal((3, 2, 5), (weights.InputDimension, weights.OutputDimension, weights.FeatureCount));
    }

    [Fact]
    public void Cross_layer_transcoders_are_refused_by_name() => Assert.Contains("cross-layer",
        Refused(Write("W_enc_3.safetensors", InSafetensors(EncoderByFeature("W_enc_3"), Vector("b_enc_3", Bias), Vector("b_dec_3", Centre)))), StringComparison.Ordinal);

    [Fact]
    public void Attention_heads_of_connor_rob_have_a_configuration_of_their_own_name()
    {
        string path = Write("gpt2_L5.pt", InTorch(SaeLens()));
        Write("gpt2_L5_cfg.json", """{"act_size":3,"dict_size":5,"act_name":"blocks.5.attn.hook_z","model_name":"gpt2"}""");
        SaeWeights weights = SaeFile.Open(path);
        IsThatOne(weights);
        Assert.Equal((true, "blocks.5.attn.hook_z", 5), (weights.SubtractDecoderBias, weights.Site, weights.Layer));
    }

    private static byte[] Bytes(float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray();
}
