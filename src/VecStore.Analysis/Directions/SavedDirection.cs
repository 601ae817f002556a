using System.Globalization;

namespace VecStore.Analysis;

/// <summary>A named direction with where it comes from and what it was worth, as it is kept in a store (<see cref="StoreDirections"/>).</summary>
/// <param name="Name">Its key.</param>
/// <param name="Of">The collection in whose space it lies.</param>
/// <param name="Vector">In the space of the rows, of length 1; kept as float32.</param>
public sealed record SavedDirection(string Name, string Of, double[] Vector) : IAnalysisResult
{
    /// <summary>mean_difference, first_component, linear_discriminant, logistic_probe, or how it was made of others: expression, orthogonalized.</summary>
    public required string Method { get; init; }

    /// <summary>What it was made from: pairs, sets, background, directions.</summary>
    public required string Source { get; init; }

    /// <summary>The pairs ("a → b"), the members of the sets ("+a", "-b"), or the expression.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>The inner product under which it was learned, in words.</summary>
    public string Metric { get; init; } = InnerProduct.Euclidean.Description;

    /// <summary>Pairs, or rows of both sets.</summary>
    public long RowsSeen { get; init; }

    /// <summary>Seed of folds, resamples, background and null.</summary>
    public ulong Seed { get; init; }

    /// <summary>The sequence number of the snapshot it was learned on.</summary>
    public long Sequence { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset Created { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Area under the ROC curve on pairs or rows left out; NaN where nothing was learned.</summary>
    public double HeldOutArea { get; init; } = double.NaN;

    /// <summary>As <see cref="PairDirectionResult.EffectSize"/> or <see cref="SetDirectionResult.EffectSize"/>; NaN where nothing was learned.</summary>
    public double EffectSize { get; init; } = double.NaN;

    /// <summary>(1 + hits) / (1 + draws) against the null; NaN where nothing was learned.</summary>
    public double PValue { get; init; } = double.NaN;

    /// <summary>Draws from the null.</summary>
    public int NullDraws { get; init; }

    /// <summary>What the null left to chance, in words.</summary>
    public string? Null { get; init; }

    /// <summary>Lower end of the interval of its cosine with itself on resampled data; NaN where nothing was learned.</summary>
    public double SelfCosineLow { get; init; } = double.NaN;

    // Directions made of others have seen no rows and drawn nothing.
    private bool Learned => RowsSeen > 0;

    string IAnalysisResult.Title => $"direction {Name} of {Of}";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("direction", Name), new("collection", Of), new("dimension", Vector.Length), new("method", Method), new("source", Source), new("metric", Metric),
        new("rows_seen", Learned ? RowsSeen : null), new("seed", Learned ? Seed : null), new("sequence", Sequence), new("created", Created.ToString("O", CultureInfo.InvariantCulture)), new("held_out_area", HeldOutArea), new("effect_size", EffectSize),
        new("p", PValue), new("draws", Learned ? NullDraws : null), new("null", Null), new("self_cosine_low", SelfCosineLow),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable members = new("members", new ResultColumn("member", typeof(string)));
            foreach (string member in Members) members.Add(member);
            return [members];
        }
    }

    /// <summary>A direction learned from pairs.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="snapshot">What it was learned on.</param>
    /// <param name="pairs">The pairs of keys.</param>
    /// <param name="result">What was learned, in the space that the inner product maps to.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    public static SavedDirection From(
        string name, Snapshot snapshot, IReadOnlyList<(string From, string To)> pairs, PairDirectionResult result, InnerProduct? inner = null)
        => new(name, snapshot.Collection, Restored(result.Vector, inner))
        {
            Method = ResultValue.Exact(result.Method),
            Source = "pairs",
            Members = [.. pairs.Select(pair => $"{pair.From} → {pair.To}")],
            Metric = (inner ?? InnerProduct.Euclidean).Description,
            RowsSeen = result.RowsSeen,
            Seed = result.AgainstRandomSigns.Seed,
            Sequence = snapshot.Sequence,
            HeldOutArea = result.HeldOutArea,
            EffectSize = result.EffectSize,
            PValue = result.AgainstRandomSigns.PValue,
            NullDraws = result.AgainstRandomSigns.Draws,
            Null = result.AgainstRandomSigns.Null,
            SelfCosineLow = result.SelfCosine.Low,
        };

    /// <summary>A direction learned from two sets, or from one against a background.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="snapshot">What it was learned on.</param>
    /// <param name="positive">The keys it points towards.</param>
    /// <param name="negative">The keys it points away from; null for a random background.</param>
    /// <param name="result">What was learned, in the space that the inner product maps to.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    public static SavedDirection From(
        string name, Snapshot snapshot, IReadOnlyList<string> positive, IReadOnlyList<string>? negative, SetDirectionResult result, InnerProduct? inner = null)
        => new(name, snapshot.Collection, Restored(result.Vector, inner))
        {
            Method = ResultValue.Exact(result.Method),
            Source = negative is null ? "background" : "sets",
            Members = [.. positive.Select(key => "+" + key), .. (negative ?? []).Select(key => "-" + key)],
            Metric = (inner ?? InnerProduct.Euclidean).Description,
            RowsSeen = result.RowsSeen.Positive + result.RowsSeen.Negative,
            Seed = result.HeldOutArea.Seed,
            Sequence = snapshot.Sequence,
            HeldOutArea = result.HeldOutArea.Observed,
            EffectSize = result.EffectSize,
            PValue = result.HeldOutArea.PValue,
            NullDraws = result.HeldOutArea.Draws,
            Null = result.HeldOutArea.Null,
            SelfCosineLow = result.SelfCosine.Low,
        };

    private static double[] Restored(double[] vector, InnerProduct? inner)
    {
        double[] restored = inner is null ? (double[])vector.Clone() : inner.Restore(vector);
        DoubleVectors.Normalize(restored);
        return restored;
    }
}
