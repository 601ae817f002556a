using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>How well labelled rows separate by Euclidean distance (Rousseeuw 1987), row by row.</summary>
/// <param name="Rows">The labelled rows.</param>
/// <param name="Widths">For each (b - a) / max(a, b): a the mean distance to the other rows of its label, b to those of the nearest other label; 0 for a row alone.</param>
/// <param name="Mean">Mean over all labelled rows.</param>
/// <param name="MeanOfLabels">Mean over the rows of each label; NaN for a label without rows.</param>
public sealed record SilhouetteStudy(int[] Rows, double[] Widths, double Mean, double[] MeanOfLabels)
{
    /// <summary>
    /// Compares all pairs of labelled rows: n^2 d / 2 multiply-adds, n x labels doubles, never a matrix of all pairs. Distances come from float products of centred rows,
    /// |error of a squared distance| &lt;= 2 (d + 2) 2^-24 (|x|^2 + |y|^2); sums of distances are in double.
    /// </summary>
    /// <param name="rows">The rows; for the angle give <see cref="UnitRows"/>.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="threads">Threads; the result is the same for any number. 0 means one per processor.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Fewer than two labels have rows.</exception>
    public static unsafe SilhouetteStudy Of(
        IRowSource rows, Labeling labels, int threads = 0, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        if (rows.Count != labels.Count) throw new ArgumentException($"{rows.Count} rows, labels for {labels.Count}", nameof(labels));
        if (labels.Sizes.Count(size => size > 0) < 2) throw new ArgumentException("a silhouette needs rows of at least two labels", nameof(labels));
        // Rows of a label lie together, so that a register of columns nearly always has one label.
        int[] order = [.. labels.Rows().OrderBy(row => labels[row]).ThenBy(row => row)], own = [.. order.Select(row => labels[row])];
        int n = order.Length, d = rows.Dimension, groups = labels.Names.Count;
        SelectedRows sorted = new(rows, order);
        float[] mean = MeanOf(sorted);
        float[] squares = new float[n];
        double[] sums = new double[(long)n * groups];
        using (RowPairs pairs = new(sorted, (block, dimension) =>
        {
            for (int at = 0; at < block.Length; at += dimension)
                for (int k = 0; k < dimension; k++) block[at + k] -= mean[k];
        }))
        {
            Squares(sorted, mean, squares);
            pairs.Run((firstRow, tileRows, firstColumn, columns, products, stride) =>
            {
                double* columnSums = stackalloc double[32];
                for (int segment = 0; segment < columns; segment += 16)
                {
                    int width = Math.Min(16, columns - segment), column = firstColumn + segment;
                    bool uniform = width == 16 && own[column] == own[column + 15];
                    new Span<double>(columnSums, 16).Clear();
                    for (int i = 0; i < tileRows; i++)
                    {
                        int row = firstRow + i;
                        if (uniform && column > row)
                        {
                            float* product = products + (nint)i * stride + segment;
                            sums[(long)row * groups + own[column]] += Eight(product, squares, row, column, columnSums) + Eight(product + 8, squares, row, column + 8, columnSums + 8);
                        }
                        else
                        {
                            for (int j = Math.Max(0, row + 1 - column); j < width; j++)
                            {
                                double distance = MathF.Sqrt(Math.Max(0, MathF.FusedMultiplyAdd(-2, products[(nint)i * stride + segment + j], squares[row] + squares[column + j])));
                                sums[(long)row * groups + own[column + j]] += distance;
                                columnSums[j] += distance;
                            }
                        }
                        if (i + 1 < tileRows && own[row + 1] == own[row]) continue;
                        for (int j = 0; j < width; j++) sums[(long)(column + j) * groups + own[row]] += columnSums[j];
                        new Span<double>(columnSums, 16).Clear();
                    }
                }
            }, threads, progress, cancellation);
        }

        double[] widths = new double[n], totals = new double[groups];
        double total = 0;
        for (int i = 0; i < n; i++)
        {
            int size = labels.Sizes[own[i]];
            double a = sums[(long)i * groups + own[i]] / Math.Max(1, size - 1), b = double.PositiveInfinity;
            for (int group = 0; group < groups; group++)
                if (group != own[i] && labels.Sizes[group] > 0) b = Math.Min(b, sums[(long)i * groups + group] / labels.Sizes[group]);
            widths[i] = size > 1 && Math.Max(a, b) > 0 ? (b - a) / Math.Max(a, b) : 0;
            totals[own[i]] += widths[i];
            total += widths[i];
        }
        int[] back = [.. Enumerable.Range(0, n).OrderBy(i => order[i])];
        return new([.. back.Select(i => order[i])], [.. back.Select(i => widths[i])], total / n,
            [.. totals.Select((sum, group) => labels.Sizes[group] > 0 ? sum / labels.Sizes[group] : double.NaN)]);
    }

    /// <summary>Eight distances: their sum, and each added to a column.</summary>
    private static unsafe double Eight(float* products, float[] squares, int row, int column, double* columnSums)
    {
        Vector256<float> both = Vector256.Create(squares[row]) + Vector256.Create<float>(squares.AsSpan(column, 8));
        Vector256<float> squared = Vector256.FusedMultiplyAdd(Vector256.Create(-2f), Vector256.Load(products), both);
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Sqrt(Vector256.Max(squared, Vector256<float>.Zero)));
        (Vector256.Load(columnSums) + low).Store(columnSums);
        (Vector256.Load(columnSums + 4) + high).Store(columnSums + 4);
        return Vector256.Sum(low + high);
    }

    private static float[] MeanOf(SelectedRows rows)
    {
        double[] sums = new double[rows.Dimension];
        Blocks(rows, (_, block) =>
        {
            for (int at = 0; at < block.Length; at += rows.Dimension)
                for (int k = 0; k < rows.Dimension; k++) sums[k] += block[at + k];
        });
        return [.. sums.Select(sum => (float)(sum / rows.Count))];
    }

    private static void Squares(SelectedRows rows, float[] mean, float[] squares)
        => Blocks(rows, (first, block) =>
        {
            for (int at = 0, row = first; at < block.Length; at += rows.Dimension, row++)
            {
                double sum = 0;
                for (int k = 0; k < rows.Dimension; k++)
                {
                    float centred = block[at + k] - mean[k];
                    sum += (double)centred * centred;
                }
                squares[row] = (float)sum;
            }
        });

    private delegate void BlockWork(int first, Span<float> block);

    private static void Blocks(SelectedRows rows, BlockWork work)
    {
        float[] block = new float[256 * rows.Dimension];
        for (int first = 0; first < rows.Count; first += 256)
        {
            Span<float> part = block.AsSpan(0, Math.Min(256, rows.Count - first) * rows.Dimension);
            rows.Read(first, part);
            work(first, part);
        }
    }
}
