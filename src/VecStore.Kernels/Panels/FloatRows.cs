namespace VecStore.Kernels;

/// <summary>
/// Borrowed rows of floats at any stride, without padding: element k of row i is at First[i * Stride + k * Step]. A step of 1 is a matrix by rows; a stride of 1 the
/// same matrix with its columns as rows.
/// </summary>
internal readonly unsafe struct FloatRows(float* first, nint stride, int count, int dimension, nint step = 1)
{
    public readonly float* First = first;
    public readonly nint Stride = stride, Step = step;
    public readonly int Count = count, Dimension = dimension;

    /// <summary>A matrix by rows, one after the other.</summary>
    public FloatRows(float* first, int count, int dimension) : this(first, dimension, count, dimension)
    {
    }
}
