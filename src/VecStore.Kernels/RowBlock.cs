using System.Runtime.CompilerServices;

namespace VecStore.Kernels;

/// <summary>
/// Borrowed rows at a fixed stride. Row kernels read whole lines of 64 bytes: each row must be followed by zeros up to the next multiple
/// of 64 bytes, inside the stride. Rows aligned to 64 bytes are faster.
/// </summary>
/// <typeparam name="T">float, Half, <see cref="BFloat16"/> or sbyte; byte for <see cref="Int8Code"/>.</typeparam>
/// <param name="first">First element of row 0.</param>
/// <param name="strideBytes">Bytes from one row to the next; at least the padded row.</param>
/// <param name="count">Number of rows.</param>
/// <param name="dimension">Elements of a row, without the padding.</param>
public readonly unsafe struct RowBlock<T>(T* first, nint strideBytes, int count, int dimension) where T : unmanaged
{
    /// <summary>Bytes that row kernels read at a time.</summary>
    public const int LineBytes = 64;

    /// <summary>First element of row 0.</summary>
    public readonly T* First = first;

    /// <summary>Bytes from one row to the next.</summary>
    public readonly nint StrideBytes = strideBytes;

    /// <summary>Number of rows.</summary>
    public readonly int Count = count;

    /// <summary>Elements of a row, without the padding.</summary>
    public readonly int Dimension = dimension;

    /// <summary>Lines of 64 bytes in a row, the last one padded.</summary>
    public int Lines
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (int)((((long)Dimension * sizeof(T)) + LineBytes - 1) / LineBytes);
    }

    /// <summary>First element of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Row(int row) => (T*)((byte*)First + (row * StrideBytes));

    /// <summary>Some of the rows, in order.</summary>
    public RowBlock<T> Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Count, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(Count - start), nameof(count));
        return new(Row(start), StrideBytes, count, Dimension);
    }
}
