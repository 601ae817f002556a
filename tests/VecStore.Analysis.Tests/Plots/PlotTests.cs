using System.Globalization;
using System.Xml.Linq;

namespace VecStore.Analysis.Tests.Plots;

public sealed class PlotTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static XElement Parse(Plot plot, int mostBytes = 20_000)
    {
        string svg = plot.ToSvg();
        Assert.InRange(svg.Length, 500, mostBytes);
        XElement root = XDocument.Parse(svg).Root!;
        Assert.Equal(Svg + "svg", root.Name);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("href", svg, StringComparison.Ordinal); // nothing from elsewhere
        Assert.Contains("prefers-color-scheme: dark", svg, StringComparison.Ordinal);
        foreach (XElement shape in root.Descendants().Where(e => e.Name.LocalName is "circle" or "rect" or "line"))
        {
            foreach (XAttribute place in shape.Attributes().Where(a => a.Name.LocalName is "x" or "y" or "cx" or "cy" or "x1" or "x2" or "y1" or "y2"))
                Assert.InRange(double.Parse(place.Value, CultureInfo.InvariantCulture), 0, 720);
        }
        return root;
    }

    private static string[] Texts(XElement root) => [.. root.Descendants(Svg + "text").Select(text => text.Value)];

    [Fact]
    public void A_scatter_plot_has_its_points_axes_units_and_escaped_labels()
    {
        ScatterPlot plot = new("points & <things>", new("length", "cm"), new("weight", "kg"),
        [
            new("first", [1, 2, double.NaN], [10, 20, 30]) { Labels = ["a", "<b>\u0001", "c"] },
            new("second", [3], [40]),
        ])
        { Note = "3 rows" };
        XElement root = Parse(plot);
        Assert.Equal(3, root.Descendants(Svg + "circle").Count());
        string[] texts = Texts(root);
        Assert.Contains("points & <things>", texts);
        Assert.Contains("length [cm]", texts);
        Assert.Contains("weight [kg]", texts);
        Assert.Contains("<b>�", texts);
        Assert.Contains("second", texts);
        Assert.Contains("20", texts); // a tick
    }

    [Fact]
    public void Places_are_proportional_and_a_logarithmic_axis_has_decades()
    {
        double[] x = [1, 10, 100, 1_000], y = [1e-3, 1e-2, 1e-1, 1];
        XElement root = Parse(new LinePlot("spectrum", new("rank", Logarithmic: true), new("eigenvalue", Logarithmic: true), [new("a", x, y) { Band = ([.. y.Select(v => v / 2)], [.. y.Select(v => v * 2)]) }]) { Marked = true });
        double[] places = [.. root.Descendants(Svg + "circle").Select(c => double.Parse(c.Attribute("cx")!.Value, CultureInfo.InvariantCulture))];
        Assert.Equal(places[1] - places[0], places[3] - places[2], 0.02);
        Assert.Contains("1,000", Texts(root));
        Assert.Contains("0.01", Texts(root));
        Assert.Single(root.Descendants(Svg + "polygon"));
        XElement empty = Parse(new LinePlot("nothing to show", new("rank", Logarithmic: true), new("y"), [new("a", [-1, 0], [1, 2])]));
        Assert.Empty(empty.Descendants(Svg + "circle"));
    }

    [Fact]
    public void More_points_than_can_be_drawn_are_sampled_and_that_is_said()
    {
        double[] values = [.. Enumerable.Range(0, 25_000).Select(i => Math.Sin(i))];
        XElement root = Parse(new ScatterPlot("many", new("x"), new("y"), [new("all", values, values), new("again", values, [.. values.Select(v => -v)])]), 400_000);
        XElement[] dots = [.. root.Descendants(Svg + "path").Where(path => path.Attribute("class")!.Value == "dots")];
        Assert.Equal(2, dots.Length);
        Assert.InRange(dots.Sum(path => path.Attribute("d")!.Value.Count(c => c == 'M')), 10_000, Plot.MostMarks);
        Assert.Contains(Texts(root), text => text.Contains("one in 4 of 50,000 points", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cloud_of_thousands_is_shown_by_its_density_and_some_of_its_points_by_name()
    {
        double[] x = [.. Enumerable.Range(0, 50_000).Select(i => i == 0 ? 4 : i % 10 == 0 ? i % 100 / 100.0 : 2)], y = [.. x.Select(v => v)];
        XElement root = Parse(new ScatterPlot("cloud", new("x"), new("y"), [new("all", x, y)]) { Landmarks = new("", [4, 4.01, 0], [4, 4.01, 0]) { Labels = ["far", "hidden", "near"] } }, 20_000);
        XElement[] cells = [.. root.Descendants(Svg + "g").Single(g => g.Attribute("class")!.Value == "cells").Elements(Svg + "path")];
        Assert.Equal(12, cells.Sum(path => path.Attribute("d")!.Value.Count(c => c == 'M'))); // ten places of few points, one of 45,000, one of one
        Assert.Equal(["d0", "d9"], new[] { cells[0], cells[^1] }.Select(path => path.Attribute("class")!.Value));
        Assert.Contains("45,000", Texts(root)); // the key
        Assert.Equal(["far", "near"], root.Descendants(Svg + "text").Where(text => text.Attribute("class")!.Value == "name").Select(text => text.Value)); // a name on another one is left out
        Assert.Contains(".d9", root.Element(Svg + "style")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_every_value_and_shows_its_marks()
    {
        Histogram histogram = Histogram.Of("null", new("cosine"), [.. Enumerable.Range(0, 100).Select(i => i / 100.0), double.NaN], 10) with { Marks = [("observed", 1.5)] };
        Assert.Equal(100, histogram.Series[0].Counts.Sum());
        Assert.All(histogram.Series[0].Counts, count => Assert.InRange(count, 9, 11));
        XElement root = Parse(histogram);
        Assert.Equal(10, root.Descendants(Svg + "g").Single(g => g.Attribute("class")!.Value == "bars").Elements().Count());
        Assert.Contains("observed", Texts(root));
        Parse(Histogram.Of("one value", new("x"), [3, 3, 3]));
        Parse(Histogram.Of("none", new("x"), []));
    }

    [Fact]
    public void A_heat_map_writes_small_matrices_and_averages_large_ones()
    {
        XElement root = Parse(new HeatMap("cosines", ["a", "b"], ["a", "b"], [1, -0.25, double.NaN, 1]) { ValueCaption = "cosine", Full = 1 });
        XElement[] cells = [.. root.Descendants(Svg + "g").Single(g => g.Attribute("class")!.Value == "cells").Elements(Svg + "rect")];
        Assert.Equal(3, cells.Length);
        Assert.Equal("#b2182b", cells[0].Attribute("fill")!.Value);
        Assert.Contains("-0.25", Texts(root));
        string style = root.Element(Svg + "style")!.Value;
        foreach (string kind in root.Descendants(Svg + "text").Select(text => text.Attribute("class")!.Value).Distinct()) Assert.Contains("." + kind, style, StringComparison.Ordinal);
        string[] names = [.. Enumerable.Range(0, 400).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        XElement large = Parse(new HeatMap("large", names, names, new double[160_000]), 3_000_000);
        Assert.InRange(large.Descendants(Svg + "rect").Count(), 10_000, Plot.MostMarks + 100);
        Assert.Contains(Texts(large), text => text.Contains("squares of 3", StringComparison.Ordinal));
    }
}
