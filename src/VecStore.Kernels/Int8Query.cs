namespace VecStore.Kernels;

/// <summary>A query of <see cref="Int8Code"/>: signed elements in the caller's memory, followed by zeros up to the next multiple of 32 at least.</summary>
public readonly unsafe struct Int8Query
{
    /// <summary>Takes elements as they are; they must stay where they are as long as the query is used.</summary>
    /// <param name="elements">-127 .. 127, then zeros up to <see cref="Int8Code.PaddedLength"/>.</param>
    /// <param name="dimension">Elements without the padding.</param>
    public Int8Query(sbyte* elements, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)dimension, (uint)Int8Code.MaxDimension, nameof(dimension));
        Elements = elements;
        Dimension = dimension;
        (int sum, Negative) = CodeSum.Of(elements, Int8Code.PaddedLength(dimension));
        Bias = Int8Code.Zero * sum;
    }

    /// <summary>The signed elements.</summary>
    public readonly sbyte* Elements;

    /// <summary>Elements without the padding.</summary>
    public readonly int Dimension;

    // What a sum over biased codes has too much: 128 * the sum of the query.
    internal readonly int Bias;

    // The sum of the negative elements.
    internal readonly int Negative;
}
