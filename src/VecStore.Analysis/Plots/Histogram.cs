using System.Globalization;

namespace VecStore.Analysis;

/// <summary>How often values fall into bins.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="X">The axis of the values.</param>
/// <param name="Edges">Edges of the bins, ascending: one more than there are bins.</param>
/// <param name="Series">Counts per bin, by colour.</param>
public sealed record Histogram(string Title, PlotAxis X, IReadOnlyList<double> Edges, IReadOnlyList<(string Name, IReadOnlyList<double> Counts)> Series) : Plot(Title)
{
    /// <summary>What the counts count.</summary>
    public PlotAxis Y { get; init; } = new("rows");

    /// <summary>Values with a dashed line and a name: an observed figure beside its null.</summary>
    public IReadOnlyList<(string Name, double Value)> Marks { get; init; } = [];

    /// <summary>A histogram of values with bins of equal width.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="x">The axis of the values.</param>
    /// <param name="values">Values; those that are not finite are left out.</param>
    /// <param name="bins">How many bins.</param>
    public static Histogram Of(string title, PlotAxis x, IReadOnlyList<double> values, int bins = 40)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        double[] finite = [.. values.Where(double.IsFinite)];
        double low = finite.Length > 0 ? finite.Min() : 0, high = finite.Length > 0 ? finite.Max() : 1;
        if (high <= low) (low, high) = (low - 0.5, high + 0.5);
        double[] edges = [.. Enumerable.Range(0, bins + 1).Select(i => low + (high - low) * i / bins)], counts = new double[bins];
        foreach (double value in finite) counts[Math.Min(bins - 1, (int)((value - low) / (high - low) * bins))]++;
        return new(title, x, edges, [("", counts)]);
    }

    private protected override void Draw(SvgCanvas canvas)
    {
        if ((Edges.Count - 1) * Series.Count > MostMarks) throw new InvalidOperationException($"{Edges.Count - 1} bins are more than a histogram shows");
        PlotScale x = new(X, Edges.Concat(Marks.Select(mark => mark.Value)), canvas.Left, canvas.PlotRight);
        PlotScale y = new(Y, Series.SelectMany(one => one.Counts).Append(Y.Logarithmic ? 0.5 : 0), canvas.PlotBottom, canvas.Top, padded: false);
        canvas.Axes(x, X, y, Y);
        for (int s = 0; s < Series.Count; s++)
        {
            canvas.Open("bars");
            for (int bin = 0; bin + 1 < Edges.Count && bin < Series[s].Counts.Count; bin++)
            {
                double count = Series[s].Counts[bin];
                if (count <= 0 || !y.Shows(count) || !x.Shows(Edges[bin]) || !x.Shows(Edges[bin + 1])) continue;
                double left = x.Pixel(Edges[bin]), top = y.Pixel(count);
                string tip = string.Create(CultureInfo.InvariantCulture, $"{Edges[bin]:G4} to {Edges[bin + 1]:G4}: {count:N0}");
                canvas.Rectangle(left, top, x.Pixel(Edges[bin + 1]) - left - 0.5, canvas.PlotBottom - top, SvgCanvas.Colour(s), Series.Count > 1 ? 0.55 : 0.9, tip);
            }
            canvas.Close();
        }
        for (int i = 0; i < Marks.Count; i++)
        {
            if (!x.Shows(Marks[i].Value)) continue;
            double place = x.Pixel(Marks[i].Value);
            canvas.Line(place, canvas.Top, place, canvas.PlotBottom, "mark");
            canvas.Text(place + 4, canvas.Top + 12 + 13 * i, Marks[i].Name, "start", "tick");
        }
        canvas.Legend([.. Series.Select((one, s) => (one.Name, SvgCanvas.Colour(s), false))], lines: false);
    }
}
