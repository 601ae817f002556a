using System.Globalization;
using System.Text;

namespace VecStore.Analysis;

/// <summary>So many points that discs would hide one another, as squares of a few pixels in one hue: stronger where more points lie, on a logarithmic scale.</summary>
internal static class DensityCells
{
    /// <summary>From how many points on a cloud is drawn so.</summary>
    public const int LeastPoints = 4_000;

    private const int Side = 3;

    // From one point to the most: a pale blue to a dark one on a light ground, a dim one to a bright one on a dark ground.
    private static readonly string[] OnLight = ["#b3cfea", "#98bee2", "#7dacd9", "#6399ce", "#4b86c2", "#3672b3", "#245fa1", "#164b8a", "#0b386f", "#052651"];
    private static readonly string[] OnDark = ["#2a4d70", "#315d87", "#3a6e9e", "#4680b4", "#5693c6", "#6ca6d5", "#89bae2", "#aacfed", "#cde3f6", "#f0f7fd"];

    /// <summary>The colours as rules of a style sheet.</summary>
    public static string Style { get; } = string.Concat(OnLight.Select((colour, i) => $".d{i} {{ fill: {colour}; }} "))
        + "@media (prefers-color-scheme: dark) { " + string.Concat(OnDark.Select((colour, i) => $".d{i} {{ fill: {colour}; }} ")) + "} "
        + "@media print { " + string.Concat(OnLight.Select((colour, i) => $".d{i} {{ fill: {colour}; }} ")) + "}";

    public static void Draw(SvgCanvas canvas, PlotScale x, PlotScale y, PlotSeries points)
    {
        int columns = (int)((canvas.PlotRight - canvas.Left) / Side) + 1, lines = (int)((canvas.PlotBottom - canvas.Top) / Side) + 1;
        int[] counts = new int[columns * lines];
        for (int i = 0; i < points.X.Count; i++)
        {
            if (!x.Shows(points.X[i]) || !y.Shows(points.Y[i])) continue;
            counts[((int)((y.Pixel(points.Y[i]) - canvas.Top) / Side) * columns) + (int)((x.Pixel(points.X[i]) - canvas.Left) / Side)]++;
        }

        int most = Math.Max(1, counts.Max());
        var paths = new StringBuilder[OnLight.Length];
        for (int cell = 0; cell < counts.Length; cell++)
        {
            if (counts[cell] == 0) continue;
            int level = most == 1 ? 0 : (int)Math.Min(paths.Length - 1, Math.Log(counts[cell]) / Math.Log(most) * paths.Length);
            (paths[level] ??= new StringBuilder()).Append(CultureInfo.InvariantCulture, $"M{canvas.Left + (cell % columns * Side)} {canvas.Top + (cell / columns * Side)}h{Side}v{Side}h-{Side}z");
        }

        canvas.Open("cells");
        for (int level = 0; level < paths.Length; level++)
            if (paths[level] is { } path) canvas.Path(path.ToString(), $"d{level}");
        canvas.Close();
        canvas.Style(Style);
        Key(canvas, most);
    }

    // Above the frame, where it hides nothing.
    private static void Key(SvgCanvas canvas, int most)
    {
        string last = most.ToString("N0", CultureInfo.InvariantCulture);
        double width = 12 * OnLight.Length, right = canvas.PlotRight - 12 - (7 * last.Length), left = right - width, top = canvas.Top - 36;
        canvas.Open("legend");
        for (int level = 0; level < OnLight.Length; level++) canvas.Path(string.Create(CultureInfo.InvariantCulture, $"M{left + (12 * level):0.##} {top}h12v10h-12z"), $"d{level}");
        canvas.Text(left - 5, top + 9, "1", "end", "tick");
        canvas.Text(right + 5, top + 9, last, "start", "tick");
        canvas.Text(left + (width / 2), top + 23, $"points in a square of {Side} pixels", "middle", "tick");
        canvas.Close();
    }
}
