using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>
/// Inner products of all pairs of rows, a tile at a time and each pair once: what exact neighbours, silhouettes and dense affinities run on. Blocks of rows meet in the rounds of a
/// tournament: in a round no block is in two meetings, so every row meets the others in the same order with any number of threads, and whoever takes the tiles may
/// write to both rows of a pair without a lock. n^2 d / 2 multiply-adds; memory the rows once if that is at most 1 GiB, and three blocks of rows a thread.
/// </summary>
internal sealed unsafe class RowPairs : IDisposable
{
    private const long MostResidentBytes = 1L << 30;
    private const int StripRows = 128;
    private readonly IRowSource rows;
    private readonly Prepare prepare;
    private readonly NativeBlock<float>? all;
    private readonly int blockRows;

    /// <summary>Changes rows that were just read, for example to length 1.</summary>
    public delegate void Prepare(Span<float> rows, int dimension);

    /// <summary>
    /// Takes a tile of products: row i and column j of it are the product of rows firstRow + i and firstColumn + j, at products[i * stride + j]. In a diagonal tile, firstColumn
    /// &lt; firstRow + rows, only the pairs with a column above the row count.
    /// </summary>
    public delegate void Tile(int firstRow, int rows, int firstColumn, int columns, float* products, int stride);

    public RowPairs(IRowSource rows, Prepare prepare)
    {
        (this.rows, this.prepare) = (rows, prepare);
        blockRows = rows.Count < 8_192 ? 256 : 1_024; // part of the order of sums: not of the number of threads
        long bytes = (long)rows.Count * rows.Dimension * sizeof(float);
        if (bytes > MostResidentBytes) return;
        all = new((long)rows.Count * rows.Dimension);
        for (int first = 0; first < rows.Count; first += blockRows) Read(first, Math.Min(blockRows, rows.Count - first), all.Base + (long)first * rows.Dimension);
    }

    public void Dispose() => all?.Dispose();

    /// <summary>All pairs.</summary>
    public void Run(Tile tile, int threads, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        int blocks = (rows.Count + blockRows - 1) / blockRows;
        double done = 0, work = (double)blocks * (blocks + 1) / 2;
        foreach ((int First, int Second)[] round in Rounds(blocks))
        {
            int parts = Workers.Count(threads, round.Length);
            Workers.Run(parts, part =>
            {
                using Meeting meeting = new(this);
                for (int i = part; i < round.Length; i += parts)
                {
                    cancellation.ThrowIfCancellationRequested();
                    meeting.Run(round[i].First, round[i].Second, tile);
                }
            });
            done += round.Length;
            progress?.Report(done / work);
        }
    }

    /// <summary>Every block with itself, then the rounds of a tournament by the circle method.</summary>
    internal static IEnumerable<(int First, int Second)[]> Rounds(int blocks)
    {
        yield return [.. Enumerable.Range(0, blocks).Select(block => (block, block))];
        int seats = blocks + blocks % 2; // with an odd number one block rests
        for (int round = 0; round < seats - 1; round++)
        {
            List<(int, int)> pairs = [];
            for (int i = 0; i < seats / 2; i++)
            {
                int a = i == 0 ? seats - 1 : (round + i) % (seats - 1), b = (round - i + seats - 1) % (seats - 1);
                if (Math.Max(a, b) < blocks) pairs.Add((Math.Min(a, b), Math.Max(a, b)));
            }
            if (pairs.Count > 0) yield return [.. pairs];
        }
    }

    private void Read(int first, int count, float* target)
    {
        Span<float> block = new(target, count * rows.Dimension);
        rows.Read(first, block);
        prepare(block, rows.Dimension);
    }

    private sealed class Meeting(RowPairs pairs) : IDisposable
    {
        private readonly NativeBlock<float> panels = new((long)pairs.blockRows * pairs.rows.Dimension);
        private readonly NativeBlock<float>? ours = pairs.all is null ? new((long)pairs.blockRows * pairs.rows.Dimension) : null;
        private readonly NativeBlock<float>? theirs = pairs.all is null ? new((long)pairs.blockRows * pairs.rows.Dimension) : null;
        private readonly NativeBlock<float> products = new(StripRows * PanelProduct.Width);

        public void Run(int first, int second, Tile tile)
        {
            const int width = PanelProduct.Width;
            int d = pairs.rows.Dimension;
            int row = first * pairs.blockRows, rowEnd = Math.Min(row + pairs.blockRows, pairs.rows.Count);
            int column = second * pairs.blockRows, columnEnd = Math.Min(column + pairs.blockRows, pairs.rows.Count);
            float* left = Block(row, rowEnd - row, ours), right = first == second ? left : Block(column, columnEnd - column, theirs);
            PanelProduct.Pack(new(right, columnEnd - column, d), panels.Base);
            for (int strip = row; strip < rowEnd; strip += StripRows)
            {
                int count = Math.Min(StripRows, rowEnd - strip);
                for (int at = column; at < columnEnd; at += width)
                {
                    if (at + width <= strip + 1) continue; // only in a block with itself: nothing above the diagonal
                    PanelProduct.Multiply(new(left + (long)(strip - row) * d, count, d), panels.Base + (long)(at - column) * d, 1, products.Base, width);
                    tile(strip, count, at, Math.Min(width, columnEnd - at), products.Base, width);
                }
            }
        }

        public void Dispose()
        {
            panels.Dispose();
            ours?.Dispose();
            theirs?.Dispose();
            products.Dispose();
        }

        private float* Block(int first, int count, NativeBlock<float>? own)
        {
            if (pairs.all is not null) return pairs.all.Base + (long)first * pairs.rows.Dimension;
            pairs.Read(first, count, own!.Base);
            return own.Base;
        }
    }
}
