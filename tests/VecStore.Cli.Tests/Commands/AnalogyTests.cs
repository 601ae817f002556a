using System.Text.Json;
using System.Xml.Linq;

namespace VecStore.Cli.Tests.Commands;

/// <summary>The commands of vector arithmetic, on the sample's first 4,000 words.</summary>
public sealed class AnalogyTests(SampleStore sample)
{
    private static readonly string[] Pairs = ["france\tparis", "germany\tberlin", "italy\trome", "spain\tmadrid", "russia\tmoscow", "china\tbeijing"];

    private static string[] KeysOf(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.GetProperty("key").GetString()!)];

    [Theory]
    [InlineData("3cosadd")]
    [InlineData("3cosmul")]
    [InlineData("pair-direction")]
    public void Every_method_of_one_pair_answers(string method)
    {
        JsonElement found = Cli.OkJson("analogy", "paris - france + germany", "--method", method, "--store", sample.Path);
        Assert.Contains("berlin", KeysOf(found.GetProperty("answers")));
        Assert.Equal(method.Replace('-', '_'), found.GetProperty("method").GetString());
        JsonElement allowed = Cli.OkJson("analogy", "paris - france + germany", "--method", "nearest-to-b", "--inputs-allowed", "--store", sample.Path);
        Assert.Equal("paris", KeysOf(allowed.GetProperty("answers"))[0]);
    }

    [Theory]
    [InlineData("3cosavg")]
    [InlineData("lrcos")]
    public void A_relation_in_a_file_answers_too(string method)
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["pairs.txt"], ["# country, capital", "", .. Pairs]);
        JsonElement found = Cli.OkJson("analogy", "japan", "--pairs", folder["pairs.txt"], "--method", method, "--store", sample.Path);
        Assert.Equal("tokyo", KeysOf(found.GetProperty("answers"))[0]);
        Assert.Equal(6, found.GetProperty("pairs").GetInt32());
    }

    [Fact]
    public void Restrictions_hold_together_and_the_whitened_metric_is_another_one()
    {
        using var folder = new TestFolder();
        File.WriteAllLines(folder["keys.txt"], ["berlin", "queen", "car", "paris"]);
        JsonElement few = Cli.OkJson("analogy", "paris - france + germany", "--keys", folder["keys.txt"], "-k", "10", "--store", sample.Path);
        Assert.Equal(["berlin", "car", "queen"], KeysOf(few.GetProperty("answers")).Order());
        JsonElement white = Cli.OkJson("analogy", "paris - france + germany", "--metric", "whitened", "--store", sample.Path);
        Assert.Equal("berlin", KeysOf(white.GetProperty("answers"))[0]);
        Assert.Contains("whitened by the covariance of 4000 rows", white.GetProperty("metric").GetString()!, StringComparison.Ordinal);
        JsonElement plain = Cli.OkJson("analogy", "paris - france + germany", "--store", sample.Path);
        Assert.NotEqual(plain.GetProperty("answers")[0].GetProperty("cosine").GetSingle(), white.GetProperty("answers")[0].GetProperty("cosine").GetSingle());
        JsonElement named = Cli.OkJson("analogy", "paris - france + germany", "--metric", "whitened", "--population", "words", "--ridge", "0.01", "--threads", "2", "--store", sample.Path);
        Assert.Equal(white.GetProperty("answers").ToString(), named.GetProperty("answers").ToString());
    }

    [Fact]
    public void An_evaluation_has_every_method_and_a_picture_and_a_csv()
    {
        using var folder = new TestFolder();
        string[][] pairs = [.. Pairs.Select(pair => pair.Split('\t'))];
        string[] questions = [.. pairs.SelectMany(a => pairs.Where(c => c != a).Select(c => $"{a[0]} {a[1]} {c[0]} {c[1]}"))];
        File.WriteAllLines(folder["q.txt"], [": capitals", .. questions, ": gram1", "king kings wooman women"]);
        JsonElement result = Cli.OkJson("evaluate", "analogies", folder["q.txt"], "--methods", "all", "--top", "3", "--store", sample.Path,
            "--plot", folder["p.svg"], "--csv", folder["s.csv"], "--answers");
        JsonElement overall = result.GetProperty("overall");
        Assert.Equal(31, overall.GetProperty("total").GetInt32());
        Assert.Equal(30, overall.GetProperty("in_vocab").GetInt32());
        foreach (string method in new[] { "3cosadd", "3cosmul", "3cosavg", "lrcos" }) Assert.InRange(overall.GetProperty($"top3_{method}").GetInt32(), 24, 30);
        Assert.True(overall.GetProperty("correct_nearest_to_b").GetInt32() < 10);
        Assert.True(overall.GetProperty("correct_3cosadd_inputs_allowed").GetInt32() <= overall.GetProperty("correct_3cosadd").GetInt32());
        Assert.Equal(30 * 7, result.GetProperty("answers").GetArrayLength());
        Assert.Equal("svg", XDocument.Load(folder["p.svg"]).Root!.Name.LocalName);
        Assert.Equal(3, File.ReadAllLines(folder["s.csv"]).Length);
        Assert.Equal(30 * 7 + 1, File.ReadAllLines(folder["s.answers.csv"]).Length);
        CliResult text = Cli.Ok("evaluate", "analogies", folder["q.txt"], "--store", sample.Path);
        Assert.Contains("capitals", text.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void The_odd_one_the_similar_ones_and_the_way_between_are_found()
    {
        JsonElement odd = Cli.OkJson("odd-one-out", "paris", "london", "car", "berlin", "--store", sample.Path);
        Assert.Equal("car", odd.GetProperty("odd_one_out").GetString());
        JsonElement one = Cli.OkJson("similarity", "king", "--with", "queen", "--store", sample.Path);
        int rank = one.GetProperty("rank").GetInt32();
        string[] neighbours = KeysOf(Cli.OkJson("search", "--like", "king", "-k", "50", "--exact", "--store", sample.Path).GetProperty("neighbors"));
        Assert.Equal("queen", neighbours[rank - 1]);
        Assert.Equal(neighbours.Take(Math.Min(10, rank - 1)), KeysOf(one.GetProperty("closer")));
        Assert.True(Cli.OkJson("similarity", "king", "queen", "--with", "prince", "princess", "--store", sample.Path).GetProperty("cosine").GetDouble() > 0.6);
        foreach (string[] way in new string[][] { [], ["--linear"] })
        {
            JsonElement path = Cli.OkJson(["path", "paris", "london", "--steps", "5", "-k", "2", .. way, "--store", sample.Path]);
            Assert.Equal(10, path.GetProperty("steps").GetArrayLength());
            Assert.DoesNotContain("paris", KeysOf(path.GetProperty("steps")));
            Assert.Equal(way.Length == 0 ? "spherical" : "linear", path.GetProperty("interpolation").GetString());
        }
    }

    [Fact]
    public void Files_of_pairs_and_keys_that_cannot_be_used_are_mistakes()
    {
        using var folder = new TestFolder();
        foreach ((string text, string says) in new[]
        {
            ("", "has no pair; two keys a line are needed"), ("france paris\ngermany berlin hamburg\n", "line 2: a pair has two keys, this line has 3"), ("france\tparis\n", "lrcos needs at least two"),
            ("france paris\nitaly romme\n", "\"romme\""),
        })
        {
            File.WriteAllText(folder["pairs.txt"], text);
            Cli.IsOneLine(Cli.Run("analogy", "japan", "--pairs", folder["pairs.txt"], "--method", "lrcos", "--store", sample.Path), 2, says);
        }

        File.WriteAllText(folder["keys.txt"], "\n# nothing\n");
        Cli.IsOneLine(Cli.Run("analogy", "king", "--keys", folder["keys.txt"], "--store", sample.Path), 2, "has no key");
        File.WriteAllText(folder["keys.txt"], "king\nwooman\n");
        Cli.IsOneLine(Cli.Run("analogy", "king", "--keys", folder["keys.txt"], "--store", sample.Path), 2, "wooman");
        File.WriteAllText(folder["q.txt"], "\n");
        Cli.IsOneLine(Cli.Run("evaluate", "analogies", folder["q.txt"], "--store", sample.Path), 2, "has no question");
        File.WriteAllText(folder["q.txt"], "a b c d\n");
        Cli.IsOneLine(Cli.Run("evaluate", "analogies", folder["q.txt"], "--methods", "cosine", "--store", sample.Path), 2, "--methods cosine is not possible");
    }
}
