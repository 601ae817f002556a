using VecStore.Analysis;

namespace VecStore.Cli.Sae;

/// <summary>An autoencoder as commands show it; also its JSON.</summary>
internal sealed record SaeReport
{
    public required string Collection { get; init; }

    public required string Family { get; init; }

    public required string? Model { get; init; }

    public required string? Site { get; init; }

    public required int? Layer { get; init; }

    public required int Features { get; init; }

    public required int Inputs { get; init; }

    public required int Outputs { get; init; }

    public required string Activation { get; init; }

    /// <summary>Of TopK.</summary>
    public required int? K { get; init; }

    /// <summary>Of BatchTopK; JumpReLU has one for each feature.</summary>
    public required double? Threshold { get; init; }

    public required bool SubtractDecoderBias { get; init; }

    public required string Normalization { get; init; }

    /// <summary>NaN (null) where it must be stated before anything is encoded.</summary>
    public required double InputScale { get; init; }

    public required bool FoldedDecoderNorm { get; init; }

    public required double FoldedScale { get; init; }

    public required bool FoldedDecoderBias { get; init; }

    /// <summary>Features that held a NaN or an infinity and were set to zero.</summary>
    public required IReadOnlyList<int> Damaged { get; init; }

    public required IReadOnlyList<SparseOriginFile> Files { get; init; }

    public required IReadOnlyList<SaeFact> Facts { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public static SaeReport Of(StoredAutoencoder stored)
    {
        (SparseAutoencoder model, SparseOrigin origin) = (stored.Model, stored.Origin);
        return new SaeReport
        {
            Collection = stored.Name,
            Family = origin.Family,
            Model = origin.Model,
            Site = origin.Site,
            Layer = origin.Layer,
            Features = model.FeatureCount,
            Inputs = model.InputDimension,
            Outputs = model.OutputDimension,
            Activation = model.Activation.GetType().Name.ToLowerInvariant(),
            K = (model.Activation as SparseActivation.TopK)?.K,
            Threshold = (model.Activation as SparseActivation.BatchTopK)?.Threshold,
            SubtractDecoderBias = model.SubtractDecoderBias,
            Normalization = model.Normalization switch { InputNormalization.LayerNorm => "layer_norm", InputNormalization.ConstantNorm => "constant_norm", _ => "none" },
            InputScale = model.InputScale,
            FoldedDecoderNorm = model.Folds.DecoderNorm,
            FoldedScale = model.Folds.InputScale,
            FoldedDecoderBias = model.Folds.DecoderBias,
            Damaged = origin.Damaged,
            Files = origin.Files,
            Facts = [.. origin.Facts.Select(fact => new SaeFact(fact.Key, fact.Value))],
            Notes = origin.Notes,
        };
    }

    /// <summary>The lines for people.</summary>
    public IEnumerable<(string Name, string Value)> Lines()
    {
        string activation = Activation + (K is { } k ? $", k {k}" : "") + (Threshold is { } threshold ? $", threshold {threshold:0.####}" : "");
        string[] folds = [.. new[] { (FoldedDecoderNorm, "decoder norms"), (FoldedScale != 1, $"scale {FoldedScale:0.######}"), (FoldedDecoderBias, "decoder bias") }.Where(fold => fold.Item1).Select(fold => fold.Item2)];
        yield return ("features", $"{Features:N0} of {Inputs:N0} inputs{(Outputs == Inputs ? "" : $", {Outputs:N0} outputs")}");
        yield return ("activation", activation);
        yield return ("inputs", $"{(Normalization == "none" ? "" : Normalization + ", ")}scale {(double.IsNaN(InputScale) ? "not known" : InputScale.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture))}"
            + (SubtractDecoderBias ? ", decoder bias subtracted" : ""));
        yield return ("from", string.Join(", ", new[] { Family, Model, Site, Layer is { } layer ? $"layer {layer}" : null }.Where(part => part is not null)));
        if (folds.Length > 0) yield return ("folded", string.Join(", ", folds));
        if (Damaged.Count > 0) yield return ("damaged", $"{Damaged.Count:N0} features held a NaN or an infinity: {string.Join(", ", Damaged.Take(20))}");
        foreach (SparseOriginFile file in Files) yield return ("file", $"{file.Path} (SHA-256 {file.Sha256[..16]}...)");
        foreach (string note in Notes) yield return ("note", note);
    }
}

/// <summary>A fact of a configuration.</summary>
internal sealed record SaeFact(string Fact, string Value);
