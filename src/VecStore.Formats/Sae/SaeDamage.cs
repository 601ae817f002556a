namespace VecStore.Formats.Sae;

/// <summary>Features that hold a NaN or an infinity: refused, or set to zero so that they never fire.</summary>
internal static class SaeDamage
{
    public static IReadOnlyList<int> Treat(SaeWeights weights, string file, bool zero)
    {
        if (weights.DecoderBias.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            throw new VectorFileException(file, 0, "the decoder's bias holds a NaN or an infinity");
        List<int> damaged = [];
        for (int feature = 0; feature < weights.FeatureCount; feature++)
        {
            Span<float> encoder = Row(weights.Encoder, feature, weights.InputDimension), decoder = Row(weights.Decoder, feature, weights.OutputDimension);
            if (IsSound(encoder) && IsSound(decoder) && IsSound(weights.EncoderBias, feature) && IsSound(weights.Thresholds, feature)
                && IsSound(weights.MagnitudeBias, feature) && IsSound(weights.MagnitudeLogScale, feature)) continue;
            if (!zero) throw new VectorFileException(file, 0, $"feature {feature} holds a NaN or an infinity; --zero-damaged sets such features to zero and lists them");
            damaged.Add(feature);
            encoder.Clear();
            decoder.Clear();
            weights.EncoderBias[feature] = 0;
            if (weights.Thresholds is { } thresholds) thresholds[feature] = 0;
            if (weights.MagnitudeBias is { } bias) bias[feature] = 0;
            if (weights.MagnitudeLogScale is { } scale) scale[feature] = 0;
        }
        return damaged;
    }

    private static Span<float> Row(float[] matrix, int row, int width) => matrix.AsSpan(row * width, width);

    private static bool IsSound(ReadOnlySpan<float> values) => !values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);

    private static bool IsSound(float[]? values, int feature) => values is null || float.IsFinite(values[feature]);
}
