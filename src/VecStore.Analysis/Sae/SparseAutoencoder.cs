namespace VecStore.Analysis;

/// <summary>
/// A sparse autoencoder or transcoder, f = activation(E (s n(x) - [b_dec]) + b_enc), y = D^T f + b_dec, with a row of E and of D for each feature.
/// Memory: 4 bytes for each element of both matrices.
/// </summary>
public sealed class SparseAutoencoder
{
    /// <summary>From its parts.</summary>
    /// <param name="inputDimension">Elements of an input.</param>
    /// <param name="encoder">features x inputDimension, row = feature.</param>
    /// <param name="decoder">features x output dimension, row = feature.</param>
    /// <param name="encoderBias">One for each feature.</param>
    /// <param name="decoderBias">One for each element of an output.</param>
    /// <param name="activation">The activation.</param>
    /// <exception cref="ArgumentException">The lengths do not fit one another.</exception>
    public SparseAutoencoder(
        int inputDimension, ReadOnlyMemory<float> encoder, ReadOnlyMemory<float> decoder, float[] encoderBias, float[] decoderBias, SparseActivation activation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputDimension, 1);
        if (encoderBias.Length == 0 || decoderBias.Length == 0) throw new ArgumentException("an autoencoder without features or outputs", nameof(encoderBias));
        if (encoder.Length != (long)encoderBias.Length * inputDimension)
            throw new ArgumentException($"an encoder of {encoder.Length:N0} elements for {encoderBias.Length:N0} features of {inputDimension:N0} inputs", nameof(encoder));
        if (decoder.Length != (long)encoderBias.Length * decoderBias.Length)
            throw new ArgumentException($"a decoder of {decoder.Length:N0} elements for {encoderBias.Length:N0} features of {decoderBias.Length:N0} outputs", nameof(decoder));
        if (activation is SparseActivation.TopK { K: var k } && (k < 1 || k > encoderBias.Length))
            throw new ArgumentException($"the {k:N0} largest of {encoderBias.Length:N0} features", nameof(activation));
        (InputDimension, Encoder, Decoder, EncoderBias, DecoderBias, Activation) = (inputDimension, encoder, decoder, encoderBias, decoderBias, activation);
    }

    private SparseAutoencoder(SparseAutoencoder other) : this(other.InputDimension, other.Encoder, other.Decoder, other.EncoderBias, other.DecoderBias, other.Activation)
    {
        (Thresholds, MagnitudeBias, MagnitudeLogScale) = (other.Thresholds, other.MagnitudeBias, other.MagnitudeLogScale);
        (SubtractDecoderBias, Normalization, InputScale, Folds) = (other.SubtractDecoderBias, other.Normalization, other.InputScale, other.Folds);
    }

    /// <summary>Elements of an input.</summary>
    public int InputDimension { get; }

    /// <summary>Elements of an output; for a transcoder not always those of an input.</summary>
    public int OutputDimension => DecoderBias.Length;

    /// <summary>Features.</summary>
    public int FeatureCount => EncoderBias.Length;

    /// <summary>FeatureCount x InputDimension, row = feature.</summary>
    public ReadOnlyMemory<float> Encoder { get; private init; }

    /// <summary>FeatureCount x OutputDimension, row = feature.</summary>
    public ReadOnlyMemory<float> Decoder { get; private init; }

    /// <summary>FeatureCount; of gated ones the bias of the gate.</summary>
    public float[] EncoderBias { get; private init; }

    /// <summary>OutputDimension.</summary>
    public float[] DecoderBias { get; private init; }

    /// <summary>FeatureCount, for JumpReLU.</summary>
    public float[]? Thresholds { get; init; }

    /// <summary>FeatureCount, for gated ones.</summary>
    public float[]? MagnitudeBias { get; init; }

    /// <summary>FeatureCount, for gated ones: the logarithm of the magnitude's factor.</summary>
    public float[]? MagnitudeLogScale { get; init; }

    /// <summary>The activation.</summary>
    public SparseActivation Activation { get; }

    /// <summary>Whether the decoder's bias is subtracted from the scaled input.</summary>
    public bool SubtractDecoderBias { get; init; }

    /// <summary>What is done to an input first.</summary>
    public InputNormalization Normalization { get; init; }

    /// <summary>Inputs are multiplied by this; NaN where it is not known and must be stated before anything is encoded.</summary>
    public double InputScale { get; init; } = 1;

    /// <summary>What was folded into the weights.</summary>
    public SparseFolds Folds { get; private init; } = new();

    /// <summary>One row of the encoder.</summary>
    public ReadOnlySpan<float> EncoderRow(int feature) => Encoder.Span.Slice(feature * InputDimension, InputDimension);

    /// <summary>One row of the decoder.</summary>
    public ReadOnlySpan<float> DecoderRow(int feature) => Decoder.Span.Slice(feature * OutputDimension, OutputDimension);

    /// <summary>The same function with an input scale that was not known before.</summary>
    public SparseAutoencoder WithInputScale(double scale) => double.IsFinite(scale) && scale > 0
        ? new(this) { InputScale = scale } : throw new ArgumentOutOfRangeException(nameof(scale), scale, "a factor above 0");

    /// <summary>
    /// The same features with decoder rows of length 1: D /= |row|, E, b_enc and thresholds *= |row|. Activations are then comparable between features. Not for TopK,
    /// where it would change which survive. A BatchTopK becomes a JumpReLU, since each feature now has its own threshold. Rows of zeros stay.
    /// </summary>
    /// <exception cref="InvalidOperationException">The activation is TopK.</exception>
    public SparseAutoencoder FoldDecoderNorm()
    {
        if (Activation is SparseActivation.TopK)
            throw new InvalidOperationException("the decoder's norms cannot be folded into a TopK autoencoder: other features would be among the k largest");
        float[] encoder = Encoder.ToArray(), decoder = Decoder.ToArray(), bias = [.. EncoderBias];
        float[]? thresholds = Activation is SparseActivation.BatchTopK { Threshold: var all } ? [.. Enumerable.Repeat(all, FeatureCount)] : (float[]?)Thresholds?.Clone();
        float[]? magnitude = (float[]?)MagnitudeBias?.Clone();
        for (int feature = 0; feature < FeatureCount; feature++)
        {
            Span<float> row = decoder.AsSpan(feature * OutputDimension, OutputDimension);
            double square = 0;
            foreach (float value in row) square += (double)value * value;
            double norm = Math.Sqrt(square);
            if (norm == 0) continue;
            foreach (ref float value in row) value = (float)(value / norm);
            foreach (ref float value in encoder.AsSpan(feature * InputDimension, InputDimension)) value = (float)(value * norm);
            bias[feature] = (float)(bias[feature] * norm);
            if (thresholds is not null) thresholds[feature] = (float)(thresholds[feature] * norm);
            if (magnitude is not null) magnitude[feature] = (float)(magnitude[feature] * norm);
        }
        SparseActivation activation = Activation is SparseActivation.BatchTopK ? new SparseActivation.JumpRelu() : Activation;
        return new(InputDimension, encoder, decoder, bias, DecoderBias, activation)
        {
            Thresholds = thresholds,
            MagnitudeBias = magnitude,
            MagnitudeLogScale = MagnitudeLogScale,
            SubtractDecoderBias = SubtractDecoderBias,
            Normalization = Normalization,
            InputScale = InputScale,
            Folds = Folds with { DecoderNorm = true },
        };
    }

    /// <summary>The same function without a scale of its inputs: E *= s, D /= s, b_dec /= s.</summary>
    /// <exception cref="InvalidOperationException">The scale is not known.</exception>
    public SparseAutoencoder FoldInputScale()
    {
        if (!double.IsFinite(InputScale)) throw new InvalidOperationException("the scale of the inputs is not known; state it");
        double scale = InputScale;
        return new(this)
        {
            Encoder = Scaled(Encoder.Span, scale),
            Decoder = Scaled(Decoder.Span, 1 / scale),
            DecoderBias = Scaled(DecoderBias, 1 / scale),
            InputScale = 1,
            Folds = Folds with { InputScale = Folds.InputScale * scale },
        };
    }

    /// <summary>The same function without the subtraction of the decoder's bias: b_enc -= E b_dec.</summary>
    public SparseAutoencoder FoldDecoderBias()
    {
        if (!SubtractDecoderBias) return this;
        float[] bias = [.. EncoderBias];
        float[]? magnitude = (float[]?)MagnitudeBias?.Clone();
        for (int feature = 0; feature < FeatureCount; feature++)
        {
            double product = 0;
            ReadOnlySpan<float> row = EncoderRow(feature);
            for (int i = 0; i < row.Length; i++) product += (double)row[i] * DecoderBias[i];
            bias[feature] = (float)(bias[feature] - product);
            if (magnitude is not null) magnitude[feature] = (float)(magnitude[feature] - Math.Exp(MagnitudeLogScale![feature]) * product);
        }
        return new(this) { EncoderBias = bias, MagnitudeBias = magnitude, SubtractDecoderBias = false, Folds = Folds with { DecoderBias = true } };
    }

    /// <summary>With a record of what was folded before it was stored.</summary>
    internal SparseAutoencoder WithFolds(SparseFolds folds) => new(this) { Folds = folds };

    private static float[] Scaled(ReadOnlySpan<float> values, double factor)
    {
        float[] results = new float[values.Length];
        for (int i = 0; i < results.Length; i++) results[i] = (float)(values[i] * factor);
        return results;
    }
}
