namespace VecStore.Formats;

/// <summary>Who writes sparse autoencoders in this layout; each brings its meaning of the names along (FORMATS.md).</summary>
public enum SaeFamily
{
    /// <summary>SAELens, with cfg.json of any version.</summary>
    SaeLens,

    /// <summary>Gemma Scope: params.npz, JumpReLU.</summary>
    GemmaScope,

    /// <summary>Gemma Scope 2: params.safetensors with names in lower case.</summary>
    GemmaScope2,

    /// <summary>EleutherAI sparsify: encoder.weight and W_dec.</summary>
    Sparsify,

    /// <summary>dictionary_learning: ae.pt.</summary>
    DictionaryLearning,

    /// <summary>OpenAI sparse_autoencoder: pre_bias and latent_bias.</summary>
    OpenAi,

    /// <summary>Llama Scope: hyperparams.json beside checkpoints/final.safetensors.</summary>
    LlamaScope,

    /// <summary>Two linear layers and a ReLU: Goodfire, DeepSeek-R1 by qresearch.</summary>
    LinearLayers,

    /// <summary>Transcoders of mwhanna's circuit-tracer: layer_L.safetensors, SAELens' names the other way round.</summary>
    CircuitTracer,
}

/// <summary>What makes an activation of a pre-activation.</summary>
public enum SaeActivationKind
{
    /// <summary>max(0, pre).</summary>
    Relu,

    /// <summary>pre where it exceeds the feature's threshold and 0, else 0.</summary>
    JumpRelu,

    /// <summary>The k largest of a row, of these the positive ones.</summary>
    TopK,

    /// <summary>Trained by TopK over a batch; each row by itself with one threshold for all features.</summary>
    BatchTopK,

    /// <summary>A gate decides which features are active, a second path how much.</summary>
    Gated,
}

/// <summary>How the two matrices lie in a file.</summary>
public enum SaeLayout
{
    /// <summary>Encoder [input, features], decoder [features, output]: SAELens.</summary>
    InputFirst,

    /// <summary>Encoder [features, input], decoder [output, features]: linear layers of PyTorch.</summary>
    Linear,

    /// <summary>Both [features, ..]: sparsify, mwhanna's transcoders.</summary>
    FeaturesFirst,
}

/// <summary>What is done to inputs before anything else.</summary>
public enum SaeNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Multiplied by one factor that makes their mean norm sqrt(d).</summary>
    ExpectedAverage,

    /// <summary>Mean subtracted, divided by the standard deviation (n - 1) plus 1e-5.</summary>
    LayerNorm,

    /// <summary>Scaled to norm sqrt(d), each by itself.</summary>
    ConstantNorm,
}

/// <summary>What a file of weights does not say by itself, or is to be overruled. Null: from the file, its name and the configuration beside it.</summary>
public sealed record SaeOptions
{
    /// <summary>Whose layout it is.</summary>
    public SaeFamily? Family { get; init; }

    /// <summary>How the matrices lie, where neither bias lengths nor the configuration decide.</summary>
    public SaeLayout? Layout { get; init; }

    /// <summary>The activation.</summary>
    public SaeActivationKind? Activation { get; init; }

    /// <summary>Active features of a row, for TopK.</summary>
    public int? K { get; init; }

    /// <summary>The threshold of all features, for JumpReLU and BatchTopK.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether the decoder's bias is subtracted from the input.</summary>
    public bool? SubtractDecoderBias { get; init; }

    /// <summary>Inputs are multiplied by this.</summary>
    public double? InputScale { get; init; }

    /// <summary>The configuration; otherwise looked for beside the weights.</summary>
    public string? ConfigurationPath { get; init; }

    /// <summary>The model whose activations it takes apart.</summary>
    public string? Model { get; init; }

    /// <summary>Where in the model: hook name or module path.</summary>
    public string? Site { get; init; }

    /// <summary>The layer, in the file's own numbering.</summary>
    public int? Layer { get; init; }

    /// <summary>Most elements of a matrix; fewer in tests.</summary>
    internal long MostElements { get; init; } = Array.MaxLength;

    /// <summary>Features with a NaN or an infinity are set to zero and listed, instead of refused.</summary>
    public bool ZeroDamaged { get; init; }
}
