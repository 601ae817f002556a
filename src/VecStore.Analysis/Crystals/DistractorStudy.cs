namespace VecStore.Analysis;

/// <summary>Something known of every row that differences may merely follow: log frequency, length of the word.</summary>
/// <param name="Name">For example "length".</param>
/// <param name="Values">One a row; NaN where it is not known (such pairs are left out).</param>
public sealed record Covariate(string Name, IReadOnlyList<double> Values);

/// <summary>A leading component of the differences and one covariate.</summary>
/// <param name="Component">Number from 1.</param>
/// <param name="Explained">Share of the differences' variance along it.</param>
/// <param name="Covariate">The covariate.</param>
/// <param name="Correlation">Pearson's, between the coordinate and the covariate of To minus that of From; the null is permuted covariates, two-sided by |r|.</param>
/// <param name="PairsSeen">Pairs whose covariate is known.</param>
public sealed record Distractor(int Component, double Explained, string Covariate, NullTest Correlation, int PairsSeen);

/// <summary>What the leading components of the differences are made of.</summary>
/// <param name="Pairs">Differences.</param>
/// <param name="Distractors">One for each component and covariate.</param>
public sealed record DistractorReport(int Pairs, IReadOnlyList<Distractor> Distractors) : IAnalysisResult
{
    string IAnalysisResult.Title => "Distractors: leading components of the differences against covariates";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts => [new("pairs", Pairs), new("exact", true)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("distractors", new("component", typeof(int)), new("explained", typeof(double)), new("covariate", typeof(string)), new("pairs", typeof(int)),
                new("correlation", typeof(double)), new("p_value", typeof(double)), new("draws", typeof(int)), new("seed", typeof(ulong)));
            foreach (Distractor d in Distractors) table.Add(d.Component, d.Explained, d.Covariate, d.PairsSeen, d.Correlation.Observed, d.Correlation.PValue, d.Correlation.Draws, d.Correlation.Seed);
            return [table];
        }
    }
}

/// <summary>Looks for distractors: dimensions in which differences vary for reasons that have nothing to do with their relation (Li et al. 2024, figure 10).</summary>
public static class DistractorStudy
{
    /// <summary>Correlates the leading principal components of the centred differences with covariates. Work: m d^2 + d^3.</summary>
    /// <param name="differences">The differences.</param>
    /// <param name="covariates">What is known of the rows.</param>
    /// <param name="components">Leading components.</param>
    /// <param name="standardize">Every column at variance 1 first, as the paper has it; false for the differences as they are.</param>
    /// <param name="draws">Permutations.</param>
    /// <param name="seed">Their seed.</param>
    public static DistractorReport Run(PairDifferences differences, IReadOnlyList<Covariate> covariates, int components = 3, bool standardize = true, int draws = 999, ulong seed = 0)
    {
        float[] vectors = standardize ? Standardized(differences) : differences.Vectors.ToArray();
        PrincipalComponents leading = PrincipalComponents.Of(new MemoryRows(vectors, differences.Dimension), Math.Min(components, differences.Dimension));
        double[][] coordinates = [.. Enumerable.Range(0, differences.Count).Select(pair => leading.Transform(vectors.AsSpan(pair * differences.Dimension, differences.Dimension)))];
        List<Distractor> found = [];
        for (int c = 0; c < leading.Components.Length; c++)
        {
            foreach (Covariate covariate in covariates)
            {
                if (covariate.Values.Count != differences.Rows.Count) throw new ArgumentException($"{covariate.Name} has {covariate.Values.Count} values for {differences.Rows.Count} rows", nameof(covariates));
                double[] change = [.. differences.Pairs.Select(pair => covariate.Values[pair.To] - covariate.Values[pair.From])];
                int[] known = [.. Enumerable.Range(0, change.Length).Where(pair => double.IsFinite(change[pair]))];
                double[] x = [.. known.Select(pair => coordinates[pair][c])], y = [.. known.Select(pair => change[pair])];
                double observed = RankStatistics.Pearson(x, y);
                double[] nulls = new double[draws];
                for (int draw = 0; draw < draws; draw++)
                {
                    SeededRandom random = new(seed, "distractor " + covariate.Name, draw);
                    random.Shuffle(y.AsSpan());
                    nulls[draw] = Math.Abs(RankStatistics.Pearson(x, y));
                }
                NullTest test = NullTest.Of(Math.Abs(observed), nulls, seed, "covariate permuted over the pairs, |r|") with { Observed = observed };
                found.Add(new(c + 1, leading.Variances[c] / leading.TotalVariance, covariate.Name, test, known.Length));
            }
        }
        return new(differences.Count, found);
    }

    private static float[] Standardized(PairDifferences differences)
    {
        int d = differences.Dimension;
        CovarianceResult moments = Scan.Run(new MemoryRows(differences.Vectors, d), new Covariance(d));
        float[] scaled = differences.Vectors.ToArray();
        for (int i = 0; i < scaled.Length; i++)
        {
            double variance = moments.Population[i % d, i % d];
            scaled[i] = variance > 0 ? (float)((scaled[i] - moments.Mean[i % d]) / Math.Sqrt(variance)) : 0;
        }
        return scaled;
    }
}
