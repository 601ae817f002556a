using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace VecStore.Analysis.Tests.Reports;

public sealed partial class CollectionReportTests : IDisposable
{
    private const int Features = 120, Documents = 20, Tokens = 8;
    private readonly string folder = Path.Combine(Path.GetTempPath(), "vecstore-report-" + Guid.NewGuid().ToString("N"));
    private readonly VectorStore store;

    public CollectionReportTests()
    {
        store = VectorStore.Open(folder, new() { CreateIfMissing = true, Durability = Durability.Os });
        VectorCollection features = store.OpenOrCreate("features", new(Dimension: 6) { Fields = [new("lobe", FieldType.String), new("bias", FieldType.Double)] });
        SeededRandom random = new(3, "report test");
        using (WriteBatch batch = features.BeginWrite())
        {
            for (int feature = 0; feature < Features; feature++)
            {
                float[] row = [.. Enumerable.Range(0, 6).Select(k => (float)(random.NextDouble() + (k == feature % 2 ? 2 : 0)))];
                batch.Upsert(feature, row, new() { ["lobe"] = feature % 2 == 0 ? "even <i>" : "odd", ["bias"] = feature / 7.0 });
            }
            batch.Commit();
        }

        // In even documents even features fire, in odd ones odd features; feature 0 never.
        features.PublishFirings("firings", Features, sink =>
        {
            for (int document = 0; document < Documents; document++)
            {
                int[] starts = [.. Enumerable.Range(0, Tokens + 1).Select(t => 2 * t)];
                int[] firing = [.. Enumerable.Range(0, Tokens).SelectMany(t => (int[])[2 + (document % 2) + (4 * t), 4 + (document % 2) + (4 * t)])];
                sink.AppendDocument(document, starts, firing, [.. firing.Select(_ => 2f)]);
            }
        });
    }

    public void Dispose()
    {
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_report_of_features_has_firings_lobes_and_their_enrichment_and_its_pictures_are_well_formed()
    {
        string html = Of(threads: 1);
        foreach (string heading in (string[])["What is in it", "Spectrum", "Shape", "Map along principal axes", "Firings", "lobe against geometry"])
            Assert.Contains($">{heading}</h2>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal); // what fields say is text
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.Equal(["20", "20"], Cell(html, "lobe", "even &lt;i&gt;", "odd"));
        MatchCollection pictures = Picture().Matches(html);
        Assert.True(pictures.Count >= 6, $"{pictures.Count} pictures"); // spectrum, map, densities, two lobes, enrichment
        foreach (Match picture in pictures) XDocument.Parse(picture.Value);
        Assert.All(Picture().Replace(html, "").Split('<'), part => Assert.DoesNotContain("http", part, StringComparison.Ordinal));
        Assert.Contains("of 120 features", html, StringComparison.Ordinal);
        foreach (string name in (string[])["Enrichment", "By value", "Rarest features that fire"]) Assert.Contains($"<h3>{name}</h3>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_report_for_any_number_of_threads()
    {
        string one = Of(threads: 1), seven = Of(threads: 7);
        Assert.Equal(Moment().Replace(one, ""), Moment().Replace(seven, ""));
    }

    [Fact]
    public void Too_few_labels_and_unknown_fields_are_refused()
    {
        using Snapshot snapshot = store["features"].TakeSnapshot();
        Assert.Contains("document 19 needs label 20", Assert.Throws<ArgumentException>(() => CollectionReport.Of(store, snapshot, new() { DocumentLabels = ["a", "b"], BlockLength = 4 })).Message, StringComparison.Ordinal);
        Assert.Contains("no field \"none\"", Assert.Throws<ArgumentException>(() => CollectionReport.Of(store, snapshot, new() { Fields = ["none"] })).Message, StringComparison.Ordinal);
    }

    private string Of(int threads)
    {
        using Snapshot snapshot = store["features"].TakeSnapshot();
        return CollectionReport.Of(store, snapshot, new() { DocumentLabels = [.. Enumerable.Range(0, Documents).Select(document => document % 2 == 0 ? "night" : "day")], BlockLength = 4, Threads = threads }).ToHtml();
    }

    // Blocks won by a lobe under its own label: each lobe wins all 20 blocks of its documents.
    private static string[] Cell(string html, string column, params string[] lobes)
    {
        int table = html.IndexOf("<h3>Enrichment</h3>", StringComparison.Ordinal);
        Assert.Contains(column, html[table..], StringComparison.Ordinal);
        return [.. lobes.Select(lobe => Row().Matches(html[table..]).Select(row => Text().Matches(row.Value).Select(cell => cell.Groups[1].Value).ToArray())
            .Single(cells => cells.Length == 9 && cells[0] == lobe && cells[1] == (lobe == "odd" ? "day" : "night"))[6])];
    }

    [GeneratedRegex("<svg.*?</svg>", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex("<tr>.*?</tr>")]
    private static partial Regex Row();

    [GeneratedRegex("<td[^>]*>(.*?)</td>")]
    private static partial Regex Text();

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2} \d{2}:\d{2}( UTC)?")]
    private static partial Regex Moment();
}
