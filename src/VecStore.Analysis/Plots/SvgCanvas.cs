using System.Globalization;
using System.Text;

namespace VecStore.Analysis;

/// <summary>Writes the elements of one plot; coordinates in pixels, text escaped.</summary>
internal sealed class SvgCanvas
{
    /// <summary>Series take these in turn: apart for the colour-blind and on light and dark grounds (after Okabe and Ito).</summary>
    private static readonly string[] Palette = ["#2b83ba", "#e07b00", "#009e73", "#cc5fa0", "#8c6bb1", "#b08d00", "#56b4e9", "#d7503b"];

    private readonly StringBuilder body = new();
    private readonly Plot plot;
    private readonly List<string> notes = [];
    private string style = "";

    public SvgCanvas(Plot plot)
    {
        this.plot = plot;
        if (plot.Note is { } note) notes.Add(note);
    }

    public double Left { get; set; } = 72;

    public double Right { get; set; } = 20;

    public double Top { get; } = 58;

    public double Bottom { get; set; } = 54;

    public double PlotRight => plot.Width - Right;

    public double PlotBottom => plot.Height - Bottom;

    public static string Colour(int series) => Palette[series % Palette.Length];

    /// <summary>Adds to the small line under the title.</summary>
    public void Say(string note) => notes.Add(note);

    /// <summary>Axes with ticks, grid lines and captions.</summary>
    public void Axes(PlotScale x, PlotAxis xAxis, PlotScale y, PlotAxis yAxis)
    {
        foreach ((double value, string label) in x.Ticks())
        {
            Line(x.Pixel(value), Top, x.Pixel(value), PlotBottom, "grid");
            Text(x.Pixel(value), PlotBottom + 16, label, "middle", "tick");
        }
        foreach ((double value, string label) in y.Ticks())
        {
            Line(Left, y.Pixel(value), PlotRight, y.Pixel(value), "grid");
            Text(Left - 6, y.Pixel(value) + 4, label, "end", "tick");
        }
        Line(Left, PlotBottom, PlotRight, PlotBottom, "axis");
        Line(Left, Top, Left, PlotBottom, "axis");
        Captions(xAxis.Caption, yAxis.Caption);
    }

    public void Captions(string x, string y)
    {
        Text((Left + PlotRight) / 2, plot.Height - 12, x, "middle", "caption");
        double middle = (Top + PlotBottom) / 2;
        body.Append(CultureInfo.InvariantCulture, $"<text class=\"caption\" text-anchor=\"middle\" transform=\"translate(16 {Number(middle)}) rotate(-90)\">{Escape(y)}</text>\n");
    }

    /// <summary>Names of the series, where there is more than one; what is drawn as lines is shown by one.</summary>
    public void Legend(IReadOnlyList<(string Name, string Colour, bool Dashed)> series, bool lines)
    {
        series = [.. series.Where(one => one.Name.Length > 0)];
        if (series.Count < 2) return;
        int shown = Math.Min(series.Count, 12), widest = series.Take(shown).Max(one => Cut(one.Name, 28).Length);
        double left = PlotRight - 32 - 6.3 * widest;
        Open("legend");
        Box(left - 6, Top + 4, PlotRight - left + 2, 16 * shown + 8);
        for (int i = 0; i < shown; i++)
        {
            (string name, string colour, bool dashed) = series[i];
            double middle = Top + 15 + 16 * i;
            if (lines) Polyline([(left, middle), (left + 18, middle)], colour, dashed);
            else Rectangle(left + 6, middle - 5, 10, 10, colour, 1);
            Text(left + 24, middle + 4, i == 11 && series.Count > 12 ? $"... {series.Count - 11} more" : Cut(name, 28), "start", "tick");
        }
        Close();
    }

    /// <summary>What lies under a legend.</summary>
    public void Box(double x, double y, double width, double height)
        => body.Append(CultureInfo.InvariantCulture, $"<rect class=\"box\" x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"/>\n");

    /// <summary>Rules that only this picture needs.</summary>
    public void Style(string rules) => style = rules;

    public void Open(string group) => body.Append(CultureInfo.InvariantCulture, $"<g class=\"{group}\">\n");

    public void Close() => body.Append("</g>\n");

    public void Line(double x1, double y1, double x2, double y2, string kind)
        => body.Append(CultureInfo.InvariantCulture, $"<line class=\"{kind}\" x1=\"{Number(x1)}\" y1=\"{Number(y1)}\" x2=\"{Number(x2)}\" y2=\"{Number(y2)}\"/>\n");

    public void Circle(double x, double y, double radius, string colour)
        => body.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"{Number(radius)}\" fill=\"{colour}\"/>\n");

    /// <summary>Many discs of one colour as one path: lines without length and with round ends.</summary>
    public void Dots(IEnumerable<(double X, double Y)> places, double diameter, string colour)
    {
        body.Append(CultureInfo.InvariantCulture, $"<path class=\"dots\" stroke=\"{colour}\" stroke-width=\"{Number(diameter)}\" d=\"");
        foreach ((double x, double y) in places) body.Append(CultureInfo.InvariantCulture, $"M{x:0.#} {y:0.#}h0");
        body.Append("\"/>\n");
    }

    /// <summary>A filled outline of a class of colour, its edges on pixels.</summary>
    public void Path(string outline, string kind) => body.Append($"<path class=\"{kind}\" shape-rendering=\"crispEdges\" d=\"{outline}\"/>\n");

    public void Rectangle(double x, double y, double width, double height, string colour, double opacity, string? tip = null)
    {
        string place = $"x=\"{Number(x)}\" y=\"{Number(y)}\" width=\"{Number(Math.Max(0, width))}\" height=\"{Number(Math.Max(0, height))}\"";
        string fill = opacity < 1 ? $"fill=\"{colour}\" fill-opacity=\"{Number(opacity)}\"" : $"fill=\"{colour}\"";
        body.Append(tip is null ? $"<rect {place} {fill}/>\n" : $"<rect {place} {fill}><title>{Escape(tip)}</title></rect>\n");
    }

    public void Polyline(IEnumerable<(double X, double Y)> points, string colour, bool dashed = false)
        => body.Append($"<polyline class=\"line\" stroke=\"{colour}\"{(dashed ? " stroke-dasharray=\"6 4\"" : "")} points=\"{Points(points)}\"/>\n");

    public void Area(IEnumerable<(double X, double Y)> outline, string colour) => body.Append($"<polygon fill=\"{colour}\" fill-opacity=\"0.2\" points=\"{Points(outline)}\"/>\n");

    public void Text(double x, double y, string text, string anchor, string kind)
        => body.Append(CultureInfo.InvariantCulture, $"<text class=\"{kind}\" x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\">{Escape(text)}</text>\n");

    /// <summary>Text that falls away to the left, under a column.</summary>
    public void Slanted(double x, double y, string text)
        => body.Append(CultureInfo.InvariantCulture, $"<text class=\"tick\" text-anchor=\"end\" transform=\"translate({Number(x)} {Number(y)}) rotate(-45)\">{Escape(text)}</text>\n");

    public string Finish()
    {
        string note = string.Join("; ", notes);
        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{{plot.Width}}" height="{{plot.Height}}" viewBox="0 0 {{plot.Width}} {{plot.Height}}" role="img" aria-label="{{Escape(plot.Title)}}">
            <style>
            svg { color-scheme: light dark; --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4; font-family: system-ui, sans-serif; }
            @media (prefers-color-scheme: dark) { svg { --ground: #15191e; --ink: #e6edf3; --soft: #9aa4af; --grid: #333b44; } }
            @media print { svg { --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4; } }
            .ground { fill: var(--ground); } text { fill: var(--ink); } .title { font-size: 16px; font-weight: 600; } .note, .tick { font-size: 11px; }
            .note, .tick { fill: var(--soft); } .caption { font-size: 12px; } .grid { stroke: var(--grid); } .axis { stroke: var(--soft); }
            .line { fill: none; stroke-width: 1.6; } .mark { stroke: var(--ink); stroke-dasharray: 4 3; } .box { fill: var(--ground); fill-opacity: 0.85; }
            .cell { font-size: 10px; fill: #1f2328; } .strong { font-size: 10px; fill: #ffffff; } .dots { fill: none; stroke-linecap: round; }
            .name { font-size: 11px; paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round; }
            {{style}}
            </style>
            <rect class="ground" width="{{plot.Width}}" height="{{plot.Height}}"/>
            <text class="title" x="16" y="24">{{Escape(Cut(plot.Title, plot.Width / 9))}}</text>
            <text class="note" x="16" y="42">{{Escape(Cut(note, plot.Width / 6))}}</text>
            {{body}}</svg>

            """;
    }

    public static string Cut(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, Math.Max(1, width - 1)), "…");

    private static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(point => $"{Number(point.X)},{Number(point.Y)}"));

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Text for XML: markup escaped, what XML cannot hold (control characters, halves of surrogate pairs) replaced.</summary>
    private static string Escape(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                < 0x20 or 0x7f or 0xfffe or 0xffff => escaped.Append('�'),
                _ => escaped.Append(rune.ToString()),
            };
        }
        return escaped.ToString();
    }
}
