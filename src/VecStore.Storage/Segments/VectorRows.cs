using System.Runtime.CompilerServices;

namespace VecStore.Storage;

/// <summary>
/// The vectors of one segment, borrowed: encoded rows at a fixed stride, each aligned to 64 bytes and padded with zeros.
/// Valid as long as the segment that lent it.
/// </summary>
public readonly unsafe struct VectorRows
{
    /// <summary>First byte of row 0.</summary>
    public required byte* Base { get; init; }

    /// <summary>Bytes from one row to the next: dimension * element size, rounded up to a multiple of 64.</summary>
    public required nint StrideBytes { get; init; }

    /// <summary>Number of rows.</summary>
    public required int Count { get; init; }

    /// <summary>Elements per row, without the padding.</summary>
    public required int Dimension { get; init; }

    /// <summary>How elements are stored.</summary>
    public required ElementType ElementType { get; init; }

    /// <summary>
    /// One float a row: 1 / |row| over the elements as stored (before any int8 scale), 0 for a zero row.
    /// Null unless the metric is cosine.
    /// </summary>
    public float* InverseNorms { get; init; }

    /// <summary>One float a row: the int8 scale. Null unless the element type is int8.</summary>
    public float* Scales { get; init; }

    /// <summary>The mapped section behind <see cref="Base"/>, whose blocks must be verified before they are read; null for rows in memory.</summary>
    public MappedSection? Section { get; init; }

    /// <summary>
    /// Verifies the rows from <paramref name="first"/> on before they are read; free for rows in memory and for rows verified before.
    /// Norms and scales were verified by the segment when it lent them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ensure(int first, int count) => Section?.Ensure(first * (long)StrideBytes, count * (long)StrideBytes);
}
