namespace VecStore.Analysis;

/// <summary>How alike two collections of the same keys are.</summary>
public sealed record SpaceComparisonResult : IAnalysisResult
{
    /// <summary>Keys that both have.</summary>
    public required long RowsSeen { get; init; }

    /// <summary>Linear centred kernel alignment (Kornblith et al. 2019): |Y^T X|^2 / (|X^T X| |Y^T Y|), Frobenius norms of centred rows; 1 for a rotation and scaling.</summary>
    public required double LinearCka { get; init; }

    /// <summary>
    /// The linear CKA that two independent Gaussian spaces of the same spectra have in expectation, which is not 0 where rows are few and dimensions many:
    /// sqrt(PR X * PR Y) / (rows - 1), PR the participation ratios.
    /// </summary>
    public required double CkaExpectedByChance { get; init; }

    /// <summary>
    /// 1 - |X R s - Y|^2 / |Y|^2 for the best orthogonal R and scale s of centred rows: the share of the second space that a rotation of the first explains. NaN
    /// where the dimensions differ.
    /// </summary>
    public required double ProcrustesShare { get; init; }

    /// <summary>The rotation, row by row: y = R^T x; null where the dimensions differ.</summary>
    public required double[][]? Rotation { get; init; }

    /// <summary>Its scale.</summary>
    public required double Scale { get; init; }

    /// <summary>
    /// Spearman correlation of the cosines of the same pairs of keys in both spaces (representational similarity, Kriegeskorte et al. 2008), against keys
    /// shuffled in one. Approximate: on a sample of pairs.
    /// </summary>
    public required NullTest Representational { get; init; }

    /// <summary>Pairs of keys behind it.</summary>
    public required int PairsSampled { get; init; }

    /// <summary>The cosine of each sampled pair of keys in the first and in the second space.</summary>
    public required (IReadOnlyList<double> First, IReadOnlyList<double> Second) PairCosines { get; init; }

    /// <summary>The cosines of the sampled pairs of keys, in one space over the other.</summary>
    public ScatterPlot Plot() => new("Cosines of the same pairs of keys", new("cosine in the first space"), new("cosine in the second"), [new("pairs", PairCosines.First, PairCosines.Second)])
    {
        Note = string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{RowsSeen:N0} keys in both; {PairsSampled:N0} pairs; rank correlation {Representational.Observed:F3}, p {Representational.PValue:G2}; linear CKA {LinearCka:F3}"),
    };

    string IAnalysisResult.Title => "Two spaces of the same keys";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rows_seen", RowsSeen), new("exact", false), new("linear_cka", LinearCka), new("cka_expected_by_chance", CkaExpectedByChance), new("procrustes_share", ProcrustesShare),
        new("scale", Scale), ResultFact.Of("representational_similarity", Representational), new("pairs_sampled", PairsSampled),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => [];
}

/// <summary>Comparisons of two spaces. One pass and (dX + dY)^2 memory for the covariances.</summary>
public static class SpaceComparison
{
    /// <summary>Compares rows that are paired already.</summary>
    /// <param name="pairs">The pairs.</param>
    /// <param name="sampledPairs">Pairs of keys for representational similarity.</param>
    /// <param name="nullDraws">Shuffles for its null.</param>
    /// <param name="seed">Seed of sample and null.</param>
    /// <param name="scan">Threads.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SpaceComparisonResult Run(
        PairedRows pairs, int sampledPairs = 20_000, int nullDraws = 99, ulong seed = 0, ScanOptions? scan = null, CancellationToken cancellation = default)
    {
        if (pairs.Count < 3) throw new ArgumentException($"{pairs.Count} keys are in both collections; three are needed", nameof(pairs));
        int dx = pairs.FirstDimension, dy = pairs.Dimension - dx;
        SymmetricMatrix scatter = Scan.Run(pairs, new Covariance(pairs.Dimension), scan, cancellation).Scatter;
        double xx = 0, yy = 0, xy = 0, traceX = 0, traceY = 0;
        for (int i = 0; i < pairs.Dimension; i++)
        {
            for (int j = 0; j < pairs.Dimension; j++)
            {
                double square = scatter[i, j] * scatter[i, j];
                if (i < dx && j < dx) xx += square;
                else if (i >= dx && j >= dx) yy += square;
                else if (i < dx) xy += square;
            }
            if (i < dx) traceX += scatter[i, i];
            else traceY += scatter[i, i];
        }
        double norms = Math.Sqrt(xx * yy);
        double[][]? rotation = null;
        double share = double.NaN, scale = double.NaN;
        if (dx == dy && traceX > 0 && traceY > 0)
        {
            double[][] cross = [.. Enumerable.Range(0, dx).Select(i => Enumerable.Range(0, dy).Select(j => scatter[i, dx + j]).ToArray())];
            (rotation, double nuclear) = Procrustes.Rotation(cross);
            scale = nuclear / traceX;
            share = nuclear * nuclear / (traceX * traceY);
        }
        (NullTest representational, (double[], double[]) cosines) = Representational(pairs, sampledPairs, nullDraws, seed, cancellation);
        return new()
        {
            RowsSeen = pairs.Count,
            LinearCka = norms > 0 ? xy / norms : double.NaN,
            CkaExpectedByChance = norms > 0 ? Math.Min(1, traceX * traceY / norms / (pairs.Count - 1)) : double.NaN,
            ProcrustesShare = share,
            Rotation = rotation,
            Scale = scale,
            Representational = representational,
            PairsSampled = sampledPairs,
            PairCosines = cosines,
        };
    }

    private static (NullTest Test, (double[] First, double[] Second) Cosines) Representational(PairedRows pairs, int sampled, int draws, ulong seed, CancellationToken cancellation)
    {
        SeededRandom random = new(seed, "representational pairs");
        int n = pairs.Count, dx = pairs.FirstDimension, used = (int)Math.Min(n, Math.Max(2_000, Math.Sqrt(sampled)));
        int[] rows = n == used ? [.. Enumerable.Range(0, n)] : random.Choose(used, n);
        double[][] x = new double[used][], y = new double[used][];
        float[] row = new float[pairs.Dimension];
        for (int i = 0; i < used; i++)
        {
            pairs.Read(rows[i], row);
            x[i] = PairwiseCosine.Unit([.. row[..dx].Select(v => (double)v)]);
            y[i] = PairwiseCosine.Unit([.. row[dx..].Select(v => (double)v)]);
        }
        (int A, int B)[] picks = new (int, int)[sampled];
        for (int p = 0; p < sampled; p++)
        {
            int a = random.NextInt32(used), b = random.NextInt32(used - 1);
            picks[p] = (a, b < a ? b : b + 1);
        }
        double[] cosinesX = [.. picks.Select(pick => DoubleVectors.Dot(x[pick.A], x[pick.B]))], cosinesY = [.. picks.Select(pick => DoubleVectors.Dot(y[pick.A], y[pick.B]))];
        double[] ranksX = RankStatistics.Ranks(cosinesX);
        double observed = RankStatistics.Pearson(ranksX, RankStatistics.Ranks(cosinesY));
        double[] nulls = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] order = [.. Enumerable.Range(0, used)];
            new SeededRandom(seed, "shuffled keys", draw).Shuffle(order.AsSpan());
            nulls[draw] = RankStatistics.Pearson(ranksX, RankStatistics.Ranks([.. picks.Select(pick => DoubleVectors.Dot(y[order[pick.A]], y[order[pick.B]]))]));
        }
        return (NullTest.Of(observed, nulls, seed, "keys of the second collection shuffled"), (cosinesX, cosinesY));
    }
}
