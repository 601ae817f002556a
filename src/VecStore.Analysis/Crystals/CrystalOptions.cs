namespace VecStore.Analysis;

/// <summary>What counts as a crystal: two pairs of rows, four different rows in all.</summary>
public enum CrystalShape
{
    /// <summary>Equal differences: score 1 - |d1 - d2| / (|d1| + |d2|), the second pair turned round where that fits better.</summary>
    Parallelogram,

    /// <summary>Parallel differences of any length: score |cos(d1, d2)|.</summary>
    Trapezoid,
}

/// <summary>What differences would be if their pairs meant nothing. Each is brought to the length of a real one.</summary>
public enum CrystalNull
{
    /// <summary>Differences of random pairs of the same rows (Park et al. 2024): right for given pairs and groups.</summary>
    RandomPairs,

    /// <summary>
    /// Gaussian directions with the second moments of the differences themselves: right for neighbours, whose differences are short and have a shape of their own. Strict: what
    /// many differences have in common counts as the shape of the cloud.
    /// </summary>
    OwnMoments,
}

/// <summary>How crystals are looked for.</summary>
public sealed record CrystalOptions
{
    /// <summary>The shape.</summary>
    public CrystalShape Shape { get; init; } = CrystalShape.Trapezoid;

    /// <summary>Share of false finds allowed among all finds: the score from which on chance gives at most this share decides what is found (Benjamini and Hochberg 1995, by draws).</summary>
    public double FalseDiscoveryRate { get; init; } = 0.05;

    /// <summary>Draws from the null.</summary>
    public int NullDraws { get; init; } = 39;

    /// <summary>What chance is; null takes what suits the differences (<see cref="PairDifferences.NaturalNull"/>).</summary>
    public CrystalNull? Null { get; init; }

    /// <summary>Crystals listed, best first; all are counted.</summary>
    public int Most { get; init; } = 1_000;

    /// <summary>Seed of the null.</summary>
    public ulong Seed { get; init; }

    /// <summary>Threads; the answer is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }
}

/// <summary>A crystal that was found.</summary>
/// <param name="First">Number of a pair.</param>
/// <param name="Second">Number of another pair, of two other rows.</param>
/// <param name="Score">Its score.</param>
/// <param name="SideRatio">Length of the other side (From to From) by the mean length of the two differences: near 0 the four rows are two rows seen twice.</param>
/// <param name="Turned">The second pair runs against the first.</param>
public readonly record struct Crystal(int First, int Second, double Score, double SideRatio, bool Turned);
