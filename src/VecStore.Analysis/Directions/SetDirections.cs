namespace VecStore.Analysis;

/// <summary>A direction that separates two sets of rows, with what it is worth on rows it has not seen.</summary>
public sealed record SetDirectionResult : IAnalysisResult
{
    /// <summary>The direction, of length 1, towards the positive set.</summary>
    public required double[] Vector { get; init; }

    /// <summary>How it was learned.</summary>
    public required DirectionMethod Method { get; init; }

    /// <summary>Positive and negative rows.</summary>
    public required (int Positive, int Negative) RowsSeen { get; init; }

    /// <summary>Hedges' g of the held-out projections, each fold's centred and scaled by its training projections.</summary>
    public required double EffectSize { get; init; }

    /// <summary>Cosine of the direction with itself learned on resampled rows: their median, and a percentile interval.</summary>
    public required Interval SelfCosine { get; init; }

    /// <summary>Cross-validated area under the ROC curve (mean over the folds) against the same with labels shuffled.</summary>
    public required NullTest HeldOutArea { get; init; }

    string IAnalysisResult.Title => "a direction from sets";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("method", Method), new("rows_seen", RowsSeen.Positive + RowsSeen.Negative), new("positive", RowsSeen.Positive), new("negative", RowsSeen.Negative),
        new("effect_size", EffectSize), ResultFact.Of("self_cosine", SelfCosine), ResultFact.Of("held_out_area", HeldOutArea),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => [];
}

/// <summary>Concept directions from two sets of rows, or from one set against a background.</summary>
public static class SetDirections
{
    /// <summary>Learns and tests a direction. Work: (folds x (1 + null draws) + resamples) fits.</summary>
    /// <exception cref="ArgumentException">A set has fewer rows than folds, or the method needs pairs.</exception>
    public static SetDirectionResult Learn(
        IReadOnlyList<double[]> positive, IReadOnlyList<double[]> negative, DirectionOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (positive.Count < options.Folds || negative.Count < options.Folds)
            throw new ArgumentException($"{positive.Count} and {negative.Count} rows cannot be cut into {options.Folds} folds", nameof(positive));
        double[][] rows = [.. positive, .. negative];
        bool[] labels = [.. positive.Select(_ => true), .. negative.Select(_ => false)];
        double[] vector = DirectionFit.Fit(positive, negative, options);

        double[] self = new double[options.BootstrapDraws];
        for (int draw = 0; draw < self.Length; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            SeededRandom random = new(options.Seed, "set bootstrap", draw);
            double[][] p = [.. positive.Select(_ => positive[random.NextInt32(positive.Count)])], n = [.. negative.Select(_ => negative[random.NextInt32(negative.Count)])];
            self[draw] = DoubleVectors.Cosine(DirectionFit.Fit(p, n, options), vector);
        }
        (double area, double effect) = CrossValidate(rows, labels, options, new(options.Seed, "set folds"));
        double[] nulls = new double[options.NullDraws];
        for (int draw = 0; draw < nulls.Length; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            SeededRandom random = new(options.Seed, "set labels", draw);
            bool[] shuffled = (bool[])labels.Clone();
            random.Shuffle(shuffled.AsSpan());
            nulls[draw] = CrossValidate(rows, shuffled, options, random).Area;
        }
        return new()
        {
            Vector = vector,
            Method = options.Method,
            RowsSeen = (positive.Count, negative.Count),
            EffectSize = effect,
            SelfCosine = Interval.Percentile(SortedQuantile.Of([.. self.Order()], 0.5), self, 0.95, options.Seed),
            HeldOutArea = NullTest.Of(area, nulls, options.Seed, "labels shuffled among the rows"),
        };
    }

    private static (double Area, double Effect) CrossValidate(double[][] rows, bool[] labels, DirectionOptions options, SeededRandom random)
    {
        int[] fold = StratifiedFolds.Deal([.. labels.Select(label => label ? 1 : 0)], options.Folds, random);
        List<double> positive = [], negative = [];
        double area = 0;
        for (int f = 0; f < options.Folds; f++)
        {
            double[] direction = DirectionFit.Fit(Where(true, f, inFold: false), Where(false, f, inFold: false), options);
            double[] trained = [.. Where(true, f, false).Concat(Where(false, f, false)).Select(row => DoubleVectors.Dot(row, direction))];
            double mean = trained.Average(), deviation = Math.Sqrt(trained.Sum(x => (x - mean) * (x - mean)) / trained.Length);
            double scale = deviation > 0 ? 1 / deviation : 0;
            double[] p = [.. Where(true, f, true).Select(row => (DoubleVectors.Dot(row, direction) - mean) * scale)];
            double[] n = [.. Where(false, f, true).Select(row => (DoubleVectors.Dot(row, direction) - mean) * scale)];
            area += RankStatistics.AreaUnderCurve(p, n) / options.Folds;
            positive.AddRange(p);
            negative.AddRange(n);
        }
        (double meanP, double varianceP) = Sample.Moments(positive);
        (double meanN, double varianceN) = Sample.Moments(negative);
        return (area, RankStatistics.HedgesG(meanP, varianceP, positive.Count, meanN, varianceN, negative.Count));

        double[][] Where(bool label, int f, bool inFold) => [.. rows.Where((_, i) => labels[i] == label && (fold[i] == f) == inFold)];
    }
}
