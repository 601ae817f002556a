namespace VecStore.Analysis;

/// <summary>How "a is to b as c is to ?" scores a candidate x. All rows are taken at unit length; cos is their inner product.</summary>
public enum AnalogyMethod
{
    /// <summary>cos(x, b) - cos(x, a) + cos(x, c) (Mikolov et al. 2013).</summary>
    ThreeCosAdd,

    /// <summary>cos'(x, b) cos'(x, c) / (cos'(x, a) + 0.001) with cos' = (1 + cos) / 2 (Levy and Goldberg 2014).</summary>
    ThreeCosMul,

    /// <summary>cos(x, c) + x . m, where m is the mean of b - a over a set of pairs (Drozd et al. 2016).</summary>
    ThreeCosAvg,

    /// <summary>cos(x - c, b - a) (Levy and Goldberg 2014). The row of c itself scores -1.</summary>
    PairDirection,

    /// <summary>Baseline: cos(x, b), as if the question were "what is near b?" (Linzen 2016).</summary>
    NearestToB,

    /// <summary>Baseline: cos(x, c), as if the question were "what is near c?" (Linzen 2016).</summary>
    NearestToC,

    /// <summary>
    /// LRCos: P(x is of the class of the second members) cos(x, c), the probability from a logistic regression on a set of pairs (Drozd et al. 2016).
    /// </summary>
    LogisticCosine,
}

/// <summary>The names of methods in results and on command lines.</summary>
public static class AnalogyMethods
{
    /// <summary>3cosadd, 3cosmul, 3cosavg, pair_direction, nearest_to_b, nearest_to_c, lrcos.</summary>
    public static string ShortName(this AnalogyMethod method) => method switch
    {
        AnalogyMethod.ThreeCosAdd => "3cosadd",
        AnalogyMethod.ThreeCosMul => "3cosmul",
        AnalogyMethod.ThreeCosAvg => "3cosavg",
        AnalogyMethod.PairDirection => "pair_direction",
        AnalogyMethod.NearestToB => "nearest_to_b",
        AnalogyMethod.NearestToC => "nearest_to_c",
        AnalogyMethod.LogisticCosine => "lrcos",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "no method of analogies"),
    };
}
