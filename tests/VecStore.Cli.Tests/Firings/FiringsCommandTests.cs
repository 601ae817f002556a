using System.Text.Json;

namespace VecStore.Cli.Tests.Firings;

public sealed class FiringsCommandTests : IDisposable
{
    private readonly TestFolder folder = new();

    private string Store => folder["s"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Splits_are_one_dump_with_the_latents_of_the_second_counted_from_its_start()
    {
        JsonElement import = Import(DelphiDump.Write(folder["latents"]));
        Assert.Equal((6, 2, 8, 7), (Int(import, "features"), Int(import, "documents"), Int(import, "tokens"), Int(import, "firings")));
        Assert.Equal("float16", import.GetProperty("stored_element").GetString());
        JsonElement token = Cli.OkJson("firings", "features", "--document", "0", "--position", "1", "--store", Store).GetProperty("token");
        Assert.Equal([(3, 4.0), (2, 2.0), (0, 0.5)], token.EnumerateArray().Select(row => (Int(row, "feature"), row.GetProperty("activation").GetDouble())));
        JsonElement top = Cli.OkJson("firings", "top", "3", "--store", Store, "--radius", "1").GetProperty("contexts");
        Assert.Equal([(0, 1, 4.0), (1, 3, 0.25)], top.EnumerateArray().Select(row => (Int(row, "document"), Int(row, "position"), row.GetProperty("activation").GetDouble())));
        Assert.Equal([100, 101, 102], top[0].GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32()));
        Assert.Equal([106, 107], top[1].GetProperty("tokens").EnumerateArray().Select(id => id.GetInt32()));
        JsonElement one = Cli.OkJson("firings", "top", "3", "--store", Store, "--documents", "1").GetProperty("contexts");
        Assert.Equal(1, Int(Assert.Single(one.EnumerateArray()), "document"));
        Assert.True(Cli.OkJson("verify", Store).GetProperty("sound").GetBoolean());
    }

    [Fact]
    public void The_strings_of_the_tokens_come_from_a_vocabulary()
    {
        Import(DelphiDump.Write(folder["latents"]));
        File.WriteAllText(folder["v.json"], JsonSerializer.Serialize(Enumerable.Range(0, 108).Select(id => $" w{id}")));
        JsonElement top = Cli.OkJson("firings", "top", "5", "--store", Store, "--radius", "2", "--vocabulary", folder["v.json"]).GetProperty("contexts");
        Assert.Equal("[[ w104]] w105 w106", top[0].GetProperty("text").GetString());
    }

    [Fact]
    public void A_vocabulary_for_firings_without_tokens_is_said_to_have_nothing_to_name()
    {
        Directory.CreateDirectory(folder["bare"]);
        DelphiDump.Split(Path.Combine(folder["bare"], "0_2.safetensors"), [(0, 0, 1), (0, 1, 2)], [1, 2]);
        Import(folder["bare"]);
        File.WriteAllText(folder["v.json"], """["a"]""");
        Assert.Contains("no token ids", Cli.Ok("firings", "top", "1", "--store", Store, "--vocabulary", folder["v.json"]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Co_occurrence_of_parts_combines_into_that_of_the_whole()
    {
        Import(DelphiDump.Write(folder["latents"]));
        string[] rule = ["cooccur", "--store", Store, "--block", "2", "--threshold", "0"];
        JsonElement whole = Cli.OkJson([.. rule, "--save", "counts", "--neighbors", "0", "--affinity", "jaccard"]);
        Assert.Equal((4, 6), (Int(whole, "blocks"), Int(whole, "features")));
        // Blocks: {0, 1, 2, 3}, {}, {5}, {1, 3}.
        Assert.Equal((16 + 1 + 4, 4 + 1 + 2), (Int(whole, "sum"), Int(whole, "trace")));
        Assert.Equal([(2, 1.0), (1, 0.5), (3, 0.5), (5, 0.0)], whole.GetProperty("neighbors").EnumerateArray().Select(row => (Int(row, "feature"), row.GetProperty("affinity").GetDouble())));
        Assert.Equal((1, 0, 5), (Int(whole, "never_firing"), Int(whole, "always_firing"), Int(whole, "live")));
        Cli.Ok([.. rule, "--documents", "0", "--write", folder["part"]]);
        JsonElement both = Cli.OkJson([.. rule, "--documents", "1", "--combine", folder["part"]]);
        foreach (string figure in (string[])["sha256", "sum", "blocks", "documents", "tokens"]) Assert.Equal(whole.GetProperty(figure).ToString(), both.GetProperty(figure).ToString());
        Cli.IsOneLine(Cli.Run([.. rule[..^1], "1", "--combine", folder["part"]]), 2, "these counts are of");
        byte[] part = File.ReadAllBytes(folder["part"]);
        part[^40] ^= 1;
        File.WriteAllBytes(folder["part"], part);
        Cli.IsOneLine(Cli.Run([.. rule, "--combine", folder["part"]]), 2, "SHA-256");
        Assert.True(Cli.OkJson("verify", Store).GetProperty("sound").GetBoolean());
    }

    [Fact]
    public void Mistakes_have_one_line()
    {
        Import(DelphiDump.Write(folder["latents"]));
        Cli.IsOneLine(Cli.Run("firings", "top", "6", "--store", Store), 2, "there are 0 to 5");
        Cli.IsOneLine(Cli.Run("firings", "top", "1", "--store", Store, "--firings", "other"), 2, "it has firings");
        Cli.IsOneLine(Cli.Run("firings", "top", "1", "--store", Store, "--documents", "3-1"), 2, "0-99,200,300-");
        Cli.IsOneLine(Cli.Run("firings", "features", "--document", "9", "--position", "0", "--store", Store), 2, "no document 9");
        Cli.IsOneLine(Cli.Run("firings", "features", "--document", "1", "--position", "4", "--store", Store), 2, "the last position is 3");
        Cli.IsOneLine(Cli.Run("firings", "import", folder["nowhere"], "--into", Store), 2, "no such file or folder");
        Cli.IsOneLine(Cli.Run("cooccur", "--store", Store, "--block", "0"), 2, "at least 1");
        Cli.IsOneLine(Cli.Run("cooccur", "--store", Store, "--neighbors", "6"), 2, "no feature 6");
        File.Delete(folder["latents/layers.0/0_2.safetensors"]);
        Cli.IsOneLine(Cli.Run("firings", "import", folder["latents"], "--into", Store), 2, "latents 0 to 2 are in no file");
    }

    /// <summary>A later import under the same name takes the place of the one before.</summary>
    [Fact]
    public void Importing_again_replaces()
    {
        Import(DelphiDump.Write(folder["latents"]));
        Import(DelphiDump.Write(folder["latents"]));
        Assert.Single(Directory.GetFiles(Path.Combine(Store, "data"), "*.firings"));
    }

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    private JsonElement Import(string source) => Cli.OkJson("firings", "import", source, "--into", Store, "--collection", "features");
}
