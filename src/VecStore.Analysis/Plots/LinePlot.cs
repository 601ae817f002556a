namespace VecStore.Analysis;

/// <summary>Lines through points in the order given, with bands where there are intervals; logarithmic axes for spectra.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Series">Lines, by colour.</param>
public sealed record LinePlot(string Title, PlotAxis X, PlotAxis Y, IReadOnlyList<PlotSeries> Series) : Plot(Title)
{
    /// <summary>Draws a small disc at each point too: for few points.</summary>
    public bool Marked { get; init; }

    private protected override void Draw(SvgCanvas canvas)
    {
        int stride = PlotSampling.Stride(Series, canvas);
        PlotScale x = new(X, Series.SelectMany(one => one.X), canvas.Left, canvas.PlotRight);
        PlotScale y = new(Y, Series.SelectMany(one => one.Band is { } band ? one.Y.Concat(band.Low).Concat(band.High) : one.Y), canvas.PlotBottom, canvas.Top);
        canvas.Axes(x, X, y, Y);
        for (int s = 0; s < Series.Count; s++)
        {
            PlotSeries one = Series[s];
            if (one.Band is { } band)
            {
                IEnumerable<(double X, double Y)> high = Shown(one.X, band.High, x, y, stride), low = Shown(one.X, band.Low, x, y, stride);
                canvas.Area(high.Concat(low.Reverse()), SvgCanvas.Colour(s));
            }
            (double X, double Y)[] points = [.. Shown(one.X, one.Y, x, y, stride)];
            canvas.Polyline(points, SvgCanvas.Colour(s), one.Dashed);
            if (!Marked) continue;
            foreach ((double px, double py) in points) canvas.Circle(px, py, 3, SvgCanvas.Colour(s));
        }
        canvas.Legend([.. Series.Select((one, s) => (one.Name, SvgCanvas.Colour(s), one.Dashed))], lines: true);
    }

    private static IEnumerable<(double X, double Y)> Shown(IReadOnlyList<double> xs, IReadOnlyList<double> ys, PlotScale x, PlotScale y, int stride)
    {
        for (int i = 0; i < xs.Count; i += stride)
            if (x.Shows(xs[i]) && y.Shows(ys[i])) yield return (x.Pixel(xs[i]), y.Pixel(ys[i]));
    }
}
