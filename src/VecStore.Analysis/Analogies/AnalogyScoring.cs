namespace VecStore.Analysis;

/// <summary>One analogy score as a step: from the cosines of a candidate with a, b and c (and one constant of the question) to its score.</summary>
internal interface IAnalogyScore
{
    static abstract TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct;
}

internal readonly struct ThreeCosAddScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct
        => TLanes.Add(TLanes.Subtract(b, a), c);
}

internal readonly struct ThreeCosMulScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        TVector one = TLanes.Create(1f), half = TLanes.Create(0.5f);
        TVector nearB = TLanes.Multiply(TLanes.Add(one, b), half);
        TVector nearC = TLanes.Multiply(TLanes.Add(one, c), half);
        TVector nearA = TLanes.Add(TLanes.Multiply(TLanes.Add(one, a), half), TLanes.Create(0.001f));
        return TLanes.Divide(TLanes.Multiply(nearB, nearC), nearA);
    }
}

/// <summary>The row given as b is the mean offset; a is not used.</summary>
internal readonly struct ThreeCosAvgScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct
        => TLanes.Add(b, c);
}

/// <summary>The constant is (b - a) . c; the length of b - a is the same for every candidate and left out.</summary>
internal readonly struct PairDirectionScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        // |x - c|^2 = 2 - 2 cos(x, c). Below 1e-12 the candidate is c itself, to rounding: it has no direction.
        TVector squared = TLanes.Multiply(TLanes.Create(2f), TLanes.Subtract(TLanes.Create(1f), c));
        TVector length = TLanes.SquareRoot(TLanes.Maximum(squared, TLanes.Create(1e-12f)));
        return TLanes.Divide(TLanes.Subtract(TLanes.Subtract(b, a), constant), length);
    }
}

internal readonly struct NearestToBScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct => b;
}

internal readonly struct NearestToCScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct => c;
}

/// <summary>The row given as b holds the weights of a regression, the constant its intercept: P(class | x) cos(x, c); a is not used.</summary>
internal readonly struct LogisticCosineScore : IAnalogyScore
{
    public static TVector Score<TLanes, TVector>(TVector a, TVector b, TVector c, TVector constant)
        where TLanes : IFloatLanes<TVector> where TVector : struct
    {
        TVector one = TLanes.Create(1f), odds = TLanes.Add(b, constant);
        return TLanes.Divide(c, TLanes.Add(one, TLanes.Exponential(TLanes.Subtract(TLanes.Zero, odds))));
    }
}
