namespace VecStore.Analysis;

/// <summary>Points in the plane.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Series">Points, by colour.</param>
public sealed record ScatterPlot(string Title, PlotAxis X, PlotAxis Y, IReadOnlyList<PlotSeries> Series) : Plot(Title)
{
    private const int MostLabels = 60;

    private protected override void Draw(SvgCanvas canvas)
    {
        int stride = PlotSampling.Stride(Series, canvas);
        PlotScale x = new(X, Series.SelectMany(one => one.X), canvas.Left, canvas.PlotRight);
        PlotScale y = new(Y, Series.SelectMany(one => one.Y), canvas.PlotBottom, canvas.Top);
        canvas.Axes(x, X, y, Y);
        bool labelled = Series.Sum(one => one.X.Count) <= MostLabels;
        double radius = Series.Sum(one => one.X.Count) > 500 ? 1.6 : 3;
        for (int s = 0; s < Series.Count; s++)
        {
            PlotSeries one = Series[s];
            canvas.Open("points");
            for (int i = 0; i < one.X.Count; i += stride)
            {
                if (!x.Shows(one.X[i]) || !y.Shows(one.Y[i])) continue;
                canvas.Circle(x.Pixel(one.X[i]), y.Pixel(one.Y[i]), radius, SvgCanvas.Colour(s));
                if (labelled && one.Labels is { } labels) canvas.Text(x.Pixel(one.X[i]) + 5, y.Pixel(one.Y[i]) - 4, SvgCanvas.Cut(labels[i], 24), "start", "tick");
            }
            canvas.Close();
        }
        canvas.Legend([.. Series.Select(one => one.Name)]);
    }
}
