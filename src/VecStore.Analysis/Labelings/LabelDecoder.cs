namespace VecStore.Analysis;

/// <summary>How labels are decoded from rows.</summary>
public sealed record DecoderOptions
{
    /// <summary>Folds of a cross-validation.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Cross-validations, each with its own folds.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Draws of each null; 0 for none.</summary>
    public int Draws { get; init; } = 20;

    /// <summary>Seed of folds and nulls.</summary>
    public ulong Seed { get; init; }

    /// <summary>Labels are permuted within these for a stricter null; null for none.</summary>
    public Labeling? Strata { get; init; }

    /// <summary>Also decode from random unit rows of the same shape, once a draw.</summary>
    public bool RandomRows { get; init; } = true;

    /// <summary>The regression.</summary>
    public RegressionOptions Regression { get; init; } = new();

    /// <summary>Told the share that is done.</summary>
    public IProgress<double>? Progress { get; init; }
}

/// <summary>How well labels are read off rows by a linear decoder, on rows it has not seen.</summary>
/// <param name="Rows">Labelled rows.</param>
/// <param name="BalancedAccuracy">Mean over folds and repeats of the mean recall of the labels in the fold; beside it that of permuted labels, whole procedure repeated.</param>
/// <param name="Pooled">The same of the predictions of all folds together, mean over repeats.</param>
/// <param name="Accuracy">Share of rows decoded rightly.</param>
/// <param name="MajorityShare">Share of the largest label.</param>
/// <param name="Chance">1 over the number of labels.</param>
/// <param name="Recall">For each label the share of its rows decoded rightly.</param>
/// <param name="WithinStrata">Beside labels permuted within strata, where strata were given.</param>
/// <param name="RandomRows">Beside random unit rows of the same shape with the true labels.</param>
/// <param name="Options">What was asked.</param>
public sealed record LabelDecoding(
    int Rows, NullTest BalancedAccuracy, double Pooled, double Accuracy, double MajorityShare, double Chance, double[] Recall,
    NullTest? WithinStrata, NullTest? RandomRows, DecoderOptions Options);

/// <summary>Decodes labels from rows by multinomial regression with stratified folds.</summary>
public static class LabelDecoder
{
    /// <summary>Runs the cross-validation and its nulls: (1 + draws for each null) x repeats x folds regressions. Memory the labelled rows once, twice for random rows.</summary>
    public static LabelDecoding Run(IRowSource rows, Labeling labels, DecoderOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (rows.Count != labels.Count) throw new ArgumentException($"{rows.Count} rows, labels for {labels.Count}", nameof(labels));
        int[] chosen = labels.Rows();
        int[] used = [.. Enumerable.Range(0, labels.Names.Count).Where(label => labels.Sizes[label] > 0)];
        if (used.Length < 2) throw new ArgumentException("a decoder needs rows of at least two labels", nameof(labels));
        int[] number = new int[labels.Names.Count];
        for (int c = 0; c < used.Length; c++) number[used[c]] = c;
        int[] truth = [.. chosen.Select(row => number[labels[row]])];
        float[] values = new float[checked(chosen.Length * rows.Dimension)];
        new SelectedRows(rows, chosen).Read(0, values);

        double total = 1 + options.Draws * (1 + (options.Strata is null ? 0 : 1) + (options.RandomRows ? 1 : 0)), done = 0;
        void Tell() => options.Progress?.Report(++done / total);
        Validation observed = Validate(values, rows.Dimension, truth, used.Length, options, options.Regression.Threads, cancellation);
        Tell();
        NullTest balanced = Permuted(new(truth, chosen, null)) ?? NullTest.Of(observed.FoldMean, [], options.Seed, "none");
        NullTest? strict = options.Strata is null ? null : Permuted(new(truth, chosen, options.Strata));
        NullTest? random = null;
        if (options.RandomRows && options.Draws > 0)
        {
            double[] figures = new double[options.Draws];
            for (int draw = 0; draw < options.Draws; draw++)
            {
                figures[draw] = Validate(RandomUnitRows(chosen.Length, rows.Dimension, options.Seed, draw), rows.Dimension, truth, used.Length, options, options.Regression.Threads, cancellation).FoldMean;
                Tell();
            }
            random = NullTest.Of(observed.FoldMean, figures, options.Seed, "random unit rows of the same shape");
        }
        double[] recall = new double[labels.Names.Count];
        Array.Fill(recall, double.NaN);
        for (int c = 0; c < used.Length; c++) recall[used[c]] = observed.Recall[c];
        return new(chosen.Length, balanced, observed.Pooled, observed.Accuracy, labels.Sizes.Max() / (double)chosen.Length, 1.0 / used.Length, recall, strict, random, options);

        NullTest? Permuted(LabelPermutation permutation)
        {
            if (options.Draws == 0) return null;
            double[] figures = new double[options.Draws];
            int parts = Workers.Count(options.Regression.Threads, options.Draws);
            object gate = new();
            Workers.Run(parts, part =>
            {
                for (int draw = part; draw < options.Draws; draw += parts)
                {
                    int[] shuffled = permutation.Shuffled(new(options.Seed, "permuted labels", draw));
                    figures[draw] = Validate(values, rows.Dimension, shuffled, used.Length, options, 1, cancellation).FoldMean;
                    lock (gate) Tell();
                }
            });
            return NullTest.Of(observed.FoldMean, figures, options.Seed, permutation.Description);
        }
    }

    private readonly record struct Validation(double FoldMean, double Pooled, double Accuracy, double[] Recall);

    private static Validation Validate(float[] values, int dimension, int[] truth, int classes, DecoderOptions options, int threads, CancellationToken cancellation)
    {
        int tasks = options.Repeats * options.Folds;
        int[][] predictions = [.. Enumerable.Range(0, options.Repeats).Select(_ => new int[truth.Length])];
        double[] folds = new double[tasks];
        int[][] foldOf = [.. Enumerable.Range(0, options.Repeats).Select(repeat => StratifiedFolds.Deal(truth, options.Folds, new(options.Seed, "decoder folds", repeat)))];
        int parts = Workers.Count(threads, tasks);
        Workers.Run(parts, part =>
        {
            for (int task = part; task < tasks; task += parts)
            {
                int repeat = task / options.Folds, fold = task % options.Folds;
                int[] train = [.. Enumerable.Range(0, truth.Length).Where(i => foldOf[repeat][i] != fold)], test = [.. Enumerable.Range(0, truth.Length).Where(i => foldOf[repeat][i] == fold)];
                MultinomialRegression model = MultinomialRegression.Fit(
                    values, dimension, train, [.. train.Select(i => truth[i])], classes, options.Regression with { Threads = 1 }, cancellation);
                foreach (int i in test) predictions[repeat][i] = model.Predict(values.AsSpan(i * dimension, dimension));
                folds[task] = MeanRecall(test, truth, predictions[repeat], classes);
            }
        });
        int[] all = [.. Enumerable.Range(0, truth.Length)];
        double[] recall = new double[classes];
        foreach (int[] predicted in predictions)
            for (int c = 0; c < classes; c++) recall[c] += Recall(all, truth, predicted, c) / options.Repeats;
        return new(folds.Average(), predictions.Average(predicted => MeanRecall(all, truth, predicted, classes)),
            predictions.Average(predicted => all.Count(i => predicted[i] == truth[i]) / (double)all.Length), recall);
    }

    private static double MeanRecall(int[] rows, int[] truth, int[] predicted, int classes)
    {
        double[] recalls = [.. Enumerable.Range(0, classes).Select(c => Recall(rows, truth, predicted, c)).Where(recall => !double.IsNaN(recall))];
        return recalls.Average();
    }

    private static double Recall(int[] rows, int[] truth, int[] predicted, int label)
    {
        int of = 0, right = 0;
        foreach (int i in rows)
        {
            if (truth[i] != label) continue;
            of++;
            if (predicted[i] == label) right++;
        }
        return of > 0 ? (double)right / of : double.NaN;
    }

    private static float[] RandomUnitRows(int count, int dimension, ulong seed, int draw)
    {
        SeededRandom random = new(seed, "random unit rows", draw);
        float[] values = new float[count * dimension];
        for (int k = 0; k < values.Length; k++) values[k] = (float)random.NextGaussian();
        UnitRow.NormalizeAll(values, dimension);
        return values;
    }
}
