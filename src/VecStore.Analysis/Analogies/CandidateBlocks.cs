using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// Walks candidate rows a block at a time and gives, for each block, the inner products of all query rows with its rows:
/// products[query * BlockRows + row in block]. One walker per thread; memory is (queries + 2 dimension) x BlockRows floats.
/// </summary>
internal sealed unsafe class CandidateBlocks(IRowSource rows, float* queries, int queryCount) : IDisposable
{
    /// <summary>Rows in a block: the products of a thousand queries with them fit the second-level cache.</summary>
    public const int BlockRows = 128;

    /// <summary>Takes the products of all queries with rows first .. first + count - 1: query q with row first + i is at products[q * BlockRows + i].</summary>
    public delegate void Take<in T>(T state, float* products, int first, int count);

    private readonly NativeBlock<float> decoded = new((long)BlockRows * rows.Dimension);
    private readonly NativeBlock<float> panel = new((long)PanelProduct.Width * rows.Dimension);
    private readonly NativeBlock<float> products = new((long)BlockRows * queryCount);

    public float* Products => products.Base;

    /// <summary>Reads rows first .. first + count - 1, scales them to unit length and multiplies.</summary>
    public void Load(int first, int count)
    {
        const int width = PanelProduct.Width;
        int dimension = rows.Dimension;
        Span<float> block = decoded.Span(0, count * dimension);
        rows.Read(first, block);
        UnitRow.NormalizeAll(block, dimension);
        for (int at = 0; at < count; at += width)
        {
            PanelProduct.Pack(new(decoded.Base + (nint)at * dimension, Math.Min(width, count - at), dimension), panel.Base);
            PanelProduct.Multiply(new(queries, queryCount, dimension), panel.Base, 1, products.Base + at, BlockRows);
        }
    }

    /// <summary>Walks the first candidates on several threads: each its own range of blocks, with a state of its own. The states come in the order of the rows.</summary>
    public static T[] Walk<T>(IRowSource rows, int candidates, float* queries, int queryCount, int threads, Func<T> begin, Take<T> take, CancellationToken cancellation)
    {
        int blocks = (candidates + BlockRows - 1) / BlockRows, parts = Workers.Count(threads, blocks);
        T[] states = new T[parts];
        Workers.Run(parts, part =>
        {
            T state = states[part] = begin();
            using CandidateBlocks walker = new(rows, queries, queryCount);
            int end = (int)((long)blocks * (part + 1) / parts);
            for (int block = (int)((long)blocks * part / parts); block < end; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                int first = block * BlockRows, count = Math.Min(BlockRows, candidates - first);
                walker.Load(first, count);
                take(state, walker.Products, first, count);
            }
        });
        return states;
    }

    public void Dispose()
    {
        decoded.Dispose();
        panel.Dispose();
        products.Dispose();
    }
}
