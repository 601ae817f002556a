using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>All pairs of differences and their scores, a block of products at a time. The counts are whole numbers: the same for any number of threads.</summary>
internal sealed unsafe class DifferencePairs : IDisposable
{
    private const int BlockRows = CandidateBlocks.BlockRows;
    private const int QueryRows = 4 * BlockRows; // so many that scaling the candidates to unit length does not show
    private readonly NativeBlock<float> units;
    private readonly MemoryRows rows;
    private readonly double[] lengths;
    private readonly IReadOnlyList<(int From, int To)> pairs;
    private readonly CrystalOptions options;
    private readonly int count;
    private readonly int dimension;

    public DifferencePairs(ReadOnlyMemory<float> vectors, int dimension, IReadOnlyList<(int From, int To)> pairs, CrystalOptions options)
    {
        this.pairs = pairs;
        this.options = options;
        this.dimension = dimension;
        count = pairs.Count;
        rows = new(vectors, dimension);
        units = new((long)count * dimension);
        vectors.Span.CopyTo(units.Span(0, count * dimension));
        lengths = [.. Enumerable.Range(0, count).Select(i => CrystalSearch.Length(vectors.Span.Slice(i * dimension, dimension)))];
        UnitRow.NormalizeAll(units.Span(0, count * dimension), dimension);
    }

    /// <summary>How many pairs of differences have a score in each of the bins between 0 and 1.</summary>
    public long[] Histogram(CancellationToken cancellation)
    {
        long[] total = new long[CrystalSearch.Bins];
        Lock gate = new();
        Visit(() => new long[CrystalSearch.Bins], (counts, _, _, score, _) => counts[Bin(score)]++, counts =>
        {
            lock (gate)
            {
                for (int bin = 0; bin < total.Length; bin++) total[bin] += counts[bin];
            }
        }, cancellation);
        return total;
    }

    /// <summary>The best of those in a bin or above it, best first; equal scores in the order of the pairs.</summary>
    public List<Crystal> Above(int bin, int most, CancellationToken cancellation)
    {
        List<Crystal> found = [];
        Lock gate = new();
        Visit(() => new List<Crystal>(), (list, i, j, score, turned) =>
        {
            if (Bin(score) < bin) return;
            list.Add(new(i, j, score, double.NaN, turned));
            if (list.Count >= 4 * most + 1_024) Cut(list, most);
        }, list =>
        {
            lock (gate) found.AddRange(list);
        }, cancellation);
        Cut(found, most);
        return found;
    }

    private static void Cut(List<Crystal> list, int most)
    {
        list.Sort((x, y) => x.Score != y.Score ? y.Score.CompareTo(x.Score) : (x.First, x.Second).CompareTo((y.First, y.Second)));
        if (list.Count > most) list.RemoveRange(most, list.Count - most);
    }

    private static int Bin(double score) => Math.Clamp((int)(score * CrystalSearch.Bins), 0, CrystalSearch.Bins - 1);

    private delegate void Meet<T>(T state, int first, int second, double score, bool turned);

    // Blocks of queries are dealt out in turn, since a block has the less to do the later it comes.
    private void Visit<T>(Func<T> begin, Meet<T> meet, Action<T> end, CancellationToken cancellation)
    {
        int blocks = (count + QueryRows - 1) / QueryRows, parts = Workers.Count(options.Threads, blocks);
        Workers.Run(parts, part =>
        {
            T state = begin();
            for (int block = part; block < blocks; block += parts)
            {
                int first = block * QueryRows, queries = Math.Min(QueryRows, count - first);
                using CandidateBlocks walker = new(rows, units.Base + (nint)first * dimension, queries);
                for (int at = first; at < count; at += BlockRows)
                {
                    cancellation.ThrowIfCancellationRequested();
                    int candidates = Math.Min(BlockRows, count - at);
                    walker.Load(at, candidates);
                    for (int q = 0; q < queries; q++)
                    {
                        float* products = walker.Products + (nint)q * BlockRows;
                        int i = first + q;
                        (int from, int to) = pairs[i];
                        for (int c = Math.Max(0, i + 1 - at); c < candidates; c++)
                        {
                            (int otherFrom, int otherTo) = pairs[at + c];
                            if (from == otherFrom || from == otherTo || to == otherFrom || to == otherTo) continue;
                            meet(state, i, at + c, Score(products[c], lengths[i], lengths[at + c]), products[c] < 0);
                        }
                    }
                }
            }
            end(state);
        });
    }

    private double Score(double cosine, double first, double second)
    {
        double straight = Math.Min(1, Math.Abs(cosine));
        if (options.Shape == CrystalShape.Trapezoid) return straight;
        double sum = first + second;
        return sum == 0 ? 0 : 1 - Math.Sqrt(Math.Max(0, first * first + second * second - 2 * first * second * straight)) / sum;
    }

    public void Dispose() => units.Dispose();
}
