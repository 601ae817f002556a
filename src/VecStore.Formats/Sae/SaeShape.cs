namespace VecStore.Formats.Sae;

/// <summary>
/// How the matrices lie, proven: lengths of biases and thresholds, then the configuration, say how many features and inputs there are, and a matrix that has
/// these two lengths lies in one way only. Where both are equal, or nothing is known, the file is refused unless a layout is stated.
/// </summary>
internal sealed class SaeShape
{
    private readonly TensorSet set;
    private readonly List<string> evidence = [];
    private readonly List<string> missing;

    public SaeShape(TensorSet set, SaeRoles roles, SaeConfiguration configuration, SaeOptions options, bool transcoder, List<string> missing)
    {
        (this.set, this.missing) = (set, missing);
        NamedTensor encoder = Matrix(roles["encoder"] ?? throw set.Error($"no encoder among {set.Listed()}"));
        NamedTensor? decoder = roles["decoder"] is { } stored ? Matrix(stored) : null;
        int? features = null, output = roles.LengthOf("decoder bias"), input = null;
        foreach (string role in (string[])["encoder bias", "threshold", "log threshold", "gate bias", "magnitude bias", "magnitude scale", "decoder scale"])
            Agree(ref features, roles.LengthOf(role), role);
        if (output is { } stated) evidence.Add($"decoder bias of {stated}");
        if (features is null) Agree(ref features, configuration.Whole("d_sae", "dict_size", "trainer.dict_size", "num_features") is > 0 and { } size ? size : null, "configuration's features");
        input = configuration.Whole("d_in", "activation_dim", "trainer.activation_dim", "d_model", "act_size");
        if (!transcoder && output is { } centre) Agree(ref input, centre, "decoder bias");
        EncoderByFeature = Lies(encoder, ref features, ref input, options.Layout is { } layout ? layout != SaeLayout.InputFirst : null);
        Features = features!.Value;
        Input = input!.Value;
        if (decoder is null) (Output, DecoderByFeature) = (Input, true);
        else
        {
            DecoderByFeature = Lies(decoder, ref features, ref output, options.Layout is { } known ? known != SaeLayout.Linear : null);
            Output = output!.Value;
        }
        if (!transcoder && Output != Input) throw set.Error($"inputs of {Input} elements, outputs of {Output}: not an autoencoder; {set.Listed()}");
    }

    public int Features { get; }

    public int Input { get; }

    public int Output { get; }

    /// <summary>Whether the stored encoder has a row for each feature.</summary>
    public bool EncoderByFeature { get; }

    /// <summary>Whether the stored decoder has a row for each feature.</summary>
    public bool DecoderByFeature { get; }

    /// <summary>One line that says how they lie and why.</summary>
    public string Proof => $"{Features:N0} features of {Input:N0} inputs; stored encoder {(EncoderByFeature ? "[features, inputs]" : "[inputs, features]")}, "
        + $"decoder {(DecoderByFeature ? "[features, outputs]" : "[outputs, features]")}; decided by {(evidence.Count == 0 ? "the stated layout" : string.Join(", ", evidence.Distinct()))}";

    // True where the rows are features. What the matrix tells of the other length is kept for the next one.
    private bool Lies(NamedTensor matrix, ref int? features, ref int? inputs, bool? stated)
    {
        int rows = checked((int)matrix.Shape[0]), columns = checked((int)matrix.Shape[1]);
        bool byFeature = Possible(rows, columns, features, inputs), byInput = Possible(columns, rows, features, inputs);
        if (!byFeature && !byInput)
            throw set.Error($"{matrix} fits neither way: {Known(features, "features")}, {Known(inputs, "inputs or outputs")} by {string.Join(", ", evidence)}");
        if (byFeature && byInput)
        {
            if (stated is null && !missing.Exists(one => one.Contains("--orientation", StringComparison.Ordinal)))
                missing.Add($"how {matrix} lies ({Known(features, "features")}, {Known(inputs, "inputs or outputs")}; --orientation "
                    + "input-first: encoder [inputs, features], decoder [features, inputs]; linear: [features, inputs], [inputs, features]; features-first: both [features, ..])");
            evidence.Add("the stated layout");
            byFeature = stated ?? true;
        }
        else if (stated is { } contrary && contrary != byFeature)
            throw set.Error($"{matrix} cannot lie as stated: {Known(features, "features")}, {Known(inputs, "inputs or outputs")} by {string.Join(", ", evidence)}");
        features ??= byFeature ? rows : columns;
        inputs ??= byFeature ? columns : rows;
        return byFeature;
    }

    private static bool Possible(int features, int inputs, int? knownFeatures, int? knownInputs) =>
        (knownFeatures ?? features) == features && (knownInputs ?? inputs) == inputs;

    private static string Known(int? count, string what) => count is { } number ? $"{number:N0} {what}" : $"an unknown number of {what}";

    private void Agree(ref int? known, int? said, string by)
    {
        if (said is not { } length) return;
        if (known is { } before && before != length) throw set.Error($"{by} says {length:N0}, {string.Join(", ", evidence)} say {before:N0}; it holds {set.Listed()}");
        known = length;
        evidence.Add($"{by} of {length}");
    }

    private NamedTensor Matrix(NamedTensor tensor) => tensor.Shape is [> 0, > 0] ? tensor
        : throw set.Error(tensor.Shape.Length == 3 ? $"{tensor} has three axes: a cross-layer transcoder, whose decoder is not one matrix" : $"{tensor} is not a matrix");
}
