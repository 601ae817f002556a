using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>Distances of points to their nearest others, by an exact comparison of all pairs: n^2 d work, blocked, and n x 128 floats of memory per thread.</summary>
internal static unsafe class NearestDistances
{
    /// <summary>distances[i] holds the k smallest Euclidean distances of point i to other points, ascending, recomputed in double for the k chosen.</summary>
    /// <param name="points">Points one after the other.</param>
    /// <param name="dimension">Elements of a point.</param>
    /// <param name="k">How many neighbours.</param>
    /// <param name="threads">Threads; 0 means one per processor.</param>
    /// <param name="cancellation">Ends it.</param>
    public static double[][] Of(ReadOnlyMemory<double> points, int dimension, int k, int threads = 0, CancellationToken cancellation = default)
    {
        int count = points.Length / dimension;
        if (k < 1 || k >= count) throw new ArgumentOutOfRangeException(nameof(k), k, $"neighbours among {count} points");
        using NativeBlock<float> rounded = new((long)count * dimension);
        float[] squares = new float[count];
        double[] mean = new double[dimension];
        for (int i = 0; i < count; i++)
            for (int d = 0; d < dimension; d++) mean[d] += points.Span[i * dimension + d] / count;
        for (int i = 0; i < count; i++)
        {
            double sum = 0;
            for (int d = 0; d < dimension; d++)
            {
                float x = (float)(points.Span[i * dimension + d] - mean[d]);
                rounded.Base[(long)i * dimension + d] = x;
                sum += (double)x * x;
            }
            squares[i] = (float)sum;
        }

        // Candidates by |x|^2 + |y|^2 - 2 x.y in float, a few more than wanted, then exact distances of these.
        const int width = PanelProduct.Width;
        int candidates = Math.Min(count - 1, k + 8), groups = (count + 63) / 64;
        double[][] distances = new double[count][];
        using NativeBlock<float> panels = new(PanelProduct.PackedLength(count, dimension));
        PanelProduct.Pack(new(rounded.Base, count, dimension), panels.Base);
        int parts = Workers.Count(threads, groups);
        Workers.Run(parts, part =>
        {
            using NativeBlock<float> products = new(64L * width);
            for (int group = part; group < groups; group += parts)
            {
                cancellation.ThrowIfCancellationRequested();
                int first = group * 64, size = Math.Min(64, count - first);
                BoundedBest[] near = [.. Enumerable.Range(0, size).Select(_ => new BoundedBest(candidates))];
                for (int at = 0; at < count; at += width)
                {
                    PanelProduct.Multiply(new(rounded.Base + (long)first * dimension, size, dimension), panels.Base + (long)at * dimension, 1, products.Base, width);
                    int end = Math.Min(width, count - at);
                    for (int i = 0; i < size; i++)
                    {
                        float* row = products.Base + (nint)i * width;
                        for (int j = 0; j < end; j++)
                            if (at + j != first + i) near[i].Offer(2 * row[j] - squares[at + j], at + j);
                    }
                }
                for (int i = 0; i < size; i++)
                {
                    ReadOnlySpan<double> x = points.Span.Slice((first + i) * dimension, dimension);
                    double[] exact = new double[candidates];
                    (float, int Row)[] found = near[i].Ordered();
                    for (int c = 0; c < exact.Length; c++)
                    {
                        ReadOnlySpan<double> y = points.Span.Slice(found[c].Row * dimension, dimension);
                        double sum = 0;
                        for (int d = 0; d < dimension; d++) sum += (x[d] - y[d]) * (x[d] - y[d]);
                        exact[c] = Math.Sqrt(sum);
                    }
                    Array.Sort(exact);
                    distances[first + i] = exact[..k];
                }
            }
        });
        return distances;
    }
}
