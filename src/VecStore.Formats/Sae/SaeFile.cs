using System.Globalization;
using System.Security.Cryptography;

using VecStore.Formats.Bytes;
using VecStore.Formats.Sae;

namespace VecStore.Formats;

/// <summary>Reads weights of sparse autoencoders and transcoders: SAELens, Gemma Scope, sparsify, dictionary_learning, OpenAI, Llama Scope, Goodfire, circuit-tracer.</summary>
public static class SaeFile
{
    private static readonly string[] WeightNames =
    [
        "sae_weights.safetensors", "sae.safetensors", "params.npz", "params.safetensors", "ae.pt", Path.Combine("checkpoints", "final.safetensors"),
    ];

    /// <summary>Reads a file of weights, or the folder in which they lie with their configuration.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">What the file does not say.</param>
    /// <exception cref="VectorFileException">It is not what it claims to be, or something must be stated; the message says what.</exception>
    public static SaeWeights Open(string path, SaeOptions? options = null)
    {
        options ??= new();
        string file = Directory.Exists(path) ? InFolder(path) : path;
        using TensorSet set = TensorSet.Open(new FileBytes(file));
        SaeConfiguration configuration = SaeConfiguration.Beside(file, options.ConfigurationPath);
        SaeRoles roles = new(set);
        List<string> missing = []; // all that must be stated, asked for at once
        SaeMeaning meaning = new(set, roles, configuration, options, missing);
        SaeShape shape = new(set, roles, configuration, options, meaning.Transcoder, missing);
        float? global = meaning.Activation == SaeActivationKind.BatchTopK ? GlobalThreshold(roles, meaning, missing) : null;
        if (missing.Count > 0)
        {
            throw set.Error($"neither the file nor a configuration beside it says {string.Join("; nor ", missing)}. State {(missing.Count == 1 ? "it" : "them")}"
                + $"{(configuration.IsEmpty ? ", or the configuration (--config)" : "")}{(meaning.ScaleIsAssumed ? "; inputs are taken as they are unless --scale states a factor" : "")}");
        }
        RequireRoom(set, roles["encoder"]!, shape.EncoderByFeature, roles["decoder"] is { } kept ? (kept, shape.DecoderByFeature) : null, options.MostElements);
        List<string> notes = [shape.Proof];
        if (Stated(options) is { Length: > 0 } stated) notes.Add($"stated on import, not by the file: {stated}");
        if (meaning.ScaleIsAssumed) notes.Add("nothing says whether inputs are scaled: taken as they are (scale 1); --scale states a factor");
        List<string> sources = [file, .. configuration.Paths];
        float[] encoder = ByFeature(roles["encoder"]!, shape.EncoderByFeature, shape.Features, shape.Input);
        float[] decoder = roles["decoder"] is { } stored ? ByFeature(stored, shape.DecoderByFeature, shape.Features, shape.Output) : Tied(encoder, notes);
        float[]? thresholds = Thresholds(roles, meaning, shape);
        float[] encoderBias = Vector(set, roles["gate bias"] ?? roles["encoder bias"], shape.Features);
        ApplyDecoderScale(set, roles, decoder, shape.Output, notes);
        if (meaning.RescaleByDecoderNorm) RescaleByDecoderNorm(encoder, encoderBias, decoder, shape, notes);
        if (meaning.Family == SaeFamily.GemmaScope && IsEmbedding(file)) RescaleEmbedding(encoder, decoder, shape.Input, notes);
        if (roles["skip"] is { } skip) notes.Add($"the skip connection {skip} is left out: it adds to outputs and changes no feature");
        if (roles.Ignored.Count > 0) notes.Add($"left out: {string.Join("; ", roles.Ignored.Take(10))}");
        if (meaning.Scale is null) notes.Add("inputs are to be scaled to a mean norm of sqrt(d), by a factor that the file does not hold; encoding needs it stated (--scale)");
        SaeWeights weights = new()
        {
            Family = meaning.Family,
            InputDimension = shape.Input,
            OutputDimension = shape.Output,
            FeatureCount = shape.Features,
            Encoder = encoder,
            Decoder = decoder,
            EncoderBias = encoderBias,
            DecoderBias = Vector(set, roles["decoder bias"], shape.Output),
            Thresholds = thresholds,
            MagnitudeBias = meaning.Activation == SaeActivationKind.Gated ? Vector(set, roles["magnitude bias"], shape.Features) : null,
            MagnitudeLogScale = meaning.Activation == SaeActivationKind.Gated ? Vector(set, roles["magnitude scale"], shape.Features) : null,
            Activation = meaning.Activation,
            K = meaning.K,
            Threshold = global,
            SubtractDecoderBias = meaning.SubtractDecoderBias,
            Normalization = meaning.Normalization,
            InputScale = meaning.Scale,
            LogDensity = Density(file, shape.Features, sources),
            Model = meaning.Model,
            Site = meaning.Site,
            Layer = meaning.Layer,
            Facts = meaning.Facts(),
            Files = [.. sources.Select(Describe)],
            Notes = notes,
        };
        return weights with { Damaged = SaeDamage.Treat(weights, file, options.ZeroDamaged) };
    }

    // Both matrices are held in memory as arrays. The features' directions alone are read row by row, whatever their number.
    private static void RequireRoom(TensorSet set, NamedTensor encoder, bool encoderByFeature, (NamedTensor Tensor, bool ByFeature)? decoder, long most)
    {
        (NamedTensor rows, bool byFeature) = decoder ?? (encoder, encoderByFeature);
        NamedTensor largest = Count(encoder) > Count(rows) ? encoder : rows;
        if (Count(largest) <= most) return;
        throw set.Error($"{largest} has {Count(largest):N0} elements; a matrix of an autoencoder has at most {most:N0}. Its features' rows alone can be had as vectors, a row at a time: "
            + $"vecstore import {Path.GetFileName(set.Path)} --tensor {rows.Name}{(byFeature ? "" : " --columns-are-vectors")}");

        static long Count(NamedTensor tensor) => tensor.Shape.Aggregate(1L, (count, axis) => count * axis);
    }

    private static string InFolder(string folder)
    {
        foreach (string name in WeightNames)
            if (Path.Combine(folder, name) is var known && File.Exists(known)) return known;
        string[] candidates = [.. Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file).ToUpperInvariant() is ".SAFETENSORS" or ".NPZ" or ".PT" or ".PTH" && Path.GetFileName(file) != "sparsity.safetensors")
            .Order(StringComparer.Ordinal)];
        return candidates.Length == 1 ? candidates[0] : throw new VectorFileException(folder, 0, candidates.Length == 0
            ? "no file of weights in this folder (.safetensors, .npz, .pt)"
            : $"several files that may be the weights; name one: {string.Join(", ", candidates.Take(20).Select(Path.GetFileName))}");
    }

    private static float[] ByFeature(NamedTensor matrix, bool byFeature, int features, int width) =>
        byFeature ? matrix.Read() : TensorSet.Transposed(matrix.Read(), width, features);

    private static float[] Tied(float[] encoder, List<string> notes)
    {
        notes.Add("no decoder in the file: tied, the encoder's rows are the decoder's");
        return [.. encoder];
    }

    private static float[] Vector(TensorSet set, NamedTensor? tensor, int length)
    {
        if (tensor is null) return new float[length];
        float[] values = tensor.Read();
        return values.Length == length ? values : throw set.Error($"{tensor} has {values.Length:N0} elements, {length:N0} are needed");
    }

    private static float[]? Thresholds(SaeRoles roles, SaeMeaning meaning, SaeShape shape)
    {
        if (meaning.Activation != SaeActivationKind.JumpRelu) return null;
        if (meaning.FixedThreshold is { } stated) return [.. Enumerable.Repeat((float)stated, shape.Features)];
        float[]? values = roles["threshold"]?.Read() ?? roles["log threshold"]?.Read().Select(MathF.Exp).ToArray();
        return values is { Length: 1 } ? [.. Enumerable.Repeat(values[0], shape.Features)] : values ?? new float[shape.Features];
    }

    // -1 stands for a threshold that the training has not set.
    private static float GlobalThreshold(SaeRoles roles, SaeMeaning meaning, List<string> missing)
    {
        float threshold = (float?)meaning.FixedThreshold ?? roles["threshold"]?.Read()[0] ?? -1;
        if (threshold < 0) missing.Add("the threshold of a BatchTopK, which is not there or -1, not set by the training (--threshold; or --activation topk with --k)");
        return threshold;
    }

    private static string Stated(SaeOptions options)
    {
        List<string> stated = [];
        if (options.Layout is { } layout) stated.Add($"layout {layout}");
        if (options.Activation is { } activation) stated.Add($"activation {activation}");
        if (options.K is { } k) stated.Add($"k {k}");
        if (options.Threshold is { } threshold) stated.Add(string.Create(CultureInfo.InvariantCulture, $"threshold {threshold}"));
        if (options.SubtractDecoderBias is { } subtract) stated.Add(subtract ? "decoder bias subtracted" : "decoder bias not subtracted");
        if (options.InputScale is { } scale) stated.Add(string.Create(CultureInfo.InvariantCulture, $"scale {scale}"));
        if (options.Model is { } model) stated.Add($"model {model}");
        if (options.Site is { } site) stated.Add($"site {site}");
        if (options.Layer is { } layer) stated.Add($"layer {layer}");
        return string.Join(", ", stated);
    }

    // SAELens before 6 kept a factor for each feature's output.
    private static void ApplyDecoderScale(TensorSet set, SaeRoles roles, float[] decoder, int width, List<string> notes)
    {
        if (roles["decoder scale"] is not { } tensor) return;
        float[] factors = Vector(set, tensor, decoder.Length / width);
        if (factors.All(factor => factor == 1)) return;
        for (int feature = 0; feature < factors.Length; feature++)
            for (int i = 0; i < width; i++) decoder[feature * (long)width + i] *= factors[feature];
        notes.Add("scaling_factor was multiplied into the decoder's rows");
    }

    private static void RescaleByDecoderNorm(float[] encoder, float[] bias, float[] decoder, SaeShape shape, List<string> notes)
    {
        for (int feature = 0; feature < shape.Features; feature++)
        {
            Span<float> row = decoder.AsSpan(feature * shape.Output, shape.Output);
            double square = 0;
            foreach (float value in row) square += (double)value * value;
            float norm = (float)Math.Sqrt(square);
            if (norm == 0) continue;
            foreach (ref float value in encoder.AsSpan(feature * shape.Input, shape.Input)) value *= norm;
            foreach (ref float value in row) value /= norm;
            bias[feature] *= norm;
        }
        notes.Add("rescale_acts_by_decoder_norm: the decoder's norms were folded into the encoder, as this SAE does before its TopK");
    }

    private static bool IsEmbedding(string file) => Path.GetFullPath(file).Split('/', '\\').Contains("embedding");

    private static void RescaleEmbedding(float[] encoder, float[] decoder, int width, List<string> notes)
    {
        float root = MathF.Sqrt(width);
        foreach (ref float value in encoder.AsSpan()) value /= root;
        foreach (ref float value in decoder.AsSpan()) value *= root;
        notes.Add("an SAE of embeddings: the encoder was divided by sqrt(d), the decoder multiplied by it");
    }

    private static float[]? Density(string weights, int features, List<string> sources)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(weights))!, "sparsity.safetensors");
        if (!File.Exists(path)) return null;
        using TensorSet set = TensorSet.Open(new FileBytes(path));
        if (!set.Tensors.TryGetValue("sparsity", out NamedTensor? tensor) || tensor.Shape is not [var length] || length != features)
            throw set.Error($"no tensor 'sparsity' of {features:N0} features; it holds {set.Listed()}");
        sources.Add(path);
        return tensor.Read();
    }

    private static SaeSourceFile Describe(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return new(path, stream.Length, System.Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}
