namespace VecStore.Analysis;

/// <summary>What makes a feature's activation of its pre-activation w . x + b.</summary>
public abstract record SparseActivation
{
    private SparseActivation()
    {
    }

    /// <summary>max(0, pre).</summary>
    public sealed record Relu : SparseActivation;

    /// <summary>pre where it exceeds both 0 and the feature's threshold, else 0 (Rajamanoharan et al. 2024).</summary>
    public sealed record JumpRelu : SparseActivation;

    /// <summary>The k largest pre-activations of a row; of these the positive ones (Makhzani and Frey 2013; Gao et al. 2024). Among equals the lower feature.</summary>
    /// <param name="K">How many.</param>
    public sealed record TopK(int K) : SparseActivation;

    /// <summary>pre where it exceeds one threshold for all features: a BatchTopK at inference (Bussmann et al. 2024).</summary>
    /// <param name="Threshold">The threshold, at least 0.</param>
    public sealed record BatchTopK(float Threshold) : SparseActivation;

    /// <summary>Where the gate w . x + gate bias is positive, max(0, exp(log scale) w . x + magnitude bias) (Rajamanoharan et al. 2024).</summary>
    public sealed record Gated : SparseActivation;
}

/// <summary>What is done to an input before it is scaled.</summary>
public enum InputNormalization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>(x - mean) / (standard deviation of n - 1 + 1e-5).</summary>
    LayerNorm,

    /// <summary>x sqrt(d) / |x|.</summary>
    ConstantNorm,
}

/// <summary>What was folded into the weights since they were read: without it features of two autoencoders are not comparable.</summary>
/// <param name="DecoderNorm">Decoder rows were scaled to length 1, the encoder by their lengths.</param>
/// <param name="InputScale">The factor of the inputs that was folded into encoder, decoder and decoder bias; 1 for none.</param>
/// <param name="DecoderBias">The subtraction of the decoder's bias was folded into the encoder's bias.</param>
public sealed record SparseFolds(bool DecoderNorm = false, double InputScale = 1, bool DecoderBias = false);
