namespace VecStore.Kernels;

/// <summary>
/// Float vectors as the row kernels want their queries: aligned to 64 bytes and padded with zeros to a multiple of 64 elements.
/// Native memory, given back by <see cref="Dispose"/>.
/// </summary>
public sealed unsafe class QueryBlock : IDisposable
{
    private const int PaddingElements = 64;

    private readonly NativeBlock<float> _block;

    /// <summary>Room for so many vectors, all zero.</summary>
    public QueryBlock(int count, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(dimension);
        Count = count;
        Dimension = dimension;
        _block = new((long)count * PaddedLength(dimension));
    }

    /// <summary>Number of vectors.</summary>
    public int Count { get; }

    /// <summary>Elements of a vector, without the padding.</summary>
    public int Dimension { get; }

    /// <summary>Bytes from one vector to the next.</summary>
    public nint StrideBytes => (nint)PaddedLength(Dimension) * sizeof(float);

    /// <summary>All vectors, as the queries of a tile.</summary>
    public RowBlock<float> Rows => new(First, StrideBytes, Count, Dimension);

    private float* First => _block.Base == null ? throw new ObjectDisposedException(nameof(QueryBlock)) : _block.Base;

    /// <summary>The elements of a vector, to be written or read; the padding stays zero.</summary>
    public Span<float> this[int index] => new(Query(index), Dimension);

    /// <summary>Elements a query of this dimension takes: the next multiple of 64, at least 64.</summary>
    public static int PaddedLength(int dimension) => Math.Max(PaddingElements, checked(dimension + PaddingElements - 1) & -PaddingElements);

    /// <summary>A vector, as the query of a row kernel.</summary>
    public float* Query(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        return First + ((nint)index * PaddedLength(Dimension));
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _block.Dispose();
}
