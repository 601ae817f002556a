using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Indexing;

/// <summary>
/// How high a row may score, told from its int8 code. With y = x - mean, the row's code s c, the centred query q and its code t e:
/// q . y = (t e) . (s c) + (q - t e) . y + (t e) . (y - s c), and by Cauchy and Schwarz the last two are at most |q - t e| |y| and |t e| s sqrt(d) / 2,
/// for no element of a code is off by more than s / 2. |y| follows from the offset of the record (see <see cref="CodeTable"/>), for the inner product from s and the length of c.
/// What floating-point sums may err is added, with room to spare: (d + 64) units of 2^-22 of the product of the lengths. So a row whose bound is below the k-th best score is not among
/// the k nearest, whatever the data, and the rest need be scored on their stored elements.
/// </summary>
internal readonly struct CodeBound
{
    /// <summary>Records with a larger scale have no bound, for their elements may have been clamped; nor have those with a smaller one but 0, whose scale is not exact.</summary>
    private const float LargestScale = 1e15f, LeastScale = 1e-30f;

    /// <summary>Longer queries have no bound.</summary>
    private const double LongestQuery = 1e12;

    private readonly Metric _metric;
    private readonly double _shift, _length;
    private readonly float _longestCode;

    /// <summary>
    /// The bound of a query: <paramref name="centred"/> is q, <paramref name="elements"/> e, <paramref name="step"/> t, <paramref name="offset"/> what <see cref="CodeTable.Center"/> returned,
    /// <paramref name="meanNorm"/> the length of the mean.
    /// </summary>
    public CodeBound(ReadOnlySpan<float> centred, ReadOnlySpan<sbyte> elements, double step, float offset, double meanNorm, Metric metric)
    {
        double square = 0, codeSquare = 0, errorSquare = 0;
        for (int i = 0; i < centred.Length; i++)
        {
            double coded = step * elements[i], error = centred[i] - coded;
            square += (double)centred[i] * centred[i];
            codeSquare += coded * coded;
            errorSquare += error * error;
        }
        double norm = Math.Sqrt(square), codeNorm = Math.Sqrt(codeSquare), codeError = Math.Sqrt(errorSquare) * 1.0001;
        double root = Math.Sqrt(centred.Length), rounding = (centred.Length + 64) * Math.ScaleB(1, -22), reach = norm + meanNorm;
        _metric = metric;
        _length = reach;
        _longestCode = CodeNorm(sbyte.MaxValue * sbyte.MaxValue * (double)centred.Length, centred.Length);
        switch (metric)
        {
            case Metric.Euclidean:
                Scale = (float)(step * Math.Sqrt(2));
                Slope = (float)(codeNorm * root / Math.Sqrt(2) * 1.002);
                Norm = (float)(2 * codeError);
                OffsetShare = (float)(1 - (2 * rounding));
                _shift = offset + (2 * rounding * square);
                break;
            default:
                Scale = (float)step;
                Slope = (float)(codeNorm * root / 2 * 1.002);
                Norm = (float)(codeError + (rounding * reach));
                OffsetShare = 1;
                _shift = offset + (rounding * reach * meanNorm);
                break;
        }
        _shift += 1e-30;
    }

    /// <summary>The bound of a prepared query, whose code of -limit .. limit it leaves in <paramref name="elements"/>; <paramref name="centred"/> is room for a vector.</summary>
    public static CodeBound Of(HnswGraph graph, ReadOnlySpan<float> query, int limit, Span<float> centred, Span<sbyte> elements)
    {
        query.CopyTo(centred);
        float offset = CodeTable.Center(centred, graph.Mean.Span, graph.Metric);
        double step = Encode(centred, limit, elements);
        return new CodeBound(centred, elements, step, offset, graph.MeanNorm, graph.Metric);
    }

    /// <summary>What multiplies the inner product of the codes.</summary>
    public float Scale { get; }

    /// <summary>What multiplies the scale of the row, beside that product.</summary>
    public float Slope { get; }

    /// <summary>What multiplies |y|.</summary>
    public float Norm { get; }

    /// <summary>What multiplies the offset of the row.</summary>
    public float OffsetShare { get; }

    /// <summary>False when the query is too long for bounds.</summary>
    public bool IsUsable => _length < LongestQuery;

    /// <summary>The bound that a row must reach to score at least <paramref name="score"/>.</summary>
    public float Limit(float score) => (float)((_metric == Metric.Euclidean ? -((double)score * score) : score) - _shift);

    /// <summary>A bit for each of eight rows unless it certainly scores less than the score of that limit. A bound that is not a number excludes nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint MayReach(float limit, Vector256<int> dots, Vector256<float> scales, Vector256<float> offsets)
    {
        Vector256<float> product = Vector256.FusedMultiplyAdd(Vector256.ConvertToSingle(dots), Vector256.Create(Scale), Vector256.Create(Slope));
        Vector256<float> rest = Vector256.FusedMultiplyAdd(RowNorms(_metric, scales, offsets, Vector256.Create(_longestCode)), Vector256.Create(Norm), Vector256.Create(OffsetShare) * offsets);
        return ~Vector256.LessThan(Vector256.FusedMultiplyAdd(product, scales, rest), Vector256.Create(limit)).ExtractMostSignificantBits() & 0xFF;
    }

    /// <summary>|y| of rows, at least; <paramref name="codeNorms"/> are the lengths of their codes and half a step an element, which only the inner product needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> RowNorms(Metric metric, Vector256<float> scales, Vector256<float> offsets, Vector256<float> codeNorms)
    {
        Vector256<float> norms = metric == Metric.Cosine ? Vector256.Sqrt(Vector256.Max(Vector256<float>.Zero, Vector256.Create(1.0001f) - (offsets + offsets)))
            : metric == Metric.Euclidean ? Vector256.Sqrt(-offsets) * Vector256.Create(1.0001f) : scales * codeNorms;
        Vector256<float> exact = (Vector256.LessThan(scales, Vector256.Create(LargestScale)) & Vector256.GreaterThan(scales, Vector256.Create(LeastScale))) | Vector256.Equals(scales, Vector256<float>.Zero);
        return Vector256.ConditionalSelect(exact, norms, Vector256.Create(float.PositiveInfinity));
    }

    /// <summary>The length of a code of that sum of squares, and half a step an element.</summary>
    public static float CodeNorm(double squares, int dimension) => (float)((Math.Sqrt(squares) + (Math.Sqrt(dimension) / 2)) * 1.001);

    /// <summary>Codes a centred query with elements of -limit .. limit; returns the step.</summary>
    public static double Encode(ReadOnlySpan<float> centred, int limit, Span<sbyte> elements)
    {
        float largest = 0;
        foreach (float x in centred) largest = MathF.Max(largest, MathF.Abs(x));
        elements.Clear();
        double step = (double)largest / limit;
        if (step == 0) return 0;
        for (int i = 0; i < centred.Length; i++) elements[i] = (sbyte)Math.Clamp(Math.Round(centred[i] / step), -limit, limit);
        return step;
    }
}
