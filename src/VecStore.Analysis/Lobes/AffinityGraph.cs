using System.Runtime.Intrinsics.X86;

namespace VecStore.Analysis;

/// <summary>
/// How alike things are in pairs: a symmetric matrix of weights at least 0, without a diagonal. Stored sparse, as compressed rows (12 bytes for each end of a pair), or dense
/// (8 n^2 bytes, at most <see cref="DenseLimit"/> things).
/// </summary>
public sealed class AffinityGraph
{
    /// <summary>Most things of a dense graph.</summary>
    public const int DenseLimit = 32_768;

    private AffinityGraph(int count, long[] starts, int[] columns, double[] weights, bool isDense)
    {
        Count = count;
        Starts = starts;
        Columns = columns;
        Weights = weights;
        IsDense = isDense;
    }

    /// <summary>Things that are compared.</summary>
    public int Count { get; }

    /// <summary>Row i lies at Starts[i] up to Starts[i + 1] of <see cref="Weights"/>.</summary>
    public long[] Starts { get; }

    /// <summary>The columns of the weights, ascending in each row. Empty when the graph is dense: a row then has the columns 0 .. Count - 1.</summary>
    public int[] Columns { get; }

    /// <summary>The weights.</summary>
    public double[] Weights { get; }

    /// <summary>Whether every weight is stored, zeros too.</summary>
    public bool IsDense { get; }

    /// <summary>Wraps a full matrix, which is not copied; its diagonal is set to 0.</summary>
    /// <param name="matrix">n x n weights, row by row.</param>
    /// <param name="n">Things.</param>
    /// <exception cref="ArgumentException">A weight below 0 or not finite, or the matrix is not symmetric.</exception>
    public static AffinityGraph Dense(double[] matrix, int n)
    {
        if (n is < 1 or > DenseLimit) throw new ArgumentOutOfRangeException(nameof(n), n, $"a dense graph has 1 to {DenseLimit:N0} rows; keep the strongest weights of each row instead");
        if (matrix.LongLength != (long)n * n) throw new ArgumentException($"{matrix.LongLength} weights for {n} x {n}", nameof(matrix));
        long[] starts = new long[n + 1];
        for (int i = 0; i < n; i++)
        {
            starts[i + 1] = starts[i] + n;
            matrix[starts[i] + i] = 0;
        }
        const int tile = 64; // both triangles are read by tiles, so that neither walks the memory in strides
        for (int rows = 0; rows < n; rows += tile)
            for (int columns = 0; columns <= rows; columns += tile)
                for (int i = rows; i < Math.Min(rows + tile, n); i++)
                    for (int j = columns; j < Math.Min(columns + tile, i); j++)
                    {
                        double weight = matrix[starts[i] + j];
                        RequireWeight(weight, i, j);
                        if (weight != matrix[starts[j] + i])
                            throw new ArgumentException($"an affinity is symmetric, but {i}, {j} has {weight} and {j}, {i} has {matrix[starts[j] + i]}", nameof(matrix));
                    }
        return new(n, starts, [], matrix, true);
    }

    /// <summary>
    /// Compressed rows made symmetric: what either row has of a pair, both rows have. Where the two differ the larger counts. Zeros and the diagonal are left out. This is
    /// how lists of nearest neighbours become a graph.
    /// </summary>
    /// <param name="starts">Row i lies at starts[i] up to starts[i + 1].</param>
    /// <param name="columns">Columns in any order, each at most once in a row.</param>
    /// <param name="weights">Their weights, at least 0.</param>
    /// <exception cref="ArgumentException">A weight below 0 or not finite, a column outside.</exception>
    public static AffinityGraph Symmetric(ReadOnlySpan<long> starts, ReadOnlySpan<int> columns, ReadOnlySpan<double> weights)
    {
        int n = starts.Length - 1;
        if (n < 1) throw new ArgumentException("a graph has at least one row", nameof(starts));
        if (starts[0] != 0 || starts[n] != columns.Length || columns.Length != weights.Length)
            throw new ArgumentException($"rows up to {starts[n]}, {columns.Length} columns, {weights.Length} weights", nameof(starts));
        // Each pair goes into the rows of both ends; going through the rows in order leaves every row sorted but for the row's own entries, so it is sorted once.
        long[] room = new long[n + 1];
        for (int i = 0; i < n; i++)
        {
            if (starts[i + 1] < starts[i]) throw new ArgumentException($"row {i} ends before it begins", nameof(starts));
            for (long at = starts[i]; at < starts[i + 1]; at++)
            {
                int j = columns[(int)at];
                if ((uint)j >= (uint)n) throw new ArgumentException($"column {j} in row {i} of {n}", nameof(columns));
                RequireWeight(weights[(int)at], i, j);
                if (j == i || weights[(int)at] == 0) continue;
                room[i + 1]++;
                room[j + 1]++;
            }
        }
        for (int i = 0; i < n; i++) room[i + 1] += room[i];
        int[] both = new int[room[n]];
        double[] values = new double[room[n]];
        long[] next = room[..n];
        for (int i = 0; i < n; i++)
            for (long at = starts[i]; at < starts[i + 1]; at++)
            {
                int j = columns[(int)at];
                double weight = weights[(int)at];
                if (j == i || weight == 0) continue;
                (both[next[i]], values[next[i]++]) = (j, weight);
                (both[next[j]], values[next[j]++]) = (i, weight);
            }
        long[] compact = new long[n + 1];
        long written = 0;
        for (int i = 0; i < n; i++)
        {
            int length = (int)(room[i + 1] - room[i]);
            Span<int> row = both.AsSpan((int)room[i], length);
            Span<double> rowValues = values.AsSpan((int)room[i], length);
            row.Sort(rowValues);
            for (int at = 0; at < length; at++)
            {
                if (written > compact[i] && both[written - 1] == row[at]) values[written - 1] = Math.Max(values[written - 1], rowValues[at]);
                else (both[written], values[written++]) = (row[at], rowValues[at]);
            }
            compact[i + 1] = written;
        }
        Array.Resize(ref both, (int)written);
        Array.Resize(ref values, (int)written);
        return new(n, compact, both, values, false);
    }

    /// <summary>The weight of a pair; 0 where there is none.</summary>
    public double this[int row, int column]
    {
        get
        {
            if (IsDense) return Weights[Starts[row] + column];
            int at = Columns.AsSpan((int)Starts[row], (int)(Starts[row + 1] - Starts[row])).BinarySearch(column);
            return at < 0 ? 0 : Weights[Starts[row] + at];
        }
    }

    /// <summary>Sum of the weights of each row.</summary>
    public double[] Degrees()
    {
        double[] degrees = new double[Count];
        for (int i = 0; i < Count; i++)
        {
            double sum = 0;
            for (long at = Starts[i]; at < Starts[i + 1]; at++) sum += Weights[at];
            degrees[i] = sum;
        }
        return degrees;
    }

    /// <summary>The graph among some of the things, in the order given.</summary>
    /// <param name="rows">Different row numbers.</param>
    public AffinityGraph Among(ReadOnlySpan<int> rows)
    {
        int n = rows.Length;
        if (IsDense)
        {
            double[] matrix = new double[(long)n * n];
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++) matrix[(long)i * n + j] = Weights[Starts[rows[i]] + rows[j]];
            return Dense(matrix, n);
        }
        int[] place = new int[Count];
        Array.Fill(place, -1);
        for (int i = 0; i < n; i++) place[rows[i]] = i;
        long[] starts = new long[n + 1];
        List<int> columns = [];
        List<double> weights = [];
        for (int i = 0; i < n; i++)
        {
            for (long at = Starts[rows[i]]; at < Starts[rows[i] + 1]; at++)
            {
                if (place[Columns[at]] < 0) continue;
                columns.Add(place[Columns[at]]);
                weights.Add(Weights[at]);
            }
            starts[i + 1] = columns.Count;
        }
        return Symmetric(starts, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(weights));
    }

    /// <summary>The number of the connected part of each thing (weights above 0 connect), numbered by their first things.</summary>
    public int[] Components()
    {
        int[] component = new int[Count];
        Array.Fill(component, -1);
        Stack<int> open = new();
        int found = 0;
        for (int seed = 0; seed < Count; seed++)
        {
            if (component[seed] >= 0) continue;
            component[seed] = found;
            open.Push(seed);
            while (open.TryPop(out int i))
                for (long at = Starts[i]; at < Starts[i + 1]; at++)
                {
                    int j = IsDense ? (int)(at - Starts[i]) : Columns[at];
                    if (component[j] >= 0 || Weights[at] == 0) continue;
                    component[j] = found;
                    open.Push(j);
                }
            found++;
        }
        return component;
    }

    /// <summary>product = W x. Each row is summed by itself, so any number of threads gives the same bits.</summary>
    internal void Times(double[] x, double[] product, int threads)
    {
        const int block = 1_024;
        int blocks = (Count + block - 1) / block, parts = Workers.Count(Weights.LongLength < 1 << 17 ? 1 : threads, blocks);
        Workers.Run(parts, part =>
        {
            for (int b = part; b < blocks; b += parts)
                for (int i = b * block; i < Math.Min((b + 1) * block, Count); i++) product[i] = RowTimes(i, x);
        });
    }

    private unsafe double RowTimes(int i, double[] x)
    {
        const int ahead = 64; // what the next rows need comes from memory meanwhile: half of the time where the graph is larger than the caches
        if (IsDense) return DoubleVectors.Dot(Weights.AsSpan().Slice(checked((int)Starts[i]), Count), x);
        long start = Starts[i], length = Starts[i + 1] - start;
        fixed (double* vector = x, allWeights = Weights)
        fixed (int* allColumns = Columns)
        {
            double* weights = allWeights + start;
            int* columns = allColumns + start;
            double a = 0, b = 0, c = 0, d = 0;
            long at = 0;
            for (; at + 4 <= length; at += 4)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(weights + at + ahead);
                    Sse.Prefetch0(columns + at + (2 * ahead));
                }
                a = Math.FusedMultiplyAdd(weights[at], vector[columns[at]], a);
                b = Math.FusedMultiplyAdd(weights[at + 1], vector[columns[at + 1]], b);
                c = Math.FusedMultiplyAdd(weights[at + 2], vector[columns[at + 2]], c);
                d = Math.FusedMultiplyAdd(weights[at + 3], vector[columns[at + 3]], d);
            }
            for (; at < length; at++) a = Math.FusedMultiplyAdd(weights[at], vector[columns[at]], a);
            return a + b + (c + d);
        }
    }

    private static void RequireWeight(double weight, int i, int j)
    {
        if (!(weight >= 0) || double.IsInfinity(weight)) throw new ArgumentException($"the affinity of {i} and {j} is {weight}; allowed are finite weights of at least 0 (clip or shift before)");
    }
}
