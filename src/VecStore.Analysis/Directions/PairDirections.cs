namespace VecStore.Analysis;

/// <summary>A direction learned from pairs, with what it is worth on pairs it has not seen.</summary>
public sealed record PairDirectionResult : IAnalysisResult
{
    /// <summary>The direction, of length 1, from the first to the second of a pair.</summary>
    public required double[] Vector { get; init; }

    /// <summary>How it was learned.</summary>
    public required DirectionMethod Method { get; init; }

    /// <summary>Pairs.</summary>
    public required int RowsSeen { get; init; }

    /// <summary>For each pair, the cosine of its difference with the direction learned without it.</summary>
    public required IReadOnlyList<double> HeldOutCosines { get; init; }

    /// <summary>Area under the ROC curve of the projections of second against first members, each on the direction learned without its pair.</summary>
    public required double HeldOutArea { get; init; }

    /// <summary>Standardised effect: mean of the held-out cosines over their standard deviation.</summary>
    public required double EffectSize { get; init; }

    /// <summary>Cosine of the direction with itself learned on resampled pairs: their median, and a percentile interval.</summary>
    public required Interval SelfCosine { get; init; }

    /// <summary>
    /// Mean held-out cosine against the same with the sign of every difference drawn at random: if the pairs have no common direction,
    /// either order of a pair is as good.
    /// </summary>
    public required NullTest AgainstRandomSigns { get; init; }

    /// <summary>Mean of the held-out cosines.</summary>
    public double MeanHeldOutCosine => AgainstRandomSigns.Observed;

    string IAnalysisResult.Title => "a direction from pairs";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("method", Method), new("rows_seen", RowsSeen), new("held_out_area", HeldOutArea), new("effect_size", EffectSize), ResultFact.Of("self_cosine", SelfCosine),
        ResultFact.Of("held_out_cosine", AgainstRandomSigns),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable pairs = new("pairs", new("pair", typeof(int)), new("held_out_cosine", typeof(double)));
            for (int i = 0; i < HeldOutCosines.Count; i++) pairs.Add(i, HeldOutCosines[i]);
            return [pairs];
        }
    }
}

/// <summary>Concept directions from pairs.</summary>
public static class PairDirections
{
    private const int LeaveOneOutLimit = 200;

    /// <summary>Learns and tests a direction. Work: (draws + resamples) x pairs x dimension for mean differences; the first component costs an iteration more per fold.</summary>
    /// <param name="from">First members, one row each.</param>
    /// <param name="to">Second members, in the same order.</param>
    /// <param name="options">Method, resamples, seed.</param>
    /// <exception cref="ArgumentException">Fewer than three pairs, or a method that needs two sets.</exception>
    public static PairDirectionResult Learn(IReadOnlyList<double[]> from, IReadOnlyList<double[]> to, DirectionOptions? options = null)
    {
        options ??= new();
        if (from.Count != to.Count) throw new ArgumentException($"{from.Count} first and {to.Count} second members", nameof(to));
        if (from.Count < 3) throw new ArgumentException($"{from.Count} pairs are too few to leave one out", nameof(from));
        if (options.Method is not (DirectionMethod.MeanDifference or DirectionMethod.FirstComponent))
            throw new ArgumentException($"{options.Method} learns from two sets; pairs give a mean difference or a first component", nameof(options));
        double[][] differences = [.. to.Zip(from, (b, a) => DoubleVectors.Subtract(b, a))];
        int n = differences.Length;
        int[] fold = n <= LeaveOneOutLimit || options.Method == DirectionMethod.MeanDifference
            ? [.. Enumerable.Range(0, n)]
            : StratifiedFolds.Deal(new int[n], options.Folds, new(options.Seed, "pair folds"));
        double[] signs = [.. Enumerable.Repeat(1.0, n)];
        double[] vector = Direction(differences, signs, options.Method, null, -1);
        DoubleVectors.Normalize(vector);

        double[][] heldOut = HeldOutDirections(differences, options.Method, fold);
        double[] cosines = [.. differences.Select((difference, i) => DoubleVectors.Cosine(difference, heldOut[fold[i]]))];
        double area = RankStatistics.AreaUnderCurve(
            [.. to.Select((row, i) => DoubleVectors.Dot(row, heldOut[fold[i]]))], [.. from.Select((row, i) => DoubleVectors.Dot(row, heldOut[fold[i]]))]);

        double[] self = new double[options.BootstrapDraws];
        for (int draw = 0; draw < self.Length; draw++)
        {
            SeededRandom random = new(options.Seed, "pair bootstrap", draw);
            double[][] resampled = [.. Enumerable.Range(0, n).Select(_ => differences[random.NextInt32(n)])];
            self[draw] = DoubleVectors.Cosine(Direction(resampled, signs, options.Method, null, -1), vector);
        }
        SignFlips flips = new(differences, options.Method, fold);
        double[] nulls = new double[options.NullDraws];
        for (int draw = 0; draw < nulls.Length; draw++)
        {
            SeededRandom random = new(options.Seed, "pair signs", draw);
            double[] flipped = [.. Enumerable.Range(0, n).Select(_ => (random.NextUInt64() & 1) == 0 ? 1.0 : -1.0)];
            nulls[draw] = flips.MeanHeldOutCosine(flipped);
        }
        (double mean, double variance) = Sample.Moments(cosines);
        double deviation = Math.Sqrt(variance);
        return new()
        {
            Vector = vector,
            Method = options.Method,
            RowsSeen = n,
            HeldOutCosines = cosines,
            HeldOutArea = area,
            EffectSize = deviation > 0 ? mean / deviation : double.PositiveInfinity,
            SelfCosine = Interval.Percentile(SortedQuantile.Of([.. self.Order()], 0.5), self, 0.95, options.Seed),
            AgainstRandomSigns = NullTest.Of(flips.MeanHeldOutCosine(signs), nulls, options.Seed, "the order of every pair drawn at random"),
        };
    }

    private static double[][] HeldOutDirections(double[][] differences, DirectionMethod method, int[] fold)
    {
        double[] signs = [.. Enumerable.Repeat(1.0, differences.Length)];
        double[][] directions = new double[fold.Max() + 1][];
        double[] sum = new double[differences[0].Length];
        foreach (double[] difference in differences) DoubleVectors.AddMultiple(sum, 1, difference);
        for (int f = 0; f < directions.Length; f++)
            directions[f] = method == DirectionMethod.MeanDifference ? SumWithout(sum, differences, fold, f) : Direction(differences, signs, method, fold, f);
        return directions;
    }

    private static double[] SumWithout(double[] sum, double[][] differences, int[] fold, int left)
    {
        if (fold.Length == fold[^1] + 1 && fold[left] == left) return DoubleVectors.Subtract(sum, differences[left]);
        double[] rest = (double[])sum.Clone();
        for (int i = 0; i < differences.Length; i++)
            if (fold[i] == left) DoubleVectors.AddMultiple(rest, -1, differences[i]);
        return rest;
    }

    /// <summary>The direction of the differences outside one fold. For the first component the sign is that of the mean projection.</summary>
    private static double[] Direction(double[][] differences, double[] signs, DirectionMethod method, int[]? fold, int left)
    {
        int d = differences[0].Length;
        int[] used = [.. Enumerable.Range(0, differences.Length).Where(i => fold is null || fold[i] != left)];
        double[] mean = new double[d];
        foreach (int i in used) DoubleVectors.AddMultiple(mean, signs[i], differences[i]);
        if (method == DirectionMethod.MeanDifference) return mean;
        double[] axis = FirstAxis([.. used.Select(i => differences[i])]);
        if (DoubleVectors.Dot(axis, mean) < 0) DoubleVectors.Scale(axis, -1);
        return axis;
    }

    /// <summary>The axis of largest mean square: of X^T X, or of X X^T where there are fewer rows.</summary>
    private static double[] FirstAxis(double[][] rows)
    {
        int n = rows.Length, d = rows[0].Length;
        TopEigenOptions accuracy = new() { Tolerance = 1e-8 };
        double[] product = new double[d];
        EigenResult top = TopEigen.Find(Math.Min(n, d), x =>
        {
            if (n < d)
            {
                Array.Clear(product);
                for (int i = 0; i < n; i++) DoubleVectors.AddMultiple(product, x[i], rows[i]);
                return [.. rows.Select(row => DoubleVectors.Dot(row, product))];
            }
            double[] result = new double[d];
            foreach (double[] row in rows) DoubleVectors.AddMultiple(result, DoubleVectors.Dot(row, x), row);
            return result;
        }, 1, accuracy);
        if (n >= d) return top.Vectors[0];
        double[] axis = new double[d];
        for (int i = 0; i < n; i++) DoubleVectors.AddMultiple(axis, top.Vectors[0][i], rows[i]);
        DoubleVectors.Normalize(axis);
        return axis;
    }

    /// <summary>The mean held-out cosine under flipped signs. Axes do not change when differences are turned round, only their signs do; so they are found once.</summary>
    private sealed class SignFlips
    {
        private readonly double[][] differences;
        private readonly int[] fold;
        private readonly double[] lengths;
        private readonly double[][]? projections; // projections[f][i]: difference i on the axis without fold f

        public SignFlips(double[][] differences, DirectionMethod method, int[] fold)
        {
            this.differences = differences;
            this.fold = fold;
            lengths = [.. differences.Select(difference => DoubleVectors.Norm(difference))];
            if (method == DirectionMethod.FirstComponent)
                projections = [.. HeldOutDirections(differences, method, fold).Select(axis => differences.Select(x => DoubleVectors.Dot(x, axis)).ToArray())];
        }

        public double MeanHeldOutCosine(double[] signs)
        {
            double total = 0;
            if (projections is not null)
            {
                double[] orientation = [.. projections.Select((row, f) => (double)Math.Sign(row.Select((x, i) => fold[i] == f ? 0 : signs[i] * x).Sum()))];
                for (int i = 0; i < differences.Length; i++)
                    if (lengths[i] > 0) total += signs[i] * orientation[fold[i]] * projections[fold[i]][i] / lengths[i];
                return total / differences.Length;
            }
            double[] sum = new double[differences[0].Length];
            for (int i = 0; i < differences.Length; i++) DoubleVectors.AddMultiple(sum, signs[i], differences[i]);
            double squared = DoubleVectors.Dot(sum, sum);
            for (int i = 0; i < differences.Length; i++)
            {
                // cos(s x, S - s x) from S . x alone: no vector is formed for each pair.
                double dot = signs[i] * DoubleVectors.Dot(sum, differences[i]), own = lengths[i] * lengths[i], rest = squared - 2 * dot + own;
                if (own > 0 && rest > 1e-24 * squared) total += (dot - own) / (lengths[i] * Math.Sqrt(rest));
            }
            return total / differences.Length;
        }

    }
}
