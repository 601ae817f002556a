using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Projections of the same rows on several named directions, ready to be shown.</summary>
/// <param name="Directions">Each direction's name and what was found along it.</param>
public sealed record ProjectionReport(IReadOnlyList<(string Name, ProjectionResult Result)> Directions) : IAnalysisResult
{
    private static readonly double[] Shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

    /// <summary>Gives keys to the row numbers of the extremes; null shows the numbers.</summary>
    public IKeyedRows? Rows { get; init; }

    /// <summary>Names of the groups; null shows their numbers.</summary>
    public IReadOnlyList<string>? GroupNames { get; init; }

    /// <summary>The edges with which the histograms were counted; null where there are none.</summary>
    public IReadOnlyList<double>? HistogramEdges { get; init; }

    string IAnalysisResult.Title => "projections on " + string.Join(", ", Directions.Select(direction => direction.Name));

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
        [new("rows_seen", Directions.Count > 0 ? Directions[0].Result.RowsSeen : 0), new("exact", true), new("quantile_relative_error", QuantileSketch.RelativeError)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            List<ResultTable> tables = [Summaries(), Extremes()];
            if (HistogramEdges is not null) tables.Add(Histograms());
            if (Directions.Any(direction => direction.Result.Groups.Count > 0)) tables.Add(Groups());
            return tables;
        }
    }

    /// <summary>The histograms over each other.</summary>
    /// <exception cref="InvalidOperationException">None were counted.</exception>
    public Plot ToPlot()
    {
        if (Directions.Count > 0 && HistogramEdges is { } edges)
        {
            return new Histogram("Projections of rows", new PlotAxis("projection"), edges,
                [.. Directions.Select(direction => (direction.Name, (IReadOnlyList<double>)[.. Folded(direction.Result.Histogram).Select(count => (double)count)]))])
            {
                Note = string.Create(CultureInfo.InvariantCulture, $"{Directions[0].Result.RowsSeen:N0} rows"),
            };
        }
        throw new InvalidOperationException("there is no histogram to draw");
    }

    // The outer bins are open; what they hold beyond the edges (nothing, where the edges are the extremes) is drawn with the outermost bins.
    private static long[] Folded(IReadOnlyList<long> histogram)
    {
        long[] inner = [.. histogram.Skip(1).Take(histogram.Count - 2)];
        inner[0] += histogram[0];
        inner[^1] += histogram[^1];
        return inner;
    }

    private ResultTable Summaries()
    {
        ResultTable table = new("directions", [new("direction", typeof(string)), new("mean", typeof(double)), new("deviation", typeof(double)), new("eta_squared", typeof(double)),
            .. Shares.Select(share => new ResultColumn(string.Create(CultureInfo.InvariantCulture, $"q{100 * share:00}"), typeof(double)))]);
        foreach ((string name, ProjectionResult result) in Directions)
        {
            table.Add([name, result.Mean, Math.Sqrt(result.Variance), double.IsNaN(result.EtaSquared) ? null : result.EtaSquared,
                .. Shares.Select(share => (object)result.Quantiles.ApproximateQuantile(share))]);
        }
        return table;
    }

    private ResultTable Extremes()
    {
        ResultTable table = new("extremes", new("direction", typeof(string)), new("end", typeof(string)), new("rank", typeof(int)), new("key", typeof(string)), new("projection", typeof(float)));
        foreach ((string name, ProjectionResult result) in Directions)
        {
            foreach ((string end, IReadOnlyList<(int Row, float Projection)> rows) in new[] { ("top", result.Top), ("bottom", result.Bottom) })
                for (int i = 0; i < rows.Count; i++) table.Add(name, end, i + 1, Rows?.KeyOf(rows[i].Row) ?? rows[i].Row.ToString(CultureInfo.InvariantCulture), rows[i].Projection);
        }
        return table;
    }

    private ResultTable Histograms()
    {
        ResultTable table = new("histogram", new("direction", typeof(string)), new("from", typeof(double)), new("to", typeof(double)), new("rows", typeof(long)));
        foreach ((string name, ProjectionResult result) in Directions)
        {
            long[] counts = Folded(result.Histogram);
            for (int bin = 0; bin < counts.Length; bin++) table.Add(name, HistogramEdges![bin], HistogramEdges[bin + 1], counts[bin]);
        }
        return table;
    }

    private ResultTable Groups()
    {
        ResultTable table = new("groups", new("direction", typeof(string)), new("group", typeof(string)), new("rows", typeof(long)), new("mean", typeof(double)),
            new("deviation", typeof(double)), new("hedges_g", typeof(double)));
        foreach ((string name, ProjectionResult result) in Directions)
        {
            foreach (GroupProjection group in result.Groups)
                table.Add(name, GroupNames?[group.Group] ?? group.Group.ToString(CultureInfo.InvariantCulture), group.Count, group.Mean, Math.Sqrt(group.Variance), group.HedgesG);
        }
        return table;
    }
}
