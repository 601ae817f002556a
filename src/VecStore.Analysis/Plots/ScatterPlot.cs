namespace VecStore.Analysis;

/// <summary>Points in the plane; one series of thousands is shown by its density.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="X">Horizontal axis.</param>
/// <param name="Y">Vertical axis.</param>
/// <param name="Series">Points, by colour.</param>
public sealed record ScatterPlot(string Title, PlotAxis X, PlotAxis Y, IReadOnlyList<PlotSeries> Series) : Plot(Title)
{
    private const int MostLabels = 60;
    private const int MostCircles = 500;

    /// <summary>A few of the points that get their names, the more important first: a name that would lie on another one is left out. Null for none.</summary>
    public PlotSeries? Landmarks { get; init; }

    // What has a name may lie outside of a sample.
    private IEnumerable<PlotSeries> Drawn => Landmarks is null ? Series : Series.Append(Landmarks);

    private protected override void Draw(SvgCanvas canvas)
    {
        PlotScale x = new(X, Drawn.SelectMany(one => one.X), canvas.Left, canvas.PlotRight);
        PlotScale y = new(Y, Drawn.SelectMany(one => one.Y), canvas.PlotBottom, canvas.Top);
        if (Series is [{ X.Count: >= DensityCells.LeastPoints } cloud])
        {
            if (cloud.Y.Count != cloud.X.Count) throw new ArgumentException($"{cloud.X.Count} abscissas and {cloud.Y.Count} ordinates in {cloud.Name}");
            canvas.Axes(x, X, y, Y);
            DensityCells.Draw(canvas, x, y, cloud);
        }
        else
        {
            DrawPoints(canvas, x, y);
        }

        if (Landmarks is not null) DrawLandmarks(canvas, x, y, Landmarks);
    }

    private void DrawPoints(SvgCanvas canvas, PlotScale x, PlotScale y)
    {
        int stride = PlotSampling.Stride(Series, canvas), points = Series.Sum(one => one.X.Count);
        canvas.Axes(x, X, y, Y);
        for (int s = 0; s < Series.Count; s++)
        {
            PlotSeries one = Series[s];
            (double X, double Y)[] places = [.. Places(one)];
            canvas.Open("points");
            if (points > MostCircles) canvas.Dots(places, 3.2, one.Colour ?? SvgCanvas.Colour(s));
            else foreach ((double px, double py) in places) canvas.Circle(px, py, 3, one.Colour ?? SvgCanvas.Colour(s));
            for (int i = 0; points <= MostLabels && one.Labels is not null && i < one.X.Count; i++)
            {
                if (!x.Shows(one.X[i]) || !y.Shows(one.Y[i])) continue;
                canvas.Text(x.Pixel(one.X[i]) + 5, y.Pixel(one.Y[i]) - 4, SvgCanvas.Cut(one.Labels[i], 24), "start", "tick");
            }
            canvas.Close();
        }
        canvas.Legend([.. Series.Select((one, s) => (one.Name, one.Colour ?? SvgCanvas.Colour(s), false))], lines: false);

        IEnumerable<(double X, double Y)> Places(PlotSeries one)
        {
            for (int i = 0; i < one.X.Count; i += stride)
                if (x.Shows(one.X[i]) && y.Shows(one.Y[i])) yield return (x.Pixel(one.X[i]), y.Pixel(one.Y[i]));
        }
    }

    private static void DrawLandmarks(SvgCanvas canvas, PlotScale x, PlotScale y, PlotSeries landmarks)
    {
        List<(double Left, double Right, double Line)> taken = [];
        canvas.Open("names");
        for (int i = 0; i < landmarks.X.Count; i++)
        {
            if (!x.Shows(landmarks.X[i]) || !y.Shows(landmarks.Y[i])) continue;
            string name = SvgCanvas.Cut(landmarks.Labels![i], 24);
            double px = x.Pixel(landmarks.X[i]), py = y.Pixel(landmarks.Y[i]), width = 6.4 * name.Length, left = px + 5 + width > canvas.PlotRight ? px - 5 - width : px + 5;
            if (taken.Any(box => box.Left < left + width && left < box.Right && Math.Abs(box.Line - py) < 13)) continue;
            taken.Add((left, left + width, py));
            canvas.Circle(px, py, 3.2, "var(--ground)");
            canvas.Circle(px, py, 2, "var(--ink)");
            canvas.Text(left > px ? px + 5 : px - 5, py + 4, name, left > px ? "start" : "end", "name");
        }
        canvas.Close();
    }
}
