using VecStore.Analysis;
using VecStore.Formats;

namespace VecStore.Cli.Sae;

/// <summary>From what a file of weights holds to the autoencoder that the analysis knows.</summary>
internal static class SaeModel
{
    public static SparseAutoencoder Of(SaeWeights weights) => new(weights.InputDimension, weights.Encoder, weights.Decoder, weights.EncoderBias, weights.DecoderBias, weights.Activation switch
    {
        SaeActivationKind.Relu => new SparseActivation.Relu(),
        SaeActivationKind.JumpRelu => new SparseActivation.JumpRelu(),
        SaeActivationKind.TopK => new SparseActivation.TopK(weights.K!.Value),
        SaeActivationKind.BatchTopK => new SparseActivation.BatchTopK((float)weights.Threshold!.Value),
        _ => new SparseActivation.Gated(),
    })
    {
        Thresholds = weights.Thresholds,
        MagnitudeBias = weights.MagnitudeBias,
        MagnitudeLogScale = weights.MagnitudeLogScale,
        SubtractDecoderBias = weights.SubtractDecoderBias,
        Normalization = weights.Normalization switch
        {
            SaeNormalization.LayerNorm => InputNormalization.LayerNorm,
            SaeNormalization.ConstantNorm => InputNormalization.ConstantNorm,
            _ => InputNormalization.None,
        },
        InputScale = weights.InputScale ?? double.NaN,
    };

    public static SparseOrigin OriginOf(SaeWeights weights) => new()
    {
        Family = Names.SaeFamilies[weights.Family],
        Model = weights.Model,
        Site = weights.Site,
        Layer = weights.Layer,
        Files = [.. weights.Files.Select(file => new SparseOriginFile(Path.GetFullPath(file.Path), file.Bytes, file.Sha256))],
        Facts = weights.Facts,
        Notes = weights.Notes,
        Damaged = weights.Damaged,
    };
}
