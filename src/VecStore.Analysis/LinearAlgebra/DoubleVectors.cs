using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>
/// Vectors of doubles. Sums run in sixteen interleaved lanes, folded in a fixed order, so the bits are the same on every register width.
/// </summary>
internal static class DoubleVectors
{
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        ref double left = ref MemoryMarshal.GetReference(x), right = ref MemoryMarshal.GetReference(y);
        Vector256<double> a = Vector256<double>.Zero, b = a, c = a, d = a;
        int k = 0, length = Math.Min(x.Length, y.Length);
        for (; k + 16 <= length; k += 16)
        {
            nuint at = (nuint)k;
            a = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref left, at), Vector256.LoadUnsafe(ref right, at), a);
            b = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref left, at + 4), Vector256.LoadUnsafe(ref right, at + 4), b);
            c = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref left, at + 8), Vector256.LoadUnsafe(ref right, at + 8), c);
            d = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref left, at + 12), Vector256.LoadUnsafe(ref right, at + 12), d);
        }
        Vector256<double> four = a + b + (c + d);
        Vector128<double> two = four.GetLower() + four.GetUpper();
        double total = two[0] + two[1];
        for (; k < length; k++) total = Math.FusedMultiplyAdd(x[k], y[k], total);
        return total;
    }

    /// <summary>target += factor * x.</summary>
    public static void AddMultiple(Span<double> target, double factor, ReadOnlySpan<double> x)
    {
        ref double to = ref MemoryMarshal.GetReference(target), from = ref MemoryMarshal.GetReference(x);
        Vector256<double> f = Vector256.Create(factor);
        int k = 0, length = Math.Min(target.Length, x.Length);
        for (; k + 8 <= length; k += 8)
        {
            nuint at = (nuint)k;
            Vector256.FusedMultiplyAdd(f, Vector256.LoadUnsafe(ref from, at), Vector256.LoadUnsafe(ref to, at)).StoreUnsafe(ref to, at);
            Vector256.FusedMultiplyAdd(f, Vector256.LoadUnsafe(ref from, at + 4), Vector256.LoadUnsafe(ref to, at + 4)).StoreUnsafe(ref to, at + 4);
        }
        for (; k < length; k++) target[k] = Math.FusedMultiplyAdd(factor, x[k], target[k]);
    }

    public static double Norm(ReadOnlySpan<double> x) => Math.Sqrt(Dot(x, x));

    public static void Scale(Span<double> x, double factor)
    {
        for (int k = 0; k < x.Length; k++) x[k] *= factor;
    }

    /// <summary>Scales to length 1; a zero vector stays zero. Gives the length it had.</summary>
    public static double Normalize(Span<double> x)
    {
        double norm = Norm(x);
        if (norm > 0) Scale(x, 1 / norm);
        return norm;
    }

    public static double Cosine(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double norms = Math.Sqrt(Dot(x, x) * Dot(y, y));
        return norms > 0 ? Dot(x, y) / norms : 0;
    }

    public static double[] Mean(IReadOnlyList<double[]> rows)
    {
        double[] mean = new double[rows[0].Length];
        foreach (double[] row in rows) AddMultiple(mean, 1.0 / rows.Count, row);
        return mean;
    }

    public static double[] Subtract(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double[] difference = new double[x.Length];
        for (int k = 0; k < difference.Length; k++) difference[k] = x[k] - y[k];
        return difference;
    }
}
