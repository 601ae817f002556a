namespace VecStore.Kernels;

/// <summary>
/// Euclidean length. Sums of squares in float lanes; where that comes near overflow or underflow, again in double, so the result is within
/// g(n/2w + 4) relative for every finite vector (NUMERICS.md). int8 vectors are taken as integers, without their scale.
/// </summary>
public static class Norm
{
    // A square below 2^-126 loses at most 2^-150: of a sum above 2^-100 that is nothing.
    private const float SafeLow = 7.888609e-31f, SafeHigh = float.MaxValue / 4;

    /// <summary>Length of a vector: infinity when an element is infinite, NaN when one is NaN.</summary>
    public static float Of<T>(ReadOnlySpan<T> vector) where T : unmanaged => (float)Length(Lanes.Width, vector);

    /// <summary>1 / length; 0 for a zero vector and for one with an infinite element.</summary>
    public static float Inverse<T>(ReadOnlySpan<T> vector) where T : unmanaged => Inverse(Lanes.Width, vector);

    internal static float Inverse<T>(LaneWidth width, ReadOnlySpan<T> vector) where T : unmanaged =>
        Length(width, vector) is double length and not 0 ? (float)(1 / length) : 0;

    /// <summary>Divides a vector by its length; a zero vector stays as it is.</summary>
    public static void Normalize(Span<float> vector)
    {
        double length = Length<float>(Lanes.Width, vector);
        if (length == 0) return;
        double inverse = 1 / length;
        for (int i = 0; i < vector.Length; i++) vector[i] = (float)(vector[i] * inverse);
    }

    internal static double Length<T>(LaneWidth width, ReadOnlySpan<T> vector) where T : unmanaged
    {
        float squares = SumOfSquares.Of(width, vector);
        return squares is > SafeLow and < SafeHigh ? Math.Sqrt(squares) : Math.Sqrt(SumOfSquares.InDouble(vector));
    }
}
