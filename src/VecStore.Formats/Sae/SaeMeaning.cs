using System.Globalization;
using System.Text.RegularExpressions;

namespace VecStore.Formats.Sae;

/// <summary>What the writer of a file means by it: the family, the activation, what is subtracted and scaled.</summary>
internal sealed partial class SaeMeaning
{
    private readonly TensorSet set;
    private readonly SaeRoles roles;
    private readonly SaeConfiguration configuration;
    private readonly SaeOptions options;
    private readonly List<string> missing;

    // What must be stated is put on the list of what is missing; the properties then hold something, but nothing to go on with.
    public SaeMeaning(TensorSet set, SaeRoles roles, SaeConfiguration configuration, SaeOptions options, List<string> missing)
    {
        (this.set, this.roles, this.configuration, this.options, this.missing) = (set, roles, configuration, options, missing);
        foreach ((string name, object value) in set.Values) configuration.Put(name, value);
        RefuseOthers();
        Family = options.Family ?? FindFamily();
        Transcoder = Family == SaeFamily.CircuitTracer || roles["skip"] is not null || configuration.Flag("transcode") == true
            || Architecture.Contains("transcoder", StringComparison.OrdinalIgnoreCase);
        Activation = options.Activation ?? FindActivation();
        K = Activation == SaeActivationKind.TopK ? options.K ?? configuration.Whole("k", "activation_fn_kwargs.k", "trainer.k", "activation_state_dict.k", "top_k") ?? ScalarK() : null;
        if (Activation == SaeActivationKind.TopK && K is not > 0) missing.Add("how many features its TopK keeps (--k)");
        SubtractDecoderBias = options.SubtractDecoderBias ?? FindSubtraction();
        Normalization = FindNormalization();
        Scale = options.InputScale ?? Normalization switch
        {
            SaeNormalization.ExpectedAverage => configuration.Number("scaling_factor", "norm_scaling_factor") ?? LlamaScopeScale,
            _ => 1,
        };
        FixedThreshold = options.Threshold ?? (Family == SaeFamily.LlamaScope && roles["log threshold"] is null && configuration.Number("jump_relu_threshold") is { } threshold
            ? threshold * (LlamaScopeScale ?? 1) : null);
    }

    public SaeFamily Family { get; }

    public SaeActivationKind Activation { get; }

    public int? K { get; }

    public bool Transcoder { get; }

    public bool SubtractDecoderBias { get; }

    public SaeNormalization Normalization { get; }

    public double? Scale { get; }

    /// <summary>Nothing in the layout, the configuration or the options says whether inputs are scaled.</summary>
    public bool ScaleIsAssumed => options.InputScale is null && configuration.IsEmpty && Family is SaeFamily.SaeLens or SaeFamily.DictionaryLearning or SaeFamily.LinearLayers or SaeFamily.CircuitTracer;

    /// <summary>One threshold for all features; null where each has its own, or none.</summary>
    public double? FixedThreshold { get; }

    /// <summary>SAELens scales pre-activations by the decoder's norms before it chooses the k largest.</summary>
    public bool RescaleByDecoderNorm => configuration.Flag("rescale_acts_by_decoder_norm") == true && Activation is SaeActivationKind.TopK;

    public string Architecture => configuration.Text("architecture", "trainer.dict_class", "dict_class", "sae_type") ?? "";

    public string? Model => options.Model ?? configuration.Text("metadata.model_name", "model_name", "trainer.lm_name", "lm_name", "model");

    public string? Site => options.Site ?? configuration.Text("metadata.hook_name", "hook_name", "hook_point", "trainer.submodule_name", "submodule_name", "hook_point_in",
        "feature_input_hook", "act_name") ?? (Family == SaeFamily.Sparsify ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(set.Path))) : null);

    public int? Layer => options.Layer ?? configuration.Whole("metadata.hook_layer", "hook_layer", "hook_point_layer", "trainer.layer", "layer")
        ?? FromText(Site) ?? FromText(string.Join('/', Path.GetFullPath(set.Path).Split('/', '\\').TakeLast(4)));

    public Dictionary<string, string> Facts()
    {
        Dictionary<string, string> facts = [];
        foreach (string name in (string[])["metadata.prepend_bos", "prepend_bos", "metadata.context_size", "context_size", "buffer.ctx_len", "metadata.dataset_path", "dataset_path",
            "metadata.sae_lens_version", "sae_lens_version", "metadata.neuronpedia_id", "neuronpedia_id", "metadata.hook_head_index", "hook_head_index", "hook_point_head_index",
            "metadata.seqpos_slice", "release", "architecture", "trainer.dict_class"])
        {
            string shortName = name[(name.LastIndexOf('.') + 1)..];
            if (configuration.Text(name) is { } text) facts.TryAdd(shortName, text);
        }
        // SAELens before 6 left this out where it was true.
        if (Family == SaeFamily.SaeLens && !configuration.IsEmpty && configuration.Text("metadata.sae_lens_version", "sae_lens_version") is null) facts.TryAdd("prepend_bos", "True");
        return facts;
    }

    private double? LlamaScopeScale => configuration.Number("dataset_average_activation_norm.in") is > 0 and { } norm && configuration.Number("d_model", "d_in") is { } width
        ? Math.Sqrt(width) / norm : null;

    private void RefuseOthers()
    {
        if (roles["encoder"] is null && roles["decoder bias"] is { Shape: [1, _] })
            throw set.Error("a temporal SAE (no encoder, decoder bias of shape [1, d]): its features depend on earlier tokens and are not read");
        if (set.Tensors.Keys.FirstOrDefault(name => CrossLayer().IsMatch(name)) is { } part)
            throw set.Error($"'{part}' is a part of a cross-layer transcoder, which writes to several layers; it is not read as one autoencoder");
    }

    private SaeFamily FindFamily()
    {
        if (roles.Has("pre_bias")) return SaeFamily.OpenAi;
        if (roles["encoder"] is { Name: "encoder.weight" } && roles["decoder"] is { Name: "W_dec" }) return SaeFamily.Sparsify;
        if (configuration.Has("hyperparams.json") || roles.Has("log_jumprelu_threshold")) return SaeFamily.LlamaScope;
        if (configuration.Text("trainer.dict_class", "dict_class") is not null || roles.Has("decoder_bias") || roles.Has("group_sizes") || (roles.Has("bias") && roles.Has("encoder.weight"))
            || (set.Format == VectorFileFormat.Torch && roles.Has("threshold") && (roles.Has("k") || roles.Has("b_dec")))) return SaeFamily.DictionaryLearning;
        if (configuration.Has("wandb-config.yaml") || configuration.Has("wanb-config.yaml")) return SaeFamily.CircuitTracer;
        if (configuration.Text("architecture") is "jump_relu" || (configuration.IsEmpty && roles.Has("w_enc") && set.Format == VectorFileFormat.Safetensors)) return SaeFamily.GemmaScope2;
        if (set.Format == VectorFileFormat.Npz && roles["threshold"] is not null) return SaeFamily.GemmaScope;
        if (roles["encoder"] is { Name: "encoder.weight" or "encoder_linear.weight" } && roles["decoder"] is { Name: "decoder.weight" or "decoder_linear.weight" }) return SaeFamily.LinearLayers;
        return SaeFamily.SaeLens;
    }

    private SaeActivationKind FindActivation()
    {
        if (roles["gate bias"] is not null) return SaeActivationKind.Gated;
        string function = (configuration.Text("activation_fn", "activation_fn_str", "activation", "act_fn") ?? "").ToLowerInvariant();
        bool thresholds = roles["threshold"] is not null || roles["log threshold"] is not null;
        switch (Family)
        {
            case SaeFamily.GemmaScope or SaeFamily.GemmaScope2: return SaeActivationKind.JumpRelu;
            case SaeFamily.LlamaScope:
                return function.Contains("topk", StringComparison.Ordinal) ? SaeActivationKind.TopK
                    : thresholds || configuration.Number("jump_relu_threshold") is not null ? SaeActivationKind.JumpRelu : SaeActivationKind.Relu;
            case SaeFamily.Sparsify:
                if (configuration.Flag("signed") == true) throw set.Error("a signed TopK, whose activations may be negative; it is not read");
                if (function is not ("" or "topk")) throw set.Error($"the activation '{function}' of sparsify is not read; topk is");
                return SaeActivationKind.TopK;
            case SaeFamily.OpenAi: return function.Contains("topk", StringComparison.Ordinal) ? SaeActivationKind.TopK : SaeActivationKind.Relu;
            case SaeFamily.DictionaryLearning:
                if (Architecture.Contains("Batch", StringComparison.Ordinal) || roles.Has("group_sizes")) return SaeActivationKind.BatchTopK;
                if (Architecture.Contains("TopK", StringComparison.Ordinal)) return SaeActivationKind.TopK;
                if (roles["threshold"] is { Shape: [_] }) return SaeActivationKind.JumpRelu;
                // k and one threshold: TopK and BatchTopK have the same tensors.
                if (roles["k"] is not null) missing.Add("which activation it has: its tensors are those of TopK and of BatchTopK (--activation topk or batchtopk)");
                return SaeActivationKind.Relu;
            case SaeFamily.LinearLayers: return SaeActivationKind.Relu;
            case SaeFamily.CircuitTracer: return thresholds ? SaeActivationKind.JumpRelu : SaeActivationKind.Relu;
        }
        if (thresholds) return SaeActivationKind.JumpRelu;
        string architecture = Architecture.ToLowerInvariant();
        if (architecture is "topk" or "matching_pursuit" || function == "topk")
            return architecture == "matching_pursuit" ? throw set.Error("a matching pursuit, which encodes step by step; it is not read") : SaeActivationKind.TopK;
        if (function is not ("" or "relu")) throw set.Error($"the activation function '{function}' is not read; relu, topk and jumprelu are");
        if (architecture.StartsWith("standard", StringComparison.Ordinal) || architecture is "transcoder" or "skip_transcoder" || function == "relu" || !configuration.IsEmpty)
            return SaeActivationKind.Relu;
        missing.Add("which activation it has (--activation relu, jumprelu, batchtopk, gated, or topk with --k)");
        return SaeActivationKind.Relu;
    }

    private bool FindSubtraction() => Family switch
    {
        _ when Transcoder => false,
        SaeFamily.OpenAi or SaeFamily.Sparsify => true,
        SaeFamily.DictionaryLearning => Activation != SaeActivationKind.JumpRelu,
        SaeFamily.LlamaScope => configuration.Flag("apply_decoder_bias_to_pre_encoder") ?? false,
        SaeFamily.GemmaScope or SaeFamily.GemmaScope2 or SaeFamily.LinearLayers or SaeFamily.CircuitTracer => false,
        _ when configuration.Flag("apply_b_dec_to_input") is { } said => said,
        // SAELens before 6 and the SAEs of attention heads by connor_rob leave it out where it is true.
        _ when !configuration.IsEmpty => true,
        _ => Missing("whether the decoder's bias is subtracted from the input (--subtract-decoder-bias yes or no)"),
    };

    private bool Missing(string what)
    {
        missing.Add(what);
        return false;
    }

    private SaeNormalization FindNormalization()
    {
        if (Family == SaeFamily.OpenAi) return Activation == SaeActivationKind.TopK ? SaeNormalization.LayerNorm : SaeNormalization.None;
        if (Family == SaeFamily.LlamaScope) return LlamaScopeScale is null ? SaeNormalization.None : SaeNormalization.ExpectedAverage;
        if (configuration.Flag("normalize_activations") is { } old) return old ? SaeNormalization.ExpectedAverage : SaeNormalization.None;
        return configuration.Text("normalize_activations") switch
        {
            null or "none" or "None" => SaeNormalization.None,
            "expected_average_only_in" => SaeNormalization.ExpectedAverage,
            "layer_norm" => SaeNormalization.LayerNorm,
            "constant_norm_rescale" => SaeNormalization.ConstantNorm,
            { } other => throw set.Error($"the normalisation '{other}' of activations is not known"),
        };
    }

    private int? ScalarK() => roles["k"] is { } k && k.Shape.Aggregate(1L, (count, axis) => count * axis) == 1 ? (int)k.Read()[0] : null;

    private static int? FromText(string? text) => text is not null && LayerNumber().Match(text) is { Success: true } match
        && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : null;

    [GeneratedRegex(@"(?:layers?|blocks|resid_post_layer)[._/]?(\d{1,4})(?!\d)")]
    private static partial Regex LayerNumber();

    [GeneratedRegex(@"^(W_enc|b_enc|W_dec|b_dec)_\d+$")]
    private static partial Regex CrossLayer();
}
