using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Rows as points on two directions.</summary>
public static class ProjectionScatter
{
    private const int MostDrawn = Plot.MostMarks;
    private const int NamedAtEachEnd = 4;

    /// <summary>The rows on the first two directions of a report, the ends of both named. More rows than can be drawn are drawn evenly spaced. Memory: one vector and the points.</summary>
    /// <param name="report">What was found along them; its <see cref="ProjectionReport.Rows"/> are drawn.</param>
    /// <param name="x">The first direction, in the space of these rows.</param>
    /// <param name="y">The second.</param>
    /// <param name="groups">The colour of each row; rows that are left out are drawn under "no value". Null draws all in one colour.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">The report has fewer than two directions or no rows, or the groups have another number of rows.</exception>
    public static ScatterPlot Of(ProjectionReport report, double[] x, double[] y, Labeling? groups = null, CancellationToken cancellation = default)
    {
        if (report.Rows is not { } rows || report.Directions.Count < 2) throw new ArgumentException("two directions and the rows on them are needed", nameof(report));
        if (groups is not null && groups.Count != rows.Count) throw new ArgumentException($"{groups.Count} labels for {rows.Count} rows", nameof(groups));
        int stride = (rows.Count + MostDrawn - 1) / MostDrawn;
        string[] names = [.. groups?.Names ?? ["rows"], .. groups is not null && groups.LabelledRows < groups.Count ? ["no value"] : Array.Empty<string>()];
        (List<double> X, List<double> Y)[] points = [.. names.Select(_ => (new List<double>(), new List<double>()))];
        float[] vector = new float[rows.Dimension];
        for (int row = 0; row < rows.Count; row += stride)
        {
            if (row % Scan.BatchRows == 0) cancellation.ThrowIfCancellationRequested();
            (double atX, double atY) = At(row);
            int group = groups is null ? 0 : groups[row] < 0 ? names.Length - 1 : groups[row];
            points[group].X.Add(atX);
            points[group].Y.Add(atY);
        }
        int[] ends = [.. report.Directions.Take(2).SelectMany(one => one.Result.Top.Take(NamedAtEachEnd).Concat(one.Result.Bottom.Take(NamedAtEachEnd))).Select(end => end.Row).Distinct()];
        (double correlation, string drawn) = (Correlation([.. points.SelectMany(one => one.X)], [.. points.SelectMany(one => one.Y)]), stride > 1 ? $", one in {stride} drawn" : "");
        return new ScatterPlot("Rows on two directions", new($"projection on {report.Directions[0].Name}"), new($"projection on {report.Directions[1].Name}"),
            [.. names.Select((name, group) => new PlotSeries(name, points[group].X, points[group].Y))])
        {
            Landmarks = new("ends", [.. ends.Select(row => At(row).X)], [.. ends.Select(row => At(row).Y)]) { Labels = [.. ends.Select(rows.KeyOf)] },
            Note = string.Create(CultureInfo.InvariantCulture, $"{rows.Count:N0} rows{drawn}; correlation {correlation:F3}{(groups is null ? "" : $"; colours: {groups.Provenance}")}"),
        };

        (double X, double Y) At(int row)
        {
            rows.Read(row, vector);
            double[] wide = [.. vector.Select(value => (double)value)];
            return (DoubleVectors.Dot(wide, x), DoubleVectors.Dot(wide, y));
        }
    }

    private static double Correlation(double[] x, double[] y)
    {
        double meanX = x.Average(), meanY = y.Average(), xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double dx = x[i] - meanX, dy = y[i] - meanY;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
        return xy / Math.Sqrt(xx * yy);
    }
}
