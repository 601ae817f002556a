using System.Globalization;

namespace VecStore.Analysis;

/// <summary>All rows along the first principal components: 8 bytes a row and component.</summary>
internal sealed class ReportedMap
{
    private readonly PrincipalComponents components;
    private readonly SnapshotRows rows;

    private ReportedMap(double[][] coordinates, PrincipalComponents components, SnapshotRows rows)
    {
        Coordinates = coordinates;
        this.components = components;
        this.rows = rows;
    }

    /// <summary>For each component a coordinate of each row.</summary>
    public double[][] Coordinates { get; }

    public static ReportedMap Of(SnapshotRows rows, CovarianceResult covariance, CancellationToken cancellation)
    {
        var components = PrincipalComponents.Of(covariance, Math.Min(3, rows.Dimension));
        double[][] coordinates = [.. components.Components.Select(_ => new double[rows.Count])];
        foreach (RowCoordinates row in components.Coordinates(rows, cancellation))
            for (int axis = 0; axis < coordinates.Length; axis++) coordinates[axis][row.Row] = row.Coordinates[axis];
        return new(coordinates, components, rows);
    }

    public void Add(HtmlReport report)
    {
        report.Section("Map along principal axes");
        if (Coordinates.Length > 1)
            report.Picture(new ScatterPlot("All rows along the first two principal components", Axis(0), Axis(1), [new("rows", Coordinates[0], Coordinates[1])]) { Height = 560, Landmarks = Landmarks() });
        report.Tables(Coordinates.Select((_, axis) => Ends(axis, 10)));
    }

    /// <summary>Where the rows of one label lie among all others.</summary>
    public ScatterPlot Of(string name, IReadOnlyList<int> chosen, string colour, string note) =>
        new(name, new("component 1"), new("component 2"), [Series("", Thinned([.. Enumerable.Range(0, rows.Count)], 1_500), "var(--grid)"), Series("", Thinned(chosen, 2_500), colour)])
        { Width = 400, Height = 330, Note = note };

    public PlotSeries Series(string name, IReadOnlyList<int> chosen, string? colour = null) =>
        new(name, [.. chosen.Select(row => Coordinates[0][row])], [.. chosen.Select(row => Coordinates[1][row])]) { Colour = colour };

    public PlotAxis Axis(int axis) => new(string.Create(CultureInfo.InvariantCulture, $"component {axis + 1} ({Explained(axis):P1} of the variance)"));

    private static IReadOnlyList<int> Thinned(IReadOnlyList<int> all, int most) =>
        all.Count <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];

    private double Explained(int axis) => components.TotalVariance > 0 ? components.Variances[axis] / components.TotalVariance : 0;

    private ResultTable Ends(int axis, int count)
    {
        ResultTable ends = new($"ends_of_component_{axis + 1}", new("lowest", typeof(string)), new("at_low", typeof(double)), new("highest", typeof(string)), new("at_high", typeof(double)));
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        Array.Sort((double[])Coordinates[axis].Clone(), order);
        for (int i = 0; i < Math.Min(count, order.Length / 2); i++)
            ends.Add(rows.KeyOf(order[i]), Math.Round(Coordinates[axis][order[i]], 3), rows.KeyOf(order[^(i + 1)]), Math.Round(Coordinates[axis][order[^(i + 1)]], 3));
        return ends;
    }

    // The first row in each part of a grid: of words in the order of their frequency the most frequent.
    private PlotSeries Landmarks()
    {
        const int columns = 7, lines = 9;
        (double low, double high) across = (Coordinates[0].Min(), Coordinates[0].Max()), up = (Coordinates[1].Min(), Coordinates[1].Max());
        int[] first = [.. Enumerable.Repeat(-1, columns * lines)];
        for (int row = rows.Count - 1; row >= 0; row--) first[(Part(Coordinates[0][row], across, columns) * lines) + Part(Coordinates[1][row], up, lines)] = row;
        int[] named = [.. first.Where(row => row >= 0).Order()];
        return Series("", named) with { Labels = [.. named.Select(rows.KeyOf)] };

        static int Part(double value, (double Low, double High) range, int parts) => range.High > range.Low ? Math.Min(parts - 1, (int)((value - range.Low) / (range.High - range.Low) * parts)) : 0;
    }
}
