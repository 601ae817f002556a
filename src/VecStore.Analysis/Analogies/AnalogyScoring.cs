using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>One analogy score as a step: from the cosines of candidates with a, b and c (and one constant of the question) to their scores.</summary>
internal interface IAnalogyScore
{
    static abstract Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant);
}

internal readonly struct ThreeCosAddScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant) => b - a + c;
}

internal readonly struct ThreeCosMulScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant)
    {
        Vector512<float> one = Vector512.Create(1f), half = Vector512.Create(0.5f);
        return (one + b) * half * ((one + c) * half) / ((one + a) * half + Vector512.Create(0.001f));
    }
}

/// <summary>The row given as b is the mean offset; a is not used.</summary>
internal readonly struct ThreeCosAvgScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant) => b + c;
}

/// <summary>The constant is (b - a) . c; the length of b - a is the same for every candidate and left out.</summary>
internal readonly struct PairDirectionScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant)
    {
        // |x - c|^2 = 2 - 2 cos(x, c). Below 1e-12 the candidate is c itself, to rounding: it has no direction.
        Vector512<float> squared = Vector512.Create(2f) * (Vector512.Create(1f) - c);
        return (b - a - constant) / Vector512.Sqrt(Vector512.MaxNative(squared, Vector512.Create(1e-12f)));
    }
}

internal readonly struct NearestToBScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant) => b;
}

internal readonly struct NearestToCScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant) => c;
}

/// <summary>The row given as b holds the weights of a regression, the constant its intercept: P(class | x) cos(x, c); a is not used.</summary>
internal readonly struct LogisticCosineScore : IAnalogyScore
{
    public static Vector512<float> Score(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> constant) =>
        c / (Vector512.Create(1f) + Vector512.Exp(Vector512<float>.Zero - (b + constant)));
}
