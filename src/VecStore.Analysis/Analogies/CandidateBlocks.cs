namespace VecStore.Analysis;

/// <summary>
/// Walks candidate rows a block at a time and gives, for each block, the inner products of all query rows with its rows:
/// products[query * BlockRows + row in block]. One walker per thread; memory is (queries + 2 dimension) x BlockRows floats.
/// </summary>
internal sealed unsafe class CandidateBlocks(IRowSource rows, float* queries, int queryCount) : IDisposable
{
    /// <summary>Rows in a block: the products of a thousand queries with them fit the second-level cache.</summary>
    public const int BlockRows = 128;

    private readonly AlignedBuffer<float> decoded = new((long)BlockRows * rows.Dimension);
    private readonly AlignedBuffer<float> panel = new((long)PanelProduct.PanelWidth * rows.Dimension);
    private readonly AlignedBuffer<float> products = new((long)BlockRows * queryCount);

    public float* Products => products.Pointer;

    /// <summary>Reads rows first .. first + count - 1, scales them to unit length and multiplies.</summary>
    public void Load(int first, int count)
    {
        int dimension = rows.Dimension, width = PanelProduct.PanelWidth;
        Span<float> block = decoded.Span(0, count * dimension);
        rows.Read(first, block);
        UnitRow.NormalizeAll(block, dimension);
        for (int at = 0; at < count; at += width)
        {
            PanelProduct.PackPanel(decoded.Pointer + (nint)at * dimension, dimension, Math.Min(width, count - at), dimension, panel.Pointer);
            PanelProduct.RowsByPanel(queries, dimension, queryCount, panel.Pointer, dimension, products.Pointer + at, BlockRows);
        }
    }

    public void Dispose()
    {
        decoded.Dispose();
        panel.Dispose();
        products.Dispose();
    }
}
