namespace VecStore.Analysis;

/// <summary>How well crystals are found in one view of differences whose relation is known.</summary>
/// <param name="View">raw, or after the discriminant.</param>
/// <param name="True">Pairs of differences of one relation.</param>
/// <param name="Found">Pairs of differences found.</param>
/// <param name="Right">Found, and of one relation.</param>
/// <param name="AveragePrecision">Mean precision over the true ones, best scores first, whatever the threshold (NaN with none).</param>
/// <param name="Within">Mean cosine of differences of one relation.</param>
/// <param name="Between">Mean cosine of differences of two relations.</param>
public sealed record CrystalView(string View, long True, long Found, long Right, double AveragePrecision, double Within, double Between)
{
    /// <summary>Right / True.</summary>
    public double Recall => True == 0 ? double.NaN : (double)Right / True;

    /// <summary>Right / Found; NaN when nothing was found.</summary>
    public double Precision => Found == 0 ? double.NaN : (double)Right / Found;
}

/// <summary>Crystals in differences of known relations, before and after distractor dimensions are projected away.</summary>
/// <param name="RowsSeen">Differences.</param>
/// <param name="Relations">Relations.</param>
/// <param name="Folds">Folds: the discriminant never saw the differences it is judged on.</param>
/// <param name="Options">How crystals were looked for.</param>
/// <param name="Views">Raw and after the discriminant, summed over the folds.</param>
public sealed record CrystalStudyResult(int RowsSeen, int Relations, int Folds, CrystalOptions Options, IReadOnlyList<CrystalView> Views) : IAnalysisResult
{
    string IAnalysisResult.Title => "Crystals of known relations, before and after a linear discriminant, on held-out folds";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("differences", RowsSeen), new("relations", Relations), new("folds", Folds), new("shape", Options.Shape.ToString()), new("false_discovery_rate", Options.FalseDiscoveryRate),
        new("null_draws", Options.NullDraws), new("seed", Options.Seed), new("exact", true),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable views = new("views", new("view", typeof(string)), new("true", typeof(long)), new("found", typeof(long)), new("right", typeof(long)), new("recall", typeof(double)),
                new("precision", typeof(double)), new("average_precision", typeof(double)), new("within", typeof(double)), new("between", typeof(double)));
            foreach (CrystalView view in Views) views.Add(view.View, view.True, view.Found, view.Right, view.Recall, view.Precision, view.AveragePrecision, view.Within, view.Between);
            return [views];
        }
    }
}

/// <summary>
/// Do relations show as crystals, and does projecting out distractor dimensions show them better (Li et al. 2024, section 3)? In each fold a linear discriminant is fitted on
/// the other folds; crystals are looked for among the held-out differences, as they are and in its
/// coordinates (not centred: a difference without length stays without).
/// </summary>
public static class CrystalStudy
{
    private static readonly string[] Names = ["raw", "after_discriminant"];

    /// <summary>Runs the study.</summary>
    /// <param name="relations">Two or more, each with at least as many differences as folds.</param>
    /// <param name="rows">Rows whose random pairs are the null, mapped like the differences.</param>
    /// <param name="options">How crystals are looked for.</param>
    /// <param name="folds">Folds.</param>
    /// <param name="shrinkage">Of the discriminant: needed above 0 where there are fewer differences than dimensions.</param>
    /// <param name="cancellation">Ends the study.</param>
    public static CrystalStudyResult Run(
        IReadOnlyList<RelationDifferences> relations, IRowSource rows, CrystalOptions? options = null, int folds = 5, double shrinkage = 0.01, CancellationToken cancellation = default)
    {
        options ??= new();
        if (relations.Count < 2) throw new ArgumentException($"{relations.Count} relation: two or more are told apart", nameof(relations));
        foreach (RelationDifferences relation in relations)
        {
            if (relation.Differences.Count < 2 * folds)
                throw new ArgumentException($"{relation.Name} has {relation.Differences.Count} differences; {folds} folds need {2 * folds}, so that a fold can hold two", nameof(relations));
        }
        double[][] all = [.. relations.SelectMany(relation => relation.Differences)];
        int[] classes = [.. relations.SelectMany((relation, c) => relation.Differences.Select(_ => c))];
        int[] fold = StratifiedFolds.Deal(classes, folds, new(options.Seed, "crystal folds"));
        Tally[] tallies = [new(), new()];
        for (int f = 0; f < folds; f++)
        {
            int[] trained = [.. Enumerable.Range(0, all.Length).Where(i => fold[i] != f)], heldOut = [.. Enumerable.Range(0, all.Length).Where(i => fold[i] == f)];
            LinearDiscriminant discriminant = LinearDiscriminant.Fit([.. trained.Select(i => all[i])], [.. trained.Select(i => classes[i])], shrinkage: shrinkage);
            double[][] raw = [.. heldOut.Select(i => all[i])];
            int[] labels = [.. heldOut.Select(i => classes[i])];
            double[] Turned(double[] difference) => [.. discriminant.Components.Select(component => DoubleVectors.Dot(component, difference))];
            (int From, int To)[] pairs = [.. Enumerable.Range(0, raw.Length).Select(i => (2 * i, 2 * i + 1))]; // every difference of two rows of its own
            Judge(tallies[0], raw, labels, pairs, new RandomPairDifferences(rows, pairs, null), options, cancellation);
            Judge(tallies[1], [.. raw.Select(Turned)], labels, pairs, new RandomPairDifferences(rows, pairs, Turned), options, cancellation);
        }
        return new(all.Length, relations.Count, folds, options, [.. tallies.Select((tally, view) => tally.View(Names[view]))]);
    }

    private static void Judge(
        Tally tally, double[][] differences, int[] labels, (int From, int To)[] pairs, INullDifferences nulls, CrystalOptions options, CancellationToken cancellation)
    {
        int dimension = differences[0].Length;
        float[] vectors = [.. differences.SelectMany(row => row.Select(x => (float)x))];
        CrystalReport report = CrystalSearch.Run(vectors, dimension, pairs, nulls, options with { Most = int.MaxValue / 8 }, null, cancellation);
        tally.Found += report.Crystals.Count;
        tally.Right += report.Crystals.Count(crystal => labels[crystal.First] == labels[crystal.Second]);
        using DifferencePairs compared = new(vectors, dimension, pairs, options);
        int seen = 0, right = 0;
        double precision = 0;
        foreach (Crystal crystal in compared.Above(0, int.MaxValue / 8, cancellation))
        {
            seen++;
            if (labels[crystal.First] == labels[crystal.Second]) precision += (double)++right / seen;
        }
        tally.True += right;
        tally.Precision += precision;
        IReadOnlyList<double[]>[] groups = [.. labels.Distinct().Order().Select(label => (IReadOnlyList<double[]>)[.. differences.Where((_, i) => labels[i] == label)])];
        foreach (IReadOnlyList<double[]> group in groups)
        {
            double pairsOfGroup = group.Count * (group.Count - 1) / 2.0;
            if (pairsOfGroup > 0) tally.Within += pairsOfGroup * PairwiseCosine.Mean(group);
        }
        tally.Between += (seen - right) * PairwiseCosine.MeanBetween(groups);
        tally.Pairs += seen;
    }

    private sealed class Tally
    {
        public long Found, Right, True, Pairs;
        public double Precision, Within, Between;

        public CrystalView View(string name) => new(name, True, Found, Right, Precision / True, Within / True, Between / (Pairs - True));
    }
}
