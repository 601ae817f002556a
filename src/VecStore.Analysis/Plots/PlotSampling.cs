namespace VecStore.Analysis;

/// <summary>Which points are drawn when there are more than can be.</summary>
internal static class PlotSampling
{
    /// <summary>Every n-th point of each series, so that at most <see cref="Plot.MostMarks"/> are drawn; says so on the canvas.</summary>
    public static int Stride(IReadOnlyList<PlotSeries> series, SvgCanvas canvas)
    {
        long points = 0;
        foreach (PlotSeries one in series)
        {
            if (one.X.Count != one.Y.Count) throw new ArgumentException($"{one.X.Count} abscissas and {one.Y.Count} ordinates in {one.Name}", nameof(series));
            points += one.X.Count;
        }
        if (points <= Plot.MostMarks) return 1;
        int stride = (int)((points + Plot.MostMarks - 1) / Plot.MostMarks) + (series.Count > 1 ? 1 : 0);
        canvas.Say(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"one in {stride} of {points:N0} points drawn"));
        return stride;
    }
}
