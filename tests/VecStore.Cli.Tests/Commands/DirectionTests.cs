using System.Text.Json;
using System.Xml.Linq;

namespace VecStore.Cli.Tests.Commands;

/// <summary>Concept directions learned, kept, compared, combined, projected on and steered along: on a store of the sample's first 4,000 words.</summary>
public sealed class DirectionTests(DirectionTests.ImportedWords imported) : IClassFixture<DirectionTests.ImportedWords>, IDisposable
{
    private static readonly string[] Gender =
        ["man\twoman", "king\tqueen", "he\tshe", "father\tmother", "son\tdaughter", "brother\tsister", "his\ther", "husband\twife", "himself\therself", "men\twomen"];

    private static readonly string[] Countries = ["france", "germany", "italy", "spain", "russia", "china", "japan", "india", "egypt", "england"];
    private static readonly string[] Cities = ["paris", "berlin", "rome", "madrid", "moscow", "beijing", "tokyo", "delhi", "cairo", "london"];

    private readonly TestFolder folder = imported.Copy();

    private string Store => folder["words.vecstore"];

    public void Dispose() => folder.Dispose();

    private JsonElement Json(params string[] arguments) => Cli.OkJson([.. arguments, "--store", Store]);

    private static string[] Column(JsonElement rows, string name) => [.. rows.EnumerateArray().Select(row => row.GetProperty(name).ToString())];

    [Fact]
    public void A_direction_is_learned_tested_kept_and_used_by_every_other_command()
    {
        JsonElement learned = Json("direction", "learn", "gender", "--pairs", folder["gender.txt"]);
        Assert.True(learned.GetProperty("held_out_cosine").GetProperty("p").GetDouble() <= 0.01);
        Assert.True(learned.GetProperty("held_out_area").GetDouble() > 0.9);
        Assert.InRange(learned.GetProperty("self_cosine").GetProperty("low").GetDouble(), 0.8, 1);
        Assert.Equal(10, learned.GetProperty("pairs").GetArrayLength());
        Cli.IsOneLine(Cli.Run("direction", "learn", "gender", "--pairs", folder["gender.txt"], "--store", Store), 2, "There is a direction gender of words already; --replace");

        JsonElement city = Json("direction", "learn", "city", "--positive", string.Join(',', Cities), "--negative", string.Join(',', Countries), "--method", "discriminant", "--metric", "whitened");
        Assert.True(city.GetProperty("held_out_area").GetProperty("observed").GetDouble() > 0.8);
        Assert.True(city.GetProperty("held_out_area").GetProperty("p").GetDouble() <= 0.03);
        Assert.Equal(20, city.GetProperty("rows_seen").GetInt32());
        Json("direction", "learn", "place", "--positive", string.Join(',', Cities), "--background", "200", "--method", "probe", "--draws", "19");

        // The collection need not be named though there is a second one: it belongs to the first.
        JsonElement list = Json("direction", "list").GetProperty("directions");
        Assert.Equal(["gender", "city", "place"], Column(list, "direction"));
        Assert.Equal(["pairs", "sets", "background"], Column(list, "source"));
        JsonElement shown = Json("direction", "show", "gender", "--vector");
        Assert.Equal(1, shown.GetProperty("vector").EnumerateArray().Sum(x => x.GetDouble() * x.GetDouble()), 1e-9);
        Assert.Equal(learned.GetProperty("held_out_cosine").GetProperty("p").GetDouble(), shown.GetProperty("p").GetDouble());
        Assert.Contains("king → queen", Column(shown.GetProperty("members"), "member"));

        JsonElement steered = Json("steer", "king", "father", "--along", "gender", "--by=0,4", "-k", "3").GetProperty("steered");
        Assert.Equal(12, steered.GetArrayLength());
        Assert.Contains(steered.EnumerateArray(), row => row.GetProperty("key").GetString() == "king" && row.GetProperty("multiple").GetDouble() == 4
            && row.GetProperty("rank").GetInt32() == 1 && row.GetProperty("neighbor").GetString() == "queen");
        Assert.DoesNotContain(steered.EnumerateArray(), row => row.GetProperty("key").GetString() == row.GetProperty("neighbor").GetString());
    }

    [Fact]
    public void Directions_are_compared_combined_and_made_orthogonal_under_the_metric_named()
    {
        Json("direction", "learn", "gender", "--pairs", folder["gender.txt"], "--draws", "9");
        Json("direction", "learn", "city", "--positive", string.Join(',', Cities), "--negative", string.Join(',', Countries), "--draws", "9");
        JsonElement sum = Json("direction", "combine", "both", "gender + 0.5 * city");
        Assert.Equal("expression", sum.GetProperty("method").GetString());
        Assert.True(Json("direction", "orthogonalize", "both", "--from", "gender", "--as", "rest").GetProperty("share_left").GetDouble() < 0.6);
        Json("direction", "orthogonalize", "both", "--from", "gender", "--as", "causal", "--metric", "whitened");
        JsonElement compared = Json("direction", "compare", "--metric", "whitened", "--plot", folder["c.svg"]);
        Assert.Equal(["gender", "city", "both", "rest", "causal"], compared.GetProperty("directions").EnumerateArray().Select(x => x.GetString()));
        double Cosine(string metric, string second) => compared.GetProperty("cosines").EnumerateArray().Single(row => row.GetProperty("metric").GetString()!.StartsWith(metric, StringComparison.Ordinal)
            && row.GetProperty("first").GetString() == "gender" && row.GetProperty("second").GetString() == second).GetProperty("cosine").GetDouble();
        Assert.Equal(0, Cosine("Euclidean", "rest"), 1e-6);
        Assert.Equal(0, Cosine("whitened", "causal"), 1e-5);
        Assert.True(Math.Abs(Cosine("Euclidean", "causal")) > 1e-3);
        Assert.Equal("svg", XDocument.Load(folder["c.svg"]).Root!.Name.LocalName);
        Cli.IsOneLine(Cli.Run("direction", "orthogonalize", "gender", "--from", "2 * gender", "--store", Store), 2, "nothing is left");
        Cli.IsOneLine(Cli.Run("direction", "show", "gendre", "--store", Store), 2, "there are gender, city, both");
        Cli.IsOneLine(Cli.Run("direction", "combine", "gender", "king - queen", "--store", Store), 2, "already");
    }

    [Fact]
    public void Projections_have_ends_groups_and_a_histogram_and_rejected_rows_make_a_collection()
    {
        JsonElement result = Json("project", "--on", "paris - france", "unit(rome) - italy", "-k", "5", "--bins", "8", "--group-by", "kind", "--plot", folder["h.svg"], "--csv", folder["p.csv"]);
        Assert.Equal(4_000, result.GetProperty("rows_seen").GetInt32());
        JsonElement[] first = [.. result.GetProperty("extremes").EnumerateArray().Take(5)];
        Assert.Equal("top", first[0].GetProperty("end").GetString());
        Assert.Equal(20, result.GetProperty("extremes").GetArrayLength());
        Assert.Equal(8_000, result.GetProperty("histogram").EnumerateArray().Sum(bin => bin.GetProperty("rows").GetInt32()));
        JsonElement groups = result.GetProperty("groups");
        Assert.Equal(["city", "country", "other"], Column(groups, "group").Take(3));
        Assert.True(groups[0].GetProperty("mean").GetDouble() > groups[1].GetProperty("mean").GetDouble());
        Assert.True(groups[1].GetProperty("hedges_g").GetDouble() < 0);
        Assert.Equal("svg", XDocument.Load(folder["h.svg"]).Root!.Name.LocalName);
        Assert.True(File.Exists(folder["p.extremes.csv"]));

        Json("direction", "learn", "gender", "--pairs", folder["gender.txt"], "--draws", "9");
        Assert.Equal(4_000, Json("project", "--reject", "gender", "--into-collection", "neutral").GetProperty("rows_written").GetInt32());
        JsonElement info = Cli.OkJson("info", Store).GetProperty("collections");
        Assert.Equal(["neutral", "words", "words.directions"], Column(info, "collection").Order(StringComparer.Ordinal));
        string[] neutral = ["--collection", "neutral"];
        JsonElement gone = Cli.OkJson(["similarity", "he", "--with", "she", "--store", Store, .. neutral]);
        JsonElement before = Json("similarity", "he", "--with", "she", "--collection", "words");
        Assert.True(gone.GetProperty("cosine").GetDouble() > before.GetProperty("cosine").GetDouble());
        double Deviation(params string[] rejected) =>
            Json(["project", "--on", "gender", .. rejected, "--collection", "words"]).GetProperty("directions")[0].GetProperty("deviation").GetDouble();
        Assert.InRange(Deviation("--reject", "woman - man"), 0.1 * Deviation(), 0.9 * Deviation());
        Assert.Equal("country", Cli.OkJson(["search", "--like", "paris", "--filter", "kind = \"country\"", "--store", Store, .. neutral]).GetProperty("neighbors")[0].GetProperty("fields").GetProperty("kind").GetString());
    }

    [Fact]
    public void Pairs_that_cannot_be_used_are_mistakes_and_a_dry_run_leaves_nothing()
    {
        foreach ((string text, string says) in new[] { ("", "has no pair"), ("man woman\nking\n", "line 2"), ("man woman\nking queen\n", "2 pairs are too few; at least 3"), ("man wooman\n", "\"wooman\"") })
        {
            File.WriteAllText(folder["p.txt"], text);
            Cli.IsOneLine(Cli.Run("direction", "learn", "x", "--pairs", folder["p.txt"], "--store", Store), 2, says);
        }

        File.WriteAllLines(folder["p.txt"], [.. Gender, "wooman\tmann"]);
        CliResult skipped = Cli.Ok("direction", "learn", "x", "--pairs", folder["p.txt"], "--skip-unknown", "--dry-run", "--draws", "9", "--store", Store);
        Assert.Contains("1 of 11 pairs have a key without a row", skipped.Error, StringComparison.Ordinal);
        Assert.Empty(Json("direction", "list").GetProperty("directions").EnumerateArray());
        Assert.Equal(["words"], Column(Cli.OkJson("info", Store).GetProperty("collections"), "collection"));
        JsonElement one = Json("direction", "learn", "x", "--pairs", folder["gender.txt"], "--dry-run", "--draws", "99", "--seed", "3");
        Assert.Equal(one.ToString(), Json("direction", "learn", "x", "--pairs", folder["gender.txt"], "--dry-run", "--draws", "99", "--seed", "3").ToString());
    }

    [Fact]
    public void Two_directions_make_a_picture_of_points_coloured_by_a_field_with_the_ends_named()
    {
        JsonElement result = Json("project", "--on", "woman - man", "paris - france", "--plot", folder["xy.svg"], "--color", "kind", "-k", "4");
        XDocument picture = XDocument.Load(folder["xy.svg"]);
        string[] Texts(string kind) => [.. picture.Descendants().Where(element => element.Name.LocalName == "text" && (string?)element.Attribute("class") == kind).Select(element => element.Value)];
        int[] points = [.. picture.Descendants().Where(element => (string?)element.Attribute("class") == "dots").Select(dots => ((string)dots.Attribute("d")!).Count(c => c == 'M'))];
        Assert.Equal([10, 10, 3_980], points);
        Assert.Equal(["city", "country", "other"], Texts("tick").TakeLast(3));
        Assert.Subset(Column(result.GetProperty("extremes"), "key").ToHashSet(), Texts("name").ToHashSet());
        Assert.InRange(Texts("name").Length, 8, 16); // of 16 ends, without those whose names would lie on another
        Assert.Equal(["projection on woman - man", "projection on paris - france"], Texts("caption").Where(text => text.StartsWith("projection", StringComparison.Ordinal)));
    }

    [Fact]
    public void Keys_of_lists_and_files_are_looked_up_in_lower_case_too_and_count_once()
    {
        File.WriteAllLines(folder["upper.txt"], Gender.Select(pair => pair.ToUpperInvariant()));
        string[] learn = ["direction", "learn", "x", "--dry-run", "--draws", "9"];
        Assert.Equal(Json([.. learn, "--pairs", folder["gender.txt"]]).ToString(), Json([.. learn, "--pairs", folder["upper.txt"]]).ToString());
        string[] test = ["linear-test", "--draws", "9"];
        string Figures(string file) => Json([.. test, folder[file]]).GetProperty("concepts")[0].GetProperty("within_cosine").ToString();
        Assert.Equal(Figures("gender.txt"), Figures("upper.txt"));
        File.WriteAllLines(folder["twice.txt"], [.. Gender, .. Gender.Select(pair => pair.ToUpperInvariant()), "king\tKing"]);
        JsonElement twice = Json([.. test, folder["twice.txt"]]);
        Assert.Equal(11, twice.GetProperty("pairs_left_out").GetInt32());
        Assert.Equal(JsonValueKind.Null, twice.GetProperty("across").ValueKind);
        Assert.Equal(Figures("gender.txt"), Figures("twice.txt"));
        File.WriteAllLines(folder["keys.txt"], ["King", "QUEEN", "man"]);
        Assert.Equal(3, Json("project", "--on", "king", "--keys", folder["keys.txt"]).GetProperty("rows_seen").GetInt32());
        CliResult sets = Cli.Ok("direction", "learn", "x", "--positive", "King,king,queen,man,woman,father", "--dry-run", "--draws", "9", "--store", Store);
        Assert.Contains("1 positive keys come twice", sets.Error, StringComparison.Ordinal);
        File.WriteAllLines(folder["capitals.txt"], [.. Countries.Zip(Cities, (country, city) => $"{country} {city.ToUpperInvariant()}"), "wooland wooman"]);
        Assert.Equal(10, Json("analogy", "france", "--pairs", folder["capitals.txt"], "--skip-unknown").GetProperty("pairs").GetInt32());
        Cli.IsOneLine(Cli.Run("analogy", "france", "--pairs", folder["capitals.txt"], "--store", Store), 2, "\"wooland\" in the collection words, in lower case neither; --skip-unknown");
    }

    /// <summary>The store, imported once; every test has a copy of its own to write to.</summary>
    public sealed class ImportedWords : IDisposable
    {
        private readonly TestFolder folder = new();

        public ImportedWords()
        {
            WordFiles words = WordFiles.Sample(4_000);
            using (StreamWriter lines = new(folder["words.jsonl"]))
            {
                foreach ((int row, string word) in words.Words.Index())
                {
                    string kind = Countries.Contains(word) ? "country" : Cities.Contains(word) ? "city" : "other";
                    lines.WriteLine(JsonSerializer.Serialize(new { id = word, vector = words.Row(row).ToArray(), kind }));
                }
            }

            Cli.Ok("import", folder["words.jsonl"], "--key-column", "id", "--into", folder["words.vecstore"], "--collection", "words", "--m", "4", "--ef-construction", "16");
            File.WriteAllLines(folder["gender.txt"], Gender);
        }

        public TestFolder Copy()
        {
            var copy = new TestFolder();
            foreach (string file in Directory.EnumerateFiles(folder.Root, "*", SearchOption.AllDirectories))
            {
                string target = copy[Path.GetRelativePath(folder.Root, file)];
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }

            return copy;
        }

        public void Dispose() => folder.Dispose();
    }
}
