namespace VecStore.Analysis.Tests.Sae;

/// <summary>Autoencoders of random weights, and the plain definition of their features in double.</summary>
internal static class RandomAutoencoder
{
    public const int Inputs = 37, Features = 1500;

    public static SparseAutoencoder Of(string kind, ulong seed = 1)
    {
        Random random = new((int)seed);
        float[] encoder = Normal(random, Features * Inputs, 0.3), decoder = Normal(random, Features * Inputs, 0.3), bias = Normal(random, Features, 0.5), centre = Normal(random, Inputs, 0.5);
        SparseActivation activation = kind switch
        {
            "relu" => new SparseActivation.Relu(),
            "jumprelu" => new SparseActivation.JumpRelu(),
            "topk" => new SparseActivation.TopK(11),
            "batchtopk" => new SparseActivation.BatchTopK(1.5f),
            _ => new SparseActivation.Gated(),
        };
        return new(Inputs, encoder, decoder, bias, centre, activation)
        {
            Thresholds = kind == "jumprelu" ? [.. Normal(random, Features, 1).Select(value => value + 1)] : null,
            MagnitudeBias = kind == "gated" ? Normal(random, Features, 0.5) : null,
            MagnitudeLogScale = kind == "gated" ? Normal(random, Features, 0.3) : null,
            SubtractDecoderBias = kind is "topk" or "gated",
            InputScale = kind is "topk" or "jumprelu" ? 1.7 : 1,
            Normalization = kind switch { "batchtopk" => InputNormalization.LayerNorm, "relu" => InputNormalization.ConstantNorm, _ => InputNormalization.None },
        };
    }

    public static MemoryRows Rows(int count, ulong seed = 2) => new(Normal(new Random((int)seed), count * Inputs, 1), Inputs);

    /// <summary>The activations of all features, by their definition.</summary>
    public static float[] Activations(SparseAutoencoder model, ReadOnlySpan<float> row)
    {
        double[] x = [.. row.ToArray().Select(value => (double)value)];
        double mean = x.Average();
        if (model.Normalization == InputNormalization.LayerNorm)
        {
            double deviation = Math.Sqrt(x.Sum(value => (value - mean) * (value - mean)) / (x.Length - 1));
            x = [.. x.Select(value => (value - mean) / (deviation + 1e-5))];
        }
        if (model.Normalization == InputNormalization.ConstantNorm)
        {
            double norm = Math.Sqrt(x.Sum(value => value * value));
            x = [.. x.Select(value => value * Math.Sqrt(x.Length) / norm)];
        }
        float[] results = new float[model.FeatureCount];
        double[] pre = new double[model.FeatureCount];
        for (int feature = 0; feature < results.Length; feature++)
        {
            double product = 0;
            ReadOnlySpan<float> weights = model.EncoderRow(feature);
            for (int i = 0; i < x.Length; i++) product += weights[i] * (x[i] * model.InputScale - (model.SubtractDecoderBias ? model.DecoderBias[i] : 0));
            pre[feature] = product + model.EncoderBias[feature];
            double active = model.Activation switch
            {
                SparseActivation.JumpRelu => pre[feature] > model.Thresholds![feature] ? Math.Max(0, pre[feature]) : 0,
                SparseActivation.BatchTopK { Threshold: var threshold } => pre[feature] > threshold ? pre[feature] : 0,
                SparseActivation.Gated => pre[feature] > 0 ? Math.Max(0, Math.Exp(model.MagnitudeLogScale![feature]) * product + model.MagnitudeBias![feature]) : 0,
                _ => Math.Max(0, pre[feature]),
            };
            results[feature] = (float)active;
        }
        if (model.Activation is SparseActivation.TopK { K: var k })
        {
            foreach (int feature in Enumerable.Range(0, results.Length).OrderByDescending(feature => results[feature]).ThenBy(feature => feature).Skip(k)) results[feature] = 0;
        }
        return results;
    }

    /// <summary>Keeps what it is given.</summary>
    public sealed class Sink : IFiringSink
    {
        public List<(long Document, int[] Starts, int[] Features, float[] Activations, int[] Tokens)> Documents { get; } = [];

        public void AppendDocument(
            long document, ReadOnlySpan<int> tokenStarts, ReadOnlySpan<int> features, ReadOnlySpan<float> activations, ReadOnlySpan<int> tokens = default)
            => Documents.Add((document, tokenStarts.ToArray(), features.ToArray(), activations.ToArray(), tokens.ToArray()));
    }

    private static float[] Normal(Random random, int count, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
}
