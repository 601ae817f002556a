using System.Xml.Linq;

namespace VecStore.Cli.Tests.Commands;

public sealed class ReportTests(SampleStore sample) : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public void One_file_has_the_collection_s_contents_spectrum_map_directions_and_labels()
    {
        string labelled = folder["labelled.csv"];
        var random = new Random(1);
        File.WriteAllLines(labelled, Enumerable.Range(0, 300).Select(i => string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"row{i},{(i % 2 == 0 ? "even & <b>" : "odd")},{random.NextDouble() + (i % 2)},{random.NextDouble()},{random.NextDouble()}")).Prepend("key,kind,v1,v2,v3"));
        Cli.Ok("import", labelled, "--into", folder["s"], "--collection", "labelled", "--key-column", "key");
        Cli.Ok("direction", "learn", "kind", "--positive", "row1,row3,row5,row7,row9,row11", "--negative", "row0,row2,row4,row6,row8,row10", "--draws", "9", "--resamples", "9", "--store", folder["s"], "--collection", "labelled");
        Assert.Equal("labelled", DocumentedJson.Of("report", "--store", folder["s"], "--collection", "labelled", "--out", folder["r.html"]).GetProperty("collection").GetString());
        string html = File.ReadAllText(folder["r.html"]);
        foreach (string heading in (string[])["What is in it", "Spectrum", "Map along principal axes", "Directions", "kind against geometry"]) Assert.Contains($">{heading}</h2>", html, StringComparison.Ordinal);
        Assert.Contains("labelled.csv", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal); // what keys and labels say is text
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(http", html, StringComparison.Ordinal);
        int pictures = 0;
        for (int at = html.IndexOf("<svg", StringComparison.Ordinal); at >= 0; at = html.IndexOf("<svg", at + 1, StringComparison.Ordinal), pictures++)
            XDocument.Parse(html[at..(html.IndexOf("</svg>", at, StringComparison.Ordinal) + 6)]);
        Assert.True(pictures >= 2, $"{pictures} pictures");
    }

    [Fact]
    public void Mistakes_are_told_in_one_line()
    {
        Cli.IsOneLine(Cli.Run("report", "--store", sample.Path, "--out", "/nowhere/r.html"), 2, "no folder /nowhere");
        Assert.Contains("no field \"lobe\"", Cli.Run("report", "--store", sample.Path, "--fields", "lobe", "--out", folder["r.html"]).Error, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
