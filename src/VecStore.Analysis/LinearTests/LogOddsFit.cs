namespace VecStore.Analysis;

/// <summary>One tenth of the rows, by predicted probability.</summary>
/// <param name="MeanPredicted">Mean predicted probability.</param>
/// <param name="Observed">Mean given probability, or share of positive labels.</param>
/// <param name="Count">Rows.</param>
public sealed record CalibrationBin(double MeanPredicted, double Observed, int Count);

/// <summary>How linear log-odds are in a projection.</summary>
/// <param name="Slope">Log-odds per unit of the projection.</param>
/// <param name="Intercept">Log-odds at projection 0.</param>
/// <param name="R2">For probabilities the share of the variance of their log-odds; for labels McFadden's 1 - log loss / log loss of the base rate.</param>
/// <param name="CalibrationError">Mean over the bins, by rows, of |predicted - observed|.</param>
/// <param name="Bins">Ten bins of equal number of rows.</param>
/// <param name="RowsSeen">Rows used.</param>
public sealed record LogOddsFit(double Slope, double Intercept, double R2, double CalibrationError, IReadOnlyList<CalibrationBin> Bins, int RowsSeen)
    : IAnalysisResult
{
    string IAnalysisResult.Title => "Log-odds as a straight line over the projection";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("rows_seen", RowsSeen), new("exact", true), new("slope", Slope), new("intercept", Intercept), new("r2", R2), new("calibration_error", CalibrationError),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("calibration", new("mean_predicted", typeof(double)), new("observed", typeof(double)), new("count", typeof(int)));
            foreach ((double predicted, double observed, int count) in Bins) table.Add(predicted, observed, count);
            return [table];
        }
    }

    /// <summary>From probabilities: least squares of ln(p / (1 - p)) on the projection; p is kept within [1e-12, 1 - 1e-12].</summary>
    public static LogOddsFit OfProbabilities(ReadOnlySpan<double> projections, ReadOnlySpan<double> probabilities)
    {
        Check(projections.Length, probabilities.Length);
        double[] odds = new double[probabilities.Length];
        for (int i = 0; i < odds.Length; i++)
        {
            if (!(probabilities[i] is >= 0 and <= 1)) throw new ArgumentException($"{probabilities[i]} is no probability", nameof(probabilities));
            double p = Math.Clamp(probabilities[i], 1e-12, 1 - 1e-12);
            odds[i] = Math.Log(p / (1 - p));
        }
        double correlation = RankStatistics.Pearson(projections, odds), meanX = 0, meanY = 0, xx = 0, xy = 0;
        for (int i = 0; i < odds.Length; i++)
        {
            meanX += projections[i] / odds.Length;
            meanY += odds[i] / odds.Length;
        }
        for (int i = 0; i < odds.Length; i++)
        {
            xx += (projections[i] - meanX) * (projections[i] - meanX);
            xy += (projections[i] - meanX) * (odds[i] - meanY);
        }
        double slope = xx > 0 ? xy / xx : 0;
        return Of(projections, probabilities, slope, meanY - slope * meanX, double.IsNaN(correlation) ? 0 : correlation * correlation);
    }

    /// <summary>From labels: logistic regression on the projection with a penalty of 1e-6 on the slope of the standardised projection.</summary>
    public static LogOddsFit OfLabels(ReadOnlySpan<double> projections, ReadOnlySpan<bool> positive)
    {
        Check(projections.Length, positive.Length);
        double mean = 0, squares = 0;
        foreach (double x in projections) mean += x / projections.Length;
        foreach (double x in projections) squares += (x - mean) * (x - mean) / projections.Length;
        double scale = squares > 0 ? Math.Sqrt(squares) : 1;
        double[][] rows = new double[projections.Length][];
        double[] observed = new double[projections.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = [(projections[i] - mean) / scale];
            observed[i] = positive[i] ? 1 : 0;
        }
        LogisticProbe probe = LogisticProbe.Fit(rows, positive.ToArray(), 1e-6);
        double rate = observed.Average(), chance = -observed.Length * (rate * Math.Log(rate) + (1 - rate) * Math.Log(1 - rate));
        double slope = probe.Weights[0] / scale;
        return Of(projections, observed, slope, probe.Intercept - slope * mean, 1 - probe.LogLoss / chance);
    }

    private static void Check(int projections, int others)
    {
        if (projections != others) throw new ArgumentException($"{projections} projections for {others} rows", nameof(others));
        if (projections < 3) throw new ArgumentException("a fit needs three rows", nameof(projections));
    }

    private static LogOddsFit Of(ReadOnlySpan<double> projections, ReadOnlySpan<double> observed, double slope, double intercept, double r2)
    {
        int n = projections.Length;
        double[] predicted = new double[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++)
        {
            predicted[i] = 1 / (1 + Math.Exp(-(slope * projections[i] + intercept)));
            order[i] = i;
        }
        double[] keys = (double[])predicted.Clone();
        Array.Sort(keys, order);
        List<CalibrationBin> bins = [];
        double error = 0;
        for (int bin = 0; bin < 10; bin++)
        {
            int first = (int)((long)n * bin / 10), last = (int)((long)n * (bin + 1) / 10);
            if (first == last) continue;
            double p = 0, o = 0;
            for (int i = first; i < last; i++)
            {
                p += predicted[order[i]] / (last - first);
                o += observed[order[i]] / (last - first);
            }
            bins.Add(new(p, o, last - first));
            error += Math.Abs(p - o) * (last - first) / n;
        }
        return new(slope, intercept, r2, error, bins, n);
    }
}
