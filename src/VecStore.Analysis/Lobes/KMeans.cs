using System.Numerics;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>How points are clustered.</summary>
public sealed record KMeansOptions
{
    /// <summary>Seed of the first centres.</summary>
    public ulong Seed { get; init; }

    /// <summary>How often it starts anew; the start of least inertia counts.</summary>
    public int Starts { get; init; } = 10;

    /// <summary>Most rounds of a start.</summary>
    public int MaximumIterations { get; init; } = 300;

    /// <summary>The squared movement of all centres together at which a start ends, relative to the mean variance of the coordinates.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }
}

/// <summary>Points in k clusters.</summary>
/// <param name="Labels">The cluster of each point.</param>
/// <param name="Centers">Centres, one after the other.</param>
/// <param name="Inertia">Sum of the squared distances of the points to their centres.</param>
/// <param name="Iterations">Rounds of the start that counts.</param>
/// <param name="Converged">It ended by the tolerance, not by the number of rounds.</param>
/// <param name="Options">What was asked.</param>
public sealed record KMeansResult(int[] Labels, double[] Centers, double Inertia, int Iterations, bool Converged, KMeansOptions Options);

/// <summary>
/// Lloyd's algorithm from k-means++ starts with 2 + ln k candidates for each centre (Arthur and Vassilvitskii 2007), in doubles. A cluster that loses all its points gets the point
/// farthest from its centre. n k d work a round; memory some 10 n doubles and 16 k d doubles besides the points.
/// </summary>
public static class KMeans
{
    /// <summary>Clusters rows as they are, read anew in each round; for cosine geometry give <see cref="UnitRows"/>.</summary>
    public static KMeansResult Run(IRowSource rows, int clusters, KMeansOptions? options = null, CancellationToken cancellation = default)
        => Run((first, target) =>
        {
            float[] block = new float[target.Length];
            rows.Read(first, block);
            for (int k = 0; k < block.Length; k++) target[k] = block[k];
        }, rows.Count, rows.Dimension, clusters, options, cancellation);

    /// <summary>Clusters points in memory.</summary>
    /// <param name="points">Points one after the other.</param>
    /// <param name="dimension">Elements of a point.</param>
    /// <param name="clusters">k, at most the number of points.</param>
    /// <param name="options">Starts and seed.</param>
    /// <param name="cancellation">Ends it.</param>
    public static KMeansResult Run(ReadOnlyMemory<double> points, int dimension, int clusters, KMeansOptions? options = null, CancellationToken cancellation = default)
        => Run((first, target) => points.Span.Slice(first * dimension, target.Length).CopyTo(target), points.Length / dimension, dimension, clusters, options, cancellation);

    internal delegate void PointReader(int first, Span<double> target);

    private static KMeansResult Run(PointReader read, int count, int dimension, int clusters, KMeansOptions? options, CancellationToken cancellation)
    {
        options ??= new();
        if (clusters < 1 || clusters > count) throw new ArgumentOutOfRangeException(nameof(clusters), clusters, $"1 to {count} clusters");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Starts, 1, nameof(options));
        // Few points: the starts run side by side. Many: the points of one start do. Either way the numbers are the same.
        int threads = Workers.Count(options.Threads, int.MaxValue), chunks = (count + PointChunks.LeastRows - 1) / PointChunks.LeastRows;
        bool apart = chunks < threads;
        PointChunks points = new(read, count, dimension, apart ? 1 : threads, cancellation);
        double tolerance = options.Tolerance * points.MeanVariance();
        KMeansResult[] starts = new KMeansResult[options.Starts];
        int parts = apart ? Workers.Count(threads, options.Starts) : 1;
        Workers.Run(parts, part =>
        {
            for (int start = part; start < options.Starts; start += parts) starts[start] = Start(points, clusters, tolerance, options, start);
        });
        return starts.MinBy(start => start.Inertia)!;
    }

    private static KMeansResult Start(PointChunks points, int clusters, double tolerance, KMeansOptions options, int start)
    {
        double[] centers = FirstCenters(points, clusters, new(options.Seed, "k-means", start));
        int[] labels = new int[points.Count], before = new int[points.Count];
        double[] distances = new double[points.Count];
        Array.Fill(before, -1);
        bool converged = false, settled = false;
        int iteration = 0;
        while (iteration < options.MaximumIterations && !converged)
        {
            iteration++;
            (double[] sums, int[] sizes) = points.Assign(centers, clusters, labels, distances);
            if (labels.AsSpan().SequenceEqual(before))
            {
                converged = settled = true;
                break;
            }
            points.FillEmpty(sums, sizes, labels, distances);
            double moved = 0;
            for (int c = 0; c < clusters; c++)
                for (int k = 0; k < points.Dimension; k++)
                {
                    double center = sizes[c] > 0 ? sums[c * points.Dimension + k] / sizes[c] : centers[c * points.Dimension + k];
                    moved += (center - centers[c * points.Dimension + k]) * (center - centers[c * points.Dimension + k]);
                    centers[c * points.Dimension + k] = center;
                }
            converged = moved <= tolerance;
            labels.CopyTo(before, 0);
        }
        if (!settled) points.Assign(centers, clusters, labels, distances);
        return new(labels, centers, distances.Sum(), iteration, converged, options);
    }

    private static double[] FirstCenters(PointChunks points, int clusters, SeededRandom random)
    {
        int d = points.Dimension, candidates = 2 + (int)Math.Log(clusters);
        double[] centers = new double[clusters * d], nearest = new double[points.Count];
        points.Read(random.NextInt32(points.Count), centers.AsSpan(0, d));
        Array.Fill(nearest, double.PositiveInfinity);
        double[] toTried = new double[points.Count * PointChunks.WidthOf(candidates)];
        double potential = points.Potentials(centers.AsSpan(0, d).ToArray(), 1, nearest, toTried)[0];
        PointChunks.TakeNearer(toTried, 1, 0, nearest);
        double[] tried = new double[candidates * d];
        for (int c = 1; c < clusters; c++)
        {
            for (int trial = 0; trial < candidates; trial++) points.Read(Pick(nearest, random.NextDouble() * potential), tried.AsSpan(trial * d, d));
            double[] potentials = points.Potentials(tried, candidates, nearest, toTried);
            int best = 0;
            for (int trial = 1; trial < candidates; trial++)
                if (potentials[trial] < potentials[best]) best = trial;
            potential = potentials[best];
            tried.AsSpan(best * d, d).CopyTo(centers.AsSpan(c * d));
            PointChunks.TakeNearer(toTried, candidates, best, nearest);
        }
        return centers;
    }

    /// <summary>The point at which the running sum of the weights passes a value.</summary>
    private static int Pick(double[] weights, double value)
    {
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
            if ((sum += weights[i]) > value) return i;
        return weights.Length - 1;
    }
}

/// <summary>Points walked through in at most 16 chunks; what is summed is summed chunk by chunk in their order.</summary>
internal sealed unsafe class PointChunks
{
    public const int LeastRows = 4_096;
    private const int TileRows = 64;
    private readonly KMeans.PointReader read;
    private readonly int chunkRows, chunks, threads;
    private readonly CancellationToken cancellation;

    public PointChunks(KMeans.PointReader read, int count, int dimension, int threads, CancellationToken cancellation)
    {
        (this.read, this.threads, this.cancellation) = (read, threads, cancellation);
        (Count, Dimension) = (count, dimension);
        chunkRows = Math.Max(LeastRows, (count + 15) / 16);
        chunks = (count + chunkRows - 1) / chunkRows;
    }

    public int Count { get; }

    public int Dimension { get; }

    public void Read(int row, Span<double> target) => read(row, target);

    public double MeanVariance()
    {
        double[][] sums = new double[chunks][], squares = new double[chunks][];
        double[] origin = new double[Dimension];
        read(0, origin);
        Tiles((chunk, _, tile) =>
        {
            double[] sum = sums[chunk] ??= new double[Dimension], square = squares[chunk] ??= new double[Dimension];
            for (int at = 0; at < tile.Length; at += Dimension)
                for (int k = 0; k < Dimension; k++)
                {
                    double x = tile[at + k] - origin[k];
                    sum[k] += x;
                    square[k] += x * x;
                }
        });
        double variance = 0;
        for (int k = 0; k < Dimension; k++)
        {
            double sum = 0, square = 0;
            for (int chunk = 0; chunk < chunks; chunk++) (sum, square) = (sum + sums[chunk][k], square + squares[chunk][k]);
            variance += Math.Max(0, square / Count - sum / Count * (sum / Count)) / Dimension;
        }
        return variance;
    }

    /// <summary>The nearest centre of every point and the squared distance to it; gives the sum and the number of the points of each centre.</summary>
    public (double[] Sums, int[] Sizes) Assign(double[] centers, int clusters, int[] labels, double[] distances)
    {
        double[][] sums = new double[chunks][];
        int[][] sizes = new int[chunks][];
        double[][] scratch = new double[chunks][];
        (double[] columns, int width) = Transposed(centers, clusters);
        Tiles((chunk, first, tile) =>
        {
            double[] sum = sums[chunk] ??= new double[clusters * Dimension];
            int[] size = sizes[chunk] ??= new int[clusters];
            double[] squared = scratch[chunk] ??= new double[TileRows * width];
            Distances(tile, columns, width, squared);
            fixed (double* distance = squared, x = tile, total = sum)
            {
                int rows = tile.Length / Dimension;
                for (int row = 0; row < rows; row++)
                {
                    int best = Nearest(distance + (row * width), width, out double least);
                    labels[first + row] = best;
                    distances[first + row] = least;
                    size[best]++;
                    double* from = x + (row * Dimension), to = total + (best * Dimension);
                    int k = 0;
                    for (; k <= Dimension - 8; k += 8) (Vector512.Load(to + k) + Vector512.Load(from + k)).Store(to + k);
                    for (; k < Dimension; k++) to[k] += from[k];
                }
            }
        });
        for (int chunk = 1; chunk < chunks; chunk++)
        {
            DoubleVectors.AddMultiple(sums[0], 1, sums[chunk]);
            for (int c = 0; c < clusters; c++) sizes[0][c] += sizes[chunk][c];
        }
        return (sums[0], sizes[0]);
    }

    // The first of the smallest; what stands beside the centres to fill the registers is infinitely far.
    private static int Nearest(double* distances, int width, out double least)
    {
        Vector512<double> smallest = Vector512.Load(distances);
        for (int group = 8; group < width; group += 8) smallest = Vector512.Min(smallest, Vector512.Load(distances + group));
        Vector256<double> four = Vector256.Min(smallest.GetLower(), smallest.GetUpper());
        Vector128<double> two = Vector128.Min(four.GetLower(), four.GetUpper());
        least = Math.Min(two[0], two[1]);
        for (int group = 0; group < width; group += 8)
        {
            ulong equal = Vector512.Equals(Vector512.Load(distances + group), Vector512.Create(least)).ExtractMostSignificantBits();
            if (equal != 0) return group + BitOperations.TrailingZeroCount(equal);
        }
        return 0;
    }

    /// <summary>Gives each empty cluster the point that is farthest from its centre.</summary>
    public void FillEmpty(double[] sums, int[] sizes, int[] labels, double[] distances)
    {
        for (int empty = 0; empty < sizes.Length; empty++)
        {
            if (sizes[empty] > 0) continue;
            int farthest = -1;
            for (int i = 0; i < Count; i++)
                if (sizes[labels[i]] > 1 && (farthest < 0 || distances[i] > distances[farthest])) farthest = i;
            if (farthest < 0) return;
            double[] x = new double[Dimension];
            read(farthest, x);
            DoubleVectors.AddMultiple(sums.AsSpan(labels[farthest] * Dimension, Dimension), -1, x);
            x.CopyTo(sums, empty * Dimension);
            sizes[labels[farthest]]--;
            sizes[empty] = 1;
            labels[farthest] = empty;
            distances[farthest] = 0;
        }
    }

    /// <summary>For each candidate the sum over points of the smaller of the distance so far and the one to the candidate, which is kept too.</summary>
    public double[] Potentials(double[] candidates, int count, double[] nearest, double[] distances)
    {
        double[][] sums = new double[chunks][];
        (double[] columns, int width) = Transposed(candidates, count);
        Tiles((chunk, first, tile) =>
        {
            double[] sum = sums[chunk] ??= new double[width];
            int rows = tile.Length / Dimension;
            Span<double> squared = distances.AsSpan(first * width, rows * width);
            Distances(tile, columns, width, squared);
            fixed (double* to = squared, total = sum)
            {
                for (int group = 0; group < width; group += 8)
                {
                    Vector512<double> running = Vector512.Load(total + group);
                    for (int i = 0; i < rows; i++) running += Vector512.Min(Vector512.Load(to + i * width + group), Vector512.Create(nearest[first + i]));
                    running.Store(total + group);
                }
            }
        });
        for (int chunk = 1; chunk < chunks; chunk++) DoubleVectors.AddMultiple(sums[0], 1, sums[chunk]);
        return sums[0];
    }

    /// <summary>Lowers the distances so far to those to a candidate.</summary>
    public static void TakeNearer(double[] distances, int count, int candidate, double[] nearest)
    {
        int width = WidthOf(count);
        for (int i = 0; i < nearest.Length; i++)
        {
            double distance = distances[i * width + candidate];
            if (distance < nearest[i]) nearest[i] = distance;
        }
    }

    /// <summary>Centres rounded up to whole registers.</summary>
    public static int WidthOf(int count) => (count + 7) / 8 * 8;

    private delegate void TileWork(int chunk, int first, ReadOnlySpan<double> tile);

    private void Tiles(TileWork work)
    {
        int parts = Workers.Count(threads, chunks);
        Workers.Run(parts, part =>
        {
            double[] buffer = new double[TileRows * Dimension];
            for (int chunk = part; chunk < chunks; chunk += parts)
            {
                cancellation.ThrowIfCancellationRequested();
                int end = Math.Min(Count, (chunk + 1) * chunkRows);
                for (int first = chunk * chunkRows; first < end; first += TileRows)
                {
                    Span<double> tile = buffer.AsSpan(0, Math.Min(TileRows, end - first) * Dimension);
                    read(first, tile);
                    work(chunk, first, tile);
                }
            }
        });
    }

    /// <summary>Centres as columns, eight side by side: element k of centre c is at k * width + c; columns without a centre are at infinity.</summary>
    private (double[] Columns, int Width) Transposed(double[] centers, int count)
    {
        int width = WidthOf(count);
        double[] columns = new double[width * Dimension];
        Array.Fill(columns, double.PositiveInfinity);
        for (int c = 0; c < count; c++)
            for (int k = 0; k < Dimension; k++) columns[k * width + c] = centers[c * Dimension + k];
        return (columns, width);
    }

    /// <summary>Squared distances of a tile's points to all centres, by differences: no cancellation, one sum per pair in the order of the elements.</summary>
    private void Distances(ReadOnlySpan<double> tile, double[] columns, int width, Span<double> squared)
    {
        int rows = tile.Length / Dimension;
        fixed (double* x = tile, center = columns, result = squared)
        {
            for (int group = 0; group < width; group += 8)
            {
                int row = 0;
                for (; row + 4 <= rows; row += 4)
                {
                    double* p = x + row * Dimension;
                    Vector512<double> a = Vector512<double>.Zero, b = a, c = a, d = a;
                    double* y = center + group;
                    for (int k = 0; k < Dimension; k++, y += width)
                    {
                        Vector512<double> column = Vector512.Load(y), difference = Vector512.Create(p[k]) - column;
                        a = Vector512.FusedMultiplyAdd(difference, difference, a);
                        difference = Vector512.Create(p[k + Dimension]) - column;
                        b = Vector512.FusedMultiplyAdd(difference, difference, b);
                        difference = Vector512.Create(p[k + 2 * Dimension]) - column;
                        c = Vector512.FusedMultiplyAdd(difference, difference, c);
                        difference = Vector512.Create(p[k + 3 * Dimension]) - column;
                        d = Vector512.FusedMultiplyAdd(difference, difference, d);
                    }
                    a.Store(result + row * width + group);
                    b.Store(result + (row + 1) * width + group);
                    c.Store(result + (row + 2) * width + group);
                    d.Store(result + (row + 3) * width + group);
                }
                for (; row < rows; row++)
                {
                    Vector512<double> a = Vector512<double>.Zero;
                    double* y = center + group;
                    for (int k = 0; k < Dimension; k++, y += width)
                    {
                        Vector512<double> difference = Vector512.Create(x[row * Dimension + k]) - Vector512.Load(y);
                        a = Vector512.FusedMultiplyAdd(difference, difference, a);
                    }
                    a.Store(result + row * width + group);
                }
            }
        }
    }
}
