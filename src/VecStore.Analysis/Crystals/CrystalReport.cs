using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Crystals among differences, beside what chance gives.</summary>
public sealed record CrystalReport : IAnalysisResult
{
    /// <summary>The differences; null for a search among bare vectors.</summary>
    public PairDifferences? Differences { get; init; }

    /// <summary>What was looked for.</summary>
    public required CrystalShape Shape { get; init; }

    /// <summary>Differences.</summary>
    public required int Pairs { get; init; }

    /// <summary>Pairs of differences of four different rows, all of which were compared.</summary>
    public required long Compared { get; init; }

    /// <summary>The score from which on a find counts; null when chance explains every score.</summary>
    public required double? Threshold { get; init; }

    /// <summary>Crystals found.</summary>
    public required long Found { get; init; }

    /// <summary>Crystals of that score in the null, on average.</summary>
    public required double ExpectedByChance { get; init; }

    /// <summary>Share of false finds allowed.</summary>
    public required double FalseDiscoveryRate { get; init; }

    /// <summary>The best score against the best of each null draw.</summary>
    public required NullTest Best { get; init; }

    /// <summary>The best crystals.</summary>
    public required IReadOnlyList<Crystal> Crystals { get; init; }

    /// <summary>
    /// Pairs that hang together by the listed crystals, largest family first: differences that are parallel (or equal) to one another, directly or through others.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<int>> Families()
    {
        Dictionary<int, int> parent = [];
        foreach (Crystal crystal in Crystals)
        {
            int a = Root(crystal.First), b = Root(crystal.Second);
            if (a != b) parent[Math.Max(a, b)] = Math.Min(a, b);
        }
        return [.. parent.Keys.ToArray().GroupBy(Root).Select(family => (IReadOnlyList<int>)[.. family.Order()]).OrderByDescending(family => family.Count).ThenBy(family => family[0])];

        int Root(int pair)
        {
            if (!parent.TryGetValue(pair, out int above)) parent[pair] = above = pair;
            while (above != parent[above]) above = parent[above];
            return above;
        }
    }

    string IAnalysisResult.Title => $"Crystals: {(Shape == CrystalShape.Trapezoid ? "parallel" : "equal")} differences among {Pairs} pairs";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("reading", Words()), new("shape", Shape.ToString()), new("pairs", Pairs), new("pairs_considered", Differences?.Considered), new("pairs_are", Differences?.Description), new("compared", Compared), new("exact", true),
        new("found", Found), new("expected_by_chance", ExpectedByChance), new("threshold", Threshold), new("false_discovery_rate", FalseDiscoveryRate), ResultFact.Of("best_score", Best),
    ];

    private string Words() => Reading.Join(
        Found == 0 ? string.Create(CultureInfo.InvariantCulture, $"nothing beyond chance among {Compared:N0} pairs of differences")
            : string.Create(CultureInfo.InvariantCulture, $"{Found:N0} of {Compared:N0} pairs of differences have a score from {Threshold:0.000}, {ExpectedByChance:0.##} by chance"),
        Reading.Of("best score", Best));

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable crystals = new("crystals", new("from", typeof(string)), new("to", typeof(string)), new("other_from", typeof(string)), new("other_to", typeof(string)),
                new("score", typeof(double)), new("side_ratio", typeof(double)));
            foreach (Crystal crystal in Crystals)
            {
                (string from, string to) = Keys(crystal.First, turned: false);
                (string otherFrom, string otherTo) = Keys(crystal.Second, crystal.Turned);
                crystals.Add(from, to, otherFrom, otherTo, crystal.Score, crystal.SideRatio);
            }
            ResultTable families = new("families", new("family", typeof(int)), new("pairs", typeof(int)), new("examples", typeof(string)));
            int number = 0;
            foreach (IReadOnlyList<int> family in Families().Take(50))
                families.Add(++number, family.Count, string.Join("; ", family.Take(5).Select(pair => Keys(pair, turned: false)).Select(keys => $"{keys.From} > {keys.To}")));
            return [crystals, families];
        }
    }

    private (string From, string To) Keys(int pair, bool turned)
    {
        if (Differences is null) return (pair.ToString(CultureInfo.InvariantCulture), "");
        (int from, int to) = Differences.Pairs[pair];
        if (turned) (from, to) = (to, from);
        return (Differences.Rows.KeyOf(from), Differences.Rows.KeyOf(to));
    }
}
