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
}
