using System.Globalization;
using System.Text;

namespace VecStore.Peers;

/// <summary>Writes a comparison as a page with tables and as a chart.</summary>
internal static class Report
{
    private static readonly string[] Colors = ["#777777", "#b07aa1", "#4e79a7", "#e15759"];

    public static void Write(Comparison comparison, List<Mark> marks, Settings settings)
    {
        string processor = Processor();
        string folder = Folder(settings);
        string name = comparison.Data.Name;
        File.WriteAllText(Path.Combine(folder, $"peers-{name}.svg"), Chart(comparison));
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# {name}: {comparison.Data.Count:N0} x {comparison.Data.Dimension}\n\n");
        page.Append(CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} processors, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}. M = {settings.M}, efConstruction = {settings.EfConstruction}; medians of {settings.Turns} turns in one run. What one thread does is timed by its processor time, here and in the peers; builds and two threads by the clock.{(settings.Reuse ? " Indexes and their build times are those of an earlier run." : "")}\n\n");
        page.Append("| queries a second at recall@10 | 0.95 | ratio | 0.99 | ratio |\n|---|---|---|---|---|\n");
        Curve peer = comparison.Curves[0];
        foreach (Curve curve in comparison.Curves)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {curve.Name} |");
            foreach (double recall in (double[])[0.95, 0.99])
            {
                double rate = curve.RateAt(recall);
                page.Append(double.IsNaN(rate) ? " not reached | |" : string.Create(CultureInfo.InvariantCulture, $" {rate:N0} | {rate / peer.RateAt(recall):F2} |"));
            }

            page.Append('\n');
        }

        page.Append(CultureInfo.InvariantCulture, $"\n![recall against queries a second](peers-{name}.svg)\n\n{comparison.Planner}\n");
        foreach ((string title, Table table) in comparison.Tables) Write(page, title, table.Rows);
        Write(page, marks);
        page.Append("\n| ef |");
        foreach (Curve curve in comparison.Curves) page.Append(CultureInfo.InvariantCulture, $" {curve.Name}: queries/s | recall |");
        page.Append("\n|---|").Append(string.Concat(Enumerable.Repeat("---|---|", comparison.Curves.Count))).Append('\n');
        foreach (int ef in comparison.Curves.SelectMany(c => c.Points.Select(p => p.Ef)).Distinct().Order())
        {
            page.Append(CultureInfo.InvariantCulture, $"| {ef} |");
            foreach (Curve curve in comparison.Curves)
            {
                Point point = curve.Points.FirstOrDefault(p => p.Ef == ef);
                page.Append(point.Ef == 0 ? " | |" : string.Create(CultureInfo.InvariantCulture, $" {point.Rate:N0} | {point.Recall:F4} |"));
            }

            page.Append('\n');
        }

        string path = Path.Combine(folder, $"peers-{name}.md");
        File.WriteAllText(path, page.ToString());
        Console.WriteLine($"\n{page}\nwritten to {path}");
    }

    private static void Write(StringBuilder page, string title, List<Row> rows)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n| {title} | | |\n|---|---|---|\n");
        foreach (Row row in rows) page.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {row.Value:N2} | {row.Unit} |\n");
    }

    /// <summary>The marks of all data sets of a run on one page.</summary>
    public static void Summary(List<Mark> marks, Settings settings)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture,
            $"# Marks: {marks.Count(mark => mark.Met)} of {marks.Count} met\n\n{Processor()}, {Environment.ProcessorCount} processors, {Lanes()}, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}, load before the run {settings.Load}. The tables behind them: the pages beside this one.\n");
        Write(page, marks);
        string path = Path.Combine(Folder(settings), "marks.md");
        File.WriteAllText(path, page.ToString());
        Console.WriteLine($"\n{page}\nwritten to {path}");
    }

    private static void Write(StringBuilder page, List<Mark> marks)
    {
        page.Append("\n| data | mark | figure | | |\n|---|---|---|---|---|\n");
        foreach (Mark mark in marks)
            page.Append(CultureInfo.InvariantCulture, $"| {mark.Data} | {mark.Promise} | {(double.IsNaN(mark.Figure) ? "" : mark.Figure.ToString("0.###"))} | {(mark.Met ? "met" : "**missed**")} | {mark.Note} |\n");
    }

    private static string Folder(Settings settings)
    {
        string folder = Path.Combine(settings.Results, new string([.. Processor().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-'));
        Directory.CreateDirectory(folder);
        return folder;
    }

    // /proc/cpuinfo may say no more than the maker's name.
    private static string Lanes() => System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? "AVX-512" : System.Runtime.Intrinsics.X86.Avx2.IsSupported ? "AVX2" : "128 bits";

    // Recall from 0.8 to 1 runs as -log10(1 - recall), so that .9, .99 and .999 are equally far apart; queries a second on a logarithmic axis.
    private static string Chart(Comparison comparison)
    {
        const double Left = 70, Top = 20, Width = 560, Height = 340;
        double[] rates = [.. comparison.Curves.SelectMany(c => c.Points.Where(p => p.Recall >= 0.8).Select(p => p.Rate)), 1_000];
        double low = Math.Floor(Math.Log10(rates.Min()));
        double high = Math.Ceiling(Math.Log10(rates.Max()));
        double X(double recall) => Left + (Width * (-Math.Log10(Math.Max(1 - recall, 0.0005)) - 0.7) / 2.6);
        double Y(double rate) => Top + (Height * (high - Math.Log10(rate)) / (high - low));
        var svg = new StringBuilder("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 860 420\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"860\" height=\"420\" fill=\"white\"/>\n");
        foreach (double recall in (double[])[0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999])
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(recall):F1}\" x2=\"{X(recall):F1}\" y1=\"{Top}\" y2=\"{Top + Height}\" stroke=\"#ddd\"/><text x=\"{X(recall):F1}\" y=\"{Top + Height + 18}\" text-anchor=\"middle\">{recall}</text>\n");
        for (double decade = low; decade <= high; decade++)
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Left + Width}\" y1=\"{Y(Math.Pow(10, decade)):F1}\" y2=\"{Y(Math.Pow(10, decade)):F1}\" stroke=\"#ddd\"/><text x=\"{Left - 8}\" y=\"{Y(Math.Pow(10, decade)) + 4:F1}\" text-anchor=\"end\">{Math.Pow(10, decade):N0}</text>\n");
        for (int i = 0; i < comparison.Curves.Count; i++)
        {
            Curve curve = comparison.Curves[i];
            Point[] points = [.. curve.Points.Where(p => p.Recall >= 0.8)];
            string line = string.Join(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{X(p.Recall):F1},{Y(p.Rate):F1}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"{Colors[i]}\" stroke-width=\"2\"/>\n");
            foreach (Point p in points) svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(p.Recall):F1}\" cy=\"{Y(p.Rate):F1}\" r=\"3\" fill=\"{Colors[i]}\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + Width + 14}\" y=\"{Top + 20 + (i * 20)}\" fill=\"{Colors[i]}\">{curve.Name}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + (Width / 2)}\" y=\"{Top + Height + 40}\" text-anchor=\"middle\">recall@10</text><text x=\"16\" y=\"{Top + (Height / 2)}\" text-anchor=\"middle\" transform=\"rotate(-90 16 {Top + (Height / 2)})\">queries a second, one thread</text>\n</svg>\n");
        return svg.ToString();
    }

    private static string Processor()
    {
        string[] lines = File.Exists("/proc/cpuinfo") ? [.. File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0)] : [];
        string Of(string name) => lines.FirstOrDefault(line => line.Split(':')[0].Trim() == name)?.Split(':')[1].Trim() ?? "";
        string model = Of("model name");
        if (model.Length == 0) return "unknown processor";
        // Virtual machines may hide which one it is.
        return model.Any(char.IsAsciiDigit) ? model : $"{model} family {Of("cpu family")} model {Of("model")}";
    }
}
