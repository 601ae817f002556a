namespace VecStore.Formats;

/// <summary>A file that weights or their configuration were read from.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Its SHA-256, 64 hexadecimal digits.</param>
public sealed record SaeSourceFile(string Path, long Bytes, string Sha256);

/// <summary>A sparse autoencoder or transcoder as a file holds it, its matrices turned so that each feature is a row.</summary>
public sealed record SaeWeights
{
    /// <summary>Whose layout the file has.</summary>
    public required SaeFamily Family { get; init; }

    /// <summary>Elements of an input.</summary>
    public required int InputDimension { get; init; }

    /// <summary>Elements of an output: those of an input, but for transcoders.</summary>
    public required int OutputDimension { get; init; }

    /// <summary>Features.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>FeatureCount x InputDimension.</summary>
    public required float[] Encoder { get; init; }

    /// <summary>FeatureCount x OutputDimension.</summary>
    public required float[] Decoder { get; init; }

    /// <summary>FeatureCount; zeros where the file has none. For gated ones the bias of the gate.</summary>
    public required float[] EncoderBias { get; init; }

    /// <summary>OutputDimension; zeros where the file has none.</summary>
    public required float[] DecoderBias { get; init; }

    /// <summary>FeatureCount, for JumpReLU.</summary>
    public float[]? Thresholds { get; init; }

    /// <summary>FeatureCount, for gated ones: the bias of the magnitude.</summary>
    public float[]? MagnitudeBias { get; init; }

    /// <summary>FeatureCount, for gated ones: the logarithm of the magnitude's factor (r_mag).</summary>
    public float[]? MagnitudeLogScale { get; init; }

    /// <summary>The activation.</summary>
    public required SaeActivationKind Activation { get; init; }

    /// <summary>Active features of a row, for TopK.</summary>
    public int? K { get; init; }

    /// <summary>The threshold of all features, for BatchTopK.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether the decoder's bias is subtracted from the input before encoding.</summary>
    public required bool SubtractDecoderBias { get; init; }

    /// <summary>What is done to inputs first.</summary>
    public SaeNormalization Normalization { get; init; }

    /// <summary>Inputs are multiplied by this; null where <see cref="Normalization"/> asks for a factor that the file does not hold.</summary>
    public double? InputScale { get; init; } = 1;

    /// <summary>log10 of the share of tokens on which each feature fires, where the file beside says so.</summary>
    public float[]? LogDensity { get; init; }

    /// <summary>Features that hold a NaN or an infinity and were set to zero.</summary>
    public IReadOnlyList<int> Damaged { get; init; } = [];

    /// <summary>The model.</summary>
    public string? Model { get; init; }

    /// <summary>Hook name or module path.</summary>
    public string? Site { get; init; }

    /// <summary>The layer, in the file's own numbering.</summary>
    public int? Layer { get; init; }

    /// <summary>Other facts of the configuration: prepend_bos, context_size, dataset_path, release ...</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>What it was read from.</summary>
    public required IReadOnlyList<SaeSourceFile> Files { get; init; }

    /// <summary>How the matrices lay, what proved it, and what was left out or folded while reading.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
