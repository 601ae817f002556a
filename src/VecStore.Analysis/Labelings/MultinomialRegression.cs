using System.Runtime.Intrinsics;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>How a multinomial regression is fitted.</summary>
public sealed record RegressionOptions
{
    /// <summary>Weight of the squared coefficients: the sum of the log losses + penalty / 2 |W|^2 is minimised; scikit-learn's C is 1 / penalty. Intercepts are not penalised.</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>It ends when no element of the gradient is larger.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Or when a step lowers the objective by a smaller share of it.</summary>
    public double RelativeDecrease { get; init; } = 2.2e-9;

    /// <summary>Most steps.</summary>
    public int MaximumIterations { get; init; } = 1_000;

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }
}

/// <summary>
/// P(class c | x) proportional to exp(w_c . x + b_c): scikit-learn's LogisticRegression with all classes in one softmax, L2 penalty and L-BFGS. Rows are read as float32, all
/// arithmetic is in double. 4 n d C operations a step; memory the rows once, and 32 n / 2,048 d C bytes.
/// </summary>
/// <param name="Classes">C.</param>
/// <param name="Weights">Element k of class c at k * C + c.</param>
/// <param name="Intercepts">One for each class.</param>
/// <param name="Objective">Sum of the log losses + penalty / 2 |W|^2 at the end.</param>
/// <param name="Iterations">Steps.</param>
/// <param name="Converged">It ended by tolerance or decrease, not by the number of steps.</param>
public sealed record MultinomialRegression(int Classes, double[] Weights, double[] Intercepts, double Objective, int Iterations, bool Converged)
{
    /// <summary>Fits rows with classes 0 .. C - 1.</summary>
    /// <param name="values">Rows, one after the other.</param>
    /// <param name="dimension">Elements of a row.</param>
    /// <param name="rows">Which rows to learn from.</param>
    /// <param name="labels">The class of each of these.</param>
    /// <param name="classes">C, at least 2; a class without rows gets a low intercept.</param>
    /// <param name="options">Penalty and end.</param>
    /// <param name="cancellation">Ends it.</param>
    public static MultinomialRegression Fit(
        ReadOnlyMemory<float> values, int dimension, int[] rows, int[] labels, int classes, RegressionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (rows.Length != labels.Length) throw new ArgumentException($"{rows.Length} rows, {labels.Length} labels", nameof(labels));
        if (rows.Length == 0) throw new ArgumentException("no rows to learn from", nameof(rows));
        if (classes < 2) throw new ArgumentOutOfRangeException(nameof(classes), classes, "at least 2 classes");
        if (!(options.Penalty > 0)) throw new ArgumentOutOfRangeException(nameof(options), options.Penalty, "a penalty above 0 is needed: separable rows have no finite weights");
        foreach (int label in labels)
            if ((uint)label >= (uint)classes) throw new ArgumentOutOfRangeException(nameof(labels), label, $"classes are 0 to {classes - 1}");
        MultinomialLoss loss = new(values, dimension, rows, labels, classes, options.Penalty, options.Threads, cancellation);
        Minimum minimum = Lbfgs.Minimize(loss.Evaluate, new double[loss.Size], new LbfgsOptions
        {
            LargestElement = options.Tolerance,
            RelativeDecrease = options.RelativeDecrease,
            MaximumIterations = options.MaximumIterations,
        });
        double[] weights = new double[dimension * classes];
        for (int k = 0; k < dimension; k++) minimum.Point.AsSpan(k * loss.Width, classes).CopyTo(weights.AsSpan(k * classes));
        return new(classes, weights, minimum.Point[(dimension * loss.Width)..(dimension * loss.Width + classes)], minimum.Value, minimum.Iterations, minimum.Converged);
    }

    /// <summary>The most probable class of a row; the smaller of equals.</summary>
    public int Predict(ReadOnlySpan<float> row)
    {
        double[] scores = (double[])Intercepts.Clone();
        for (int k = 0; k < row.Length; k++) DoubleVectors.AddMultiple(scores, row[k], Weights.AsSpan(k * Classes, Classes));
        int best = 0;
        for (int c = 1; c < Classes; c++)
            if (scores[c] > scores[best]) best = c;
        return best;
    }
}

/// <summary>Value and gradient of the penalised multinomial log loss, rows taken 32 at a time so that they are read once for both.</summary>
internal sealed unsafe class MultinomialLoss
{
    private const int ChunkRows = 2_048, TileRows = 32;
    private readonly ReadOnlyMemory<float> values;
    private readonly int[] rows, labels;
    private readonly int dimension, classes, threads;
    private readonly double penalty;
    private readonly CancellationToken cancellation;
    private readonly double[][] gradients;

    public MultinomialLoss(
        ReadOnlyMemory<float> values, int dimension, int[] rows, int[] labels, int classes, double penalty, int threads, CancellationToken cancellation)
    {
        (this.values, this.dimension, this.rows, this.labels) = (values, dimension, rows, labels);
        (this.classes, this.penalty, this.threads, this.cancellation) = (classes, penalty, threads, cancellation);
        Width = (classes + 7) / 8 * 8;
        Size = checked((dimension + 1) * Width);
        gradients = [.. Enumerable.Range(0, (rows.Length + ChunkRows - 1) / ChunkRows).Select(_ => new double[Size])];
    }

    /// <summary>Classes rounded up to a whole register; what is beyond the classes stays 0.</summary>
    public int Width { get; }

    /// <summary>Parameters: Width for each element of a row, and Width intercepts at the end.</summary>
    public int Size { get; }

    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        cancellation.ThrowIfCancellationRequested();
        double[] losses = new double[gradients.Length];
        int parts = Workers.Count(threads, gradients.Length);
        fixed (double* parameters = point)
        {
            double* start = parameters;
            Workers.Run(parts, part =>
            {
                using NativeBlock<double> tile = new(TileRows * (long)dimension), scores = new(TileRows * (long)Width);
                for (int chunk = part; chunk < gradients.Length; chunk += parts)
                {
                    Array.Clear(gradients[chunk]);
                    fixed (double* sum = gradients[chunk])
                    {
                        int end = Math.Min(rows.Length, (chunk + 1) * ChunkRows);
                        for (int first = chunk * ChunkRows; first < end; first += TileRows)
                            losses[chunk] += Tile(first, Math.Min(TileRows, end - first), start, sum, tile.Base, scores.Base);
                    }
                }
            });
        }
        gradients[0].CopyTo(gradient);
        for (int chunk = 1; chunk < gradients.Length; chunk++) DoubleVectors.AddMultiple(gradient, 1, gradients[chunk]);
        ReadOnlySpan<double> weights = point[..(dimension * Width)];
        DoubleVectors.AddMultiple(gradient[..weights.Length], penalty, weights);
        return losses.Sum() + penalty / 2 * DoubleVectors.Dot(weights, weights);
    }

    private double Tile(int first, int count, double* parameters, double* gradient, double* tile, double* scores)
    {
        ReadOnlySpan<float> all = values.Span;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = all.Slice(checked(rows[first + i] * dimension), dimension);
            double* target = tile + (nint)i * dimension;
            for (int k = 0; k < dimension; k++) target[k] = row[k];
        }
        int padded = (count + 7) / 8 * 8; // rows beyond the end count with residual 0
        for (int i = count; i < padded; i++) new Span<double>(tile + (nint)i * dimension, dimension).Clear();
        for (int group = 0; group < Width; group += 8)
            for (int i = 0; i < padded; i += 8) Scores(tile + (nint)i * dimension, parameters + group, scores + (nint)i * Width + group);
        double loss = 0;
        for (int i = 0; i < count; i++)
        {
            Span<double> own = new(scores + (nint)i * Width, Width);
            double largest = own[0], sum = 0;
            for (int c = 1; c < classes; c++) largest = Math.Max(largest, own[c]);
            loss += largest - own[labels[first + i]];
            for (int c = 0; c < classes; c++) sum += own[c] = Math.Exp(own[c] - largest);
            loss += Math.Log(sum);
            for (int c = 0; c < classes; c++) own[c] /= sum;
            own[classes..].Clear();
            own[labels[first + i]] -= 1;
        }
        for (int i = count; i < padded; i++) new Span<double>(scores + (nint)i * Width, Width).Clear();
        for (int group = 0; group < Width; group += 8)
            for (int i = 0; i < padded; i += 8) Gradient(tile + (nint)i * dimension, scores + (nint)i * Width + group, gradient + group);
        return loss;
    }

    /// <summary>Eight rows by eight classes.</summary>
    private void Scores(double* x, double* w, double* scores)
    {
        int d = dimension, width = Width;
        Vector512<double> a = Vector512.Load(w + (nint)d * width), b = a, c = a, e = a, f = a, g = a, h = a, i = a;
        for (int k = 0; k < d; k++, x++, w += width)
        {
            Vector512<double> column = Vector512.Load(w);
            a = Vector512.FusedMultiplyAdd(Vector512.Create(*x), column, a);
            b = Vector512.FusedMultiplyAdd(Vector512.Create(x[d]), column, b);
            c = Vector512.FusedMultiplyAdd(Vector512.Create(x[2 * d]), column, c);
            e = Vector512.FusedMultiplyAdd(Vector512.Create(x[3 * d]), column, e);
            f = Vector512.FusedMultiplyAdd(Vector512.Create(x[4 * d]), column, f);
            g = Vector512.FusedMultiplyAdd(Vector512.Create(x[5 * d]), column, g);
            h = Vector512.FusedMultiplyAdd(Vector512.Create(x[6 * d]), column, h);
            i = Vector512.FusedMultiplyAdd(Vector512.Create(x[7 * d]), column, i);
        }
        a.Store(scores);
        b.Store(scores + width);
        c.Store(scores + 2 * width);
        e.Store(scores + 3 * width);
        f.Store(scores + 4 * width);
        g.Store(scores + 5 * width);
        h.Store(scores + 6 * width);
        i.Store(scores + 7 * width);
    }

    /// <summary>gradient += x^T residuals of eight rows and eight classes.</summary>
    private void Gradient(double* x, double* residuals, double* gradient)
    {
        int d = dimension, width = Width;
        Vector512<double> a = Vector512.Load(residuals), b = Vector512.Load(residuals + width), c = Vector512.Load(residuals + 2 * width);
        Vector512<double> e = Vector512.Load(residuals + 3 * width), f = Vector512.Load(residuals + 4 * width), g = Vector512.Load(residuals + 5 * width);
        Vector512<double> h = Vector512.Load(residuals + 6 * width), i = Vector512.Load(residuals + 7 * width);
        for (int k = 0; k < d; k++, x++, gradient += width)
        {
            Vector512<double> even = Vector512.Load(gradient), odd = Vector512.Create(x[d]) * b;
            even = Vector512.FusedMultiplyAdd(Vector512.Create(*x), a, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.Create(x[3 * d]), e, odd);
            even = Vector512.FusedMultiplyAdd(Vector512.Create(x[2 * d]), c, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.Create(x[5 * d]), g, odd);
            even = Vector512.FusedMultiplyAdd(Vector512.Create(x[4 * d]), f, even);
            odd = Vector512.FusedMultiplyAdd(Vector512.Create(x[7 * d]), i, odd);
            even = Vector512.FusedMultiplyAdd(Vector512.Create(x[6 * d]), h, even);
            (even + odd).Store(gradient);
        }
        (Vector512.Load(gradient) + (a + b + (c + e) + (f + g + (h + i)))).Store(gradient); // the intercepts lie behind the last element
    }
}
