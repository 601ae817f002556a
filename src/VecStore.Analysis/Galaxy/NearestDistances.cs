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
        using AlignedBuffer<float> rounded = new((long)count * dimension);
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
                rounded.Pointer[(long)i * dimension + d] = x;
                sum += (double)x * x;
            }
            squares[i] = (float)sum;
        }

        // Candidates by |x|^2 + |y|^2 - 2 x.y in float, a few more than wanted, then exact distances of these.
        int width = PanelProduct.PanelWidth, candidates = Math.Min(count - 1, k + 8), groups = (count + 63) / 64;
        double[][] distances = new double[count][];
        using AlignedBuffer<float> panels = new((long)((count + width - 1) / width) * width * dimension);
        for (int at = 0; at < count; at += width)
            PanelProduct.PackPanel(rounded.Pointer + (long)at * dimension, dimension, Math.Min(width, count - at), dimension, panels.Pointer + (long)at * dimension);
        int parts = Workers.Count(threads, groups);
        Workers.Run(parts, part =>
        {
            using AlignedBuffer<float> products = new(64L * width);
            for (int group = part; group < groups; group += parts)
            {
                cancellation.ThrowIfCancellationRequested();
                int first = group * 64, size = Math.Min(64, count - first);
                BoundedBest[] near = [.. Enumerable.Range(0, size).Select(_ => new BoundedBest(candidates))];
                for (int at = 0; at < count; at += width)
                {
                    PanelProduct.RowsByPanel(rounded.Pointer + (long)first * dimension, dimension, size, panels.Pointer + (long)at * dimension, dimension, products.Pointer, width);
                    int end = Math.Min(width, count - at);
                    for (int i = 0; i < size; i++)
                    {
                        float* row = products.Pointer + (nint)i * width;
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
