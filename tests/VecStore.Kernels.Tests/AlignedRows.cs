namespace VecStore.Kernels.Tests;

/// <summary>Rows as the store lays them out: aligned to 64 bytes, padded with zeros. Ends at a page that must not be read.</summary>
internal sealed unsafe class AlignedRows<T> : IDisposable where T : unmanaged
{
    private readonly GuardedMemory _memory;

    public AlignedRows(int count, int dimension)
    {
        int stride = ((dimension * sizeof(T)) + 63) & ~63;
        _memory = new GuardedMemory(count * stride);
        Block = new RowBlock<T>((T*)_memory.Start, stride, count, dimension);
    }

    public RowBlock<T> Block { get; }

    public Span<T> this[int row] => new(Block.Row(row), Block.Dimension);

    public void Dispose() => _memory.Dispose();

    /// <summary>Rows made of float vectors.</summary>
    public static AlignedRows<T> From(float[][] vectors)
    {
        var rows = new AlignedRows<T>(vectors.Length, vectors[0].Length);
        for (int row = 0; row < vectors.Length; row++) Elements.Narrow(vectors[row], rows[row]);
        return rows;
    }
}
