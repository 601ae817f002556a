namespace VecStore.Analysis;

/// <summary>A named relation as the differences of its pairs: row of the input minus row of the output.</summary>
/// <param name="Name">For example "country-capital".</param>
/// <param name="Differences">One vector per pair.</param>
/// <param name="PairsInFile">Pairs given, of which some may have had a word outside the vocabulary.</param>
public sealed record RelationDifferences(string Name, IReadOnlyList<double[]> Differences, int PairsInFile)
{
    /// <summary>
    /// The differences of pairs of keys, white space around them taken off. A key that is not found as written is looked up in lower case; pairs with a key that is not found,
    /// pairs of a row with itself (their difference has no direction) and pairs met before are left out.
    /// </summary>
    public static RelationDifferences Of(string name, IKeyedRows rows, IReadOnlyList<(string From, string To)> pairs)
    {
        List<double[]> differences = [];
        foreach ((int a, int b) in RowKeys.FindPairs(rows, pairs))
        {
            float[] x = new float[rows.Dimension], y = new float[rows.Dimension];
            rows.Read(a, x);
            rows.Read(b, y);
            differences.Add([.. x.Zip(y, (p, q) => (double)p - q)]);
        }
        return new(name, differences, pairs.Count);
    }
}

/// <summary>What a relation study is to do.</summary>
public sealed record RelationStudyOptions
{
    /// <summary>Components of the discriminant; null means one fewer than relations.</summary>
    public int? Components { get; init; }

    /// <summary>Relations with fewer usable pairs are left out.</summary>
    public int MinimumPairs { get; init; } = 10;

    /// <summary>Folds for the held-out figures.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>
    /// The fold of each difference, 0-based, over the differences of the relations used, in order; null deals them at random. A relation of ten pairs has two in a fold, so its
    /// held-out figure hangs on the deal; two programs agree closely only on the same folds.
    /// </summary>
    public IReadOnlyList<int>? FoldOf { get; init; }

    /// <summary>Draws with shuffled relation labels. The same figures on them show what fitting alone achieves.</summary>
    public int NullDraws { get; init; } = 20;

    /// <summary>Seed of folds and null.</summary>
    public ulong Seed { get; init; }

    /// <summary>Told the number of draws done.</summary>
    public IProgress<int>? Progress { get; init; }
}

/// <summary>One relation's mean pairwise cosine of differences under several views.</summary>
/// <param name="Name">The relation.</param>
/// <param name="PairsInFile">Pairs given.</param>
/// <param name="PairsUsed">Pairs whose both words are rows, each once.</param>
/// <param name="Raw">Differences as they are.</param>
/// <param name="RawDeviation">Standard deviation of the pairwise cosines there.</param>
/// <param name="Centred">The mean over all relations taken off.</param>
/// <param name="AfterDiscriminant">In the discriminant's coordinates, on the very pairs it was fitted on.</param>
/// <param name="HeldOut">The same on pairs it was not fitted on: mean over the folds with two or more such pairs.</param>
public sealed record RelationCosines(
    string Name, int PairsInFile, int PairsUsed, double Raw, double RawDeviation, double Centred, double AfterDiscriminant, double HeldOut);

/// <summary>How parallel the differences of relations are, before and after distractor dimensions are projected away.</summary>
public sealed record RelationStudyResult : IAnalysisResult
{
    /// <summary>One per relation with enough pairs.</summary>
    public required IReadOnlyList<RelationCosines> Relations { get; init; }

    /// <summary>Differences of all relations.</summary>
    public required int RowsSeen { get; init; }

    /// <summary>Components of the discriminant.</summary>
    public required int Components { get; init; }

    /// <summary>Mean cosine between differences of different relations: raw, centred, in the discriminant's coordinates, held out.</summary>
    public required (double Raw, double Centred, double AfterDiscriminant, double HeldOut) Between { get; init; }

    /// <summary>Silhouette of the relations: raw, in the discriminant's coordinates, held out.</summary>
    public required (double Raw, double AfterDiscriminant, double HeldOut) Silhouettes { get; init; }

    /// <summary>Share of differences given to their own relation: on the fitted pairs, and held out.</summary>
    public required (double Fitted, double HeldOut) Accuracy { get; init; }

    /// <summary>Held-out accuracy against relations shuffled among the differences.</summary>
    public required NullTest HeldOutAccuracyAgainstShuffled { get; init; }

    /// <summary>Share of the between-relation variance along each component.</summary>
    public required IReadOnlyList<double> ExplainedVariance { get; init; }

    string IAnalysisResult.Title => "How parallel relations are: mean pairwise cosine of differences, before and after a linear discriminant";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("differences", RowsSeen), new("components", Components), new("exact", true),
        new("between", new ResultFact[] { new("raw", Between.Raw), new("centred", Between.Centred), new("after_discriminant", Between.AfterDiscriminant), new("held_out", Between.HeldOut) }),
        new("silhouette", new ResultFact[] { new("raw", Silhouettes.Raw), new("after_discriminant", Silhouettes.AfterDiscriminant), new("held_out", Silhouettes.HeldOut) }),
        new("accuracy_fitted", Accuracy.Fitted), ResultFact.Of("accuracy_held_out", HeldOutAccuracyAgainstShuffled), new("explained_variance", ExplainedVariance),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("relations", new("relation", typeof(string)), new("pairs_in_file", typeof(int)), new("pairs_used", typeof(int)), new("raw", typeof(double)),
                new("raw_deviation", typeof(double)), new("centred", typeof(double)), new("after_discriminant", typeof(double)), new("held_out", typeof(double)));
            foreach (RelationCosines r in Relations) table.Add(r.Name, r.PairsInFile, r.PairsUsed, r.Raw, r.RawDeviation, r.Centred, r.AfterDiscriminant, r.HeldOut);
            return [table];
        }
    }

    /// <summary>Each relation's cosine under each view.</summary>
    public HeatMap Plot()
        => new("Mean pairwise cosine of differences", [.. Relations.Select(relation => relation.Name)], ["raw", "centred", "discriminant", "held out"],
            [.. Relations.SelectMany(r => new[] { r.Raw, r.Centred, r.AfterDiscriminant, r.HeldOut })])
        { ValueCaption = "cosine", Full = 1 };
}

/// <summary>Relation differences and linear discriminant analysis (the atom scale of Li et al. 2024), with held-out folds and a null.</summary>
public static class RelationStudy
{
    /// <summary>Runs the study.</summary>
    /// <exception cref="ArgumentException">Fewer than two relations have enough pairs.</exception>
    public static RelationStudyResult Run(IReadOnlyList<RelationDifferences> relations, RelationStudyOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        RelationDifferences[] used = [.. relations.Where(relation => relation.Differences.Count >= options.MinimumPairs)];
        if (used.Length < 2) throw new ArgumentException($"{used.Length} relations have {options.MinimumPairs} usable pairs; two are needed", nameof(relations));
        double[][] rows = [.. used.SelectMany(relation => relation.Differences)];
        int[] labels = [.. used.SelectMany((relation, label) => Enumerable.Repeat(label, relation.Differences.Count))];
        double[] mean = DoubleVectors.Mean(rows);
        double[][] centred = [.. rows.Select(row => DoubleVectors.Subtract(row, mean))];
        LinearDiscriminant fitted = LinearDiscriminant.Fit(rows, labels, options.Components);
        double[][] transformed = [.. rows.Select(row => fitted.Transform(row))];

        int[] folds = GivenFolds(options, rows.Length) ?? StratifiedFolds.Deal(labels, options.Folds, new(options.Seed, "relation folds"));
        HeldOutFigures held = HeldOut(rows, labels, used.Length, options, folds);
        double[] shuffled = new double[options.NullDraws];
        for (int draw = 0; draw < shuffled.Length; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            SeededRandom random = new(options.Seed, "shuffled relations", draw);
            int[] permuted = (int[])labels.Clone();
            random.Shuffle(permuted.AsSpan());
            shuffled[draw] = HeldOut(rows, permuted, used.Length, options, StratifiedFolds.Deal(permuted, options.Folds, random), cosines: false).Accuracy;
            options.Progress?.Report(draw + 1);
        }
        IReadOnlyList<double[]> Group(double[][] of, int label) => [.. of.Where((_, i) => labels[i] == label)];
        IReadOnlyList<IReadOnlyList<double[]>> Groups(double[][] of) => [.. used.Select((_, label) => Group(of, label))];
        return new()
        {
            Relations = [.. used.Select((relation, label) =>
            {
                (double raw, double deviation) = PairwiseCosine.MeanAndDeviation(Group(rows, label));
                return new RelationCosines(relation.Name, relation.PairsInFile, relation.Differences.Count, raw, deviation,
                    PairwiseCosine.Mean(Group(centred, label)), PairwiseCosine.Mean(Group(transformed, label)), held.Cosines[label]);
            })],
            RowsSeen = rows.Length,
            Components = fitted.Components.Count,
            Between = (PairwiseCosine.MeanBetween(Groups(rows)), PairwiseCosine.MeanBetween(Groups(centred)), PairwiseCosine.MeanBetween(Groups(transformed)), held.Between),
            Silhouettes = (Silhouette.Mean(rows, labels), Silhouette.Mean(transformed, labels), held.Silhouette),
            Accuracy = (rows.Where((row, i) => fitted.Predict(row) == labels[i]).Count() / (double)rows.Length, held.Accuracy),
            HeldOutAccuracyAgainstShuffled = NullTest.Of(held.Accuracy, shuffled, options.Seed, "relations shuffled among the differences"),
            ExplainedVariance = fitted.ExplainedVariance,
        };
    }

    private static int[]? GivenFolds(RelationStudyOptions options, int count)
    {
        if (options.FoldOf is not { } given) return null;
        if (given.Count != count || given.Any(fold => fold < 0 || fold >= options.Folds))
            throw new ArgumentException($"{given.Count} folds for {count} differences, each from 0 to {options.Folds - 1}", nameof(options));
        return [.. given];
    }

    private sealed record HeldOutFigures(double Accuracy, double Silhouette, double Between, double[] Cosines);

    private static HeldOutFigures HeldOut(
        double[][] rows, int[] labels, int relations, RelationStudyOptions options, int[] fold, bool cosines = true)
    {
        double[] sums = new double[relations];
        int[] counted = new int[relations];
        double accuracy = 0, silhouette = 0, between = 0;
        for (int f = 0; f < options.Folds; f++)
        {
            int[] train = [.. Enumerable.Range(0, rows.Length).Where(i => fold[i] != f)], test = [.. Enumerable.Range(0, rows.Length).Where(i => fold[i] == f)];
            LinearDiscriminant fitted = LinearDiscriminant.Fit([.. train.Select(i => rows[i])], [.. train.Select(i => labels[i])], options.Components);
            accuracy += test.Count(i => fitted.Predict(rows[i]) == labels[i]) / (double)test.Length / options.Folds;
            if (!cosines) continue;
            double[][] transformed = [.. test.Select(i => fitted.Transform(rows[i]))];
            int[] testLabels = [.. test.Select(i => labels[i])];
            IReadOnlyList<double[]>[] groups = [.. Enumerable.Range(0, relations).Select(label => (IReadOnlyList<double[]>)[.. transformed.Where((_, i) => testLabels[i] == label)])];
            for (int label = 0; label < relations; label++)
            {
                if (groups[label].Count < 2) continue;
                sums[label] += PairwiseCosine.Mean(groups[label]);
                counted[label]++;
            }
            between += PairwiseCosine.MeanBetween(groups) / options.Folds;
            silhouette += Analysis.Silhouette.Mean(transformed, testLabels) / options.Folds;
        }
        return new(accuracy, silhouette, between, [.. sums.Select((sum, label) => sum / counted[label])]);
    }
}
