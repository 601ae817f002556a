using System.Text.Json;

namespace VecStore.Cli.Tests.Commands;

public sealed class DamageTests
{
    [Fact]
    public void A_flipped_bit_is_found_by_verify_with_exit_code_1()
    {
        using var folder = new TestFolder();
        string store = Imported(folder);
        Cli.Ok("verify", store);
        Flip(Directory.GetFiles(store, "*.segment", SearchOption.AllDirectories).Single());
        CliResult damaged = Cli.Run("verify", store);
        Assert.Equal(1, damaged.Code);
        Assert.Contains(".segment is damaged at byte", damaged.Out, StringComparison.Ordinal);
        CliResult json = Cli.Run("verify", store, "--json");
        Assert.Equal(1, json.Code);
        Assert.False(json.Json.GetProperty("sound").GetBoolean());
        JsonElement damage = Assert.Single(json.Json.GetProperty("damages").EnumerateArray());
        Assert.EndsWith(".segment", damage.GetProperty("file").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_manifest_is_one_line()
    {
        using var folder = new TestFolder();
        string store = Imported(folder);
        Flip(Path.Combine(store, "manifest"));
        Assert.Equal(1, Cli.Run("verify", store).Code);
        Cli.IsOneLine(Cli.Run("search", "--like", "the", "--store", store), 1, "manifest");
    }

    [Fact]
    public void A_damaged_graph_is_built_anew()
    {
        using var folder = new TestFolder();
        string store = Imported(folder);
        string before = Nearest(store);
        string graph = Directory.GetFiles(store, "*.graph", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(graph);
        for (int at = 100; at < bytes.Length; at += 1_000) bytes[at] ^= 0x10;
        File.WriteAllBytes(graph, bytes);
        CliResult damaged = Cli.Run("verify", store);
        Assert.Equal(1, damaged.Code);
        Assert.Contains(".graph is damaged", damaged.Out, StringComparison.Ordinal);
        Cli.Ok("search", "--like", "king", "--exact", "--store", store);
        Cli.Ok("compact", store, "--rebuild-index");
        Cli.Ok("verify", store);
        Assert.Equal(before, Nearest(store));
    }

    private static string Imported(TestFolder folder)
    {
        string glove = WordFiles.Sample(2_500).WriteGloVe(folder["w.txt"]);
        Cli.Ok("import", glove, "--into", folder["store"], "--collection", "words", "--ef-construction", "50");
        return folder["store"];
    }

    private static string Nearest(string store) => Cli.OkJson("search", "--like", "king", "--ef", "64", "--store", store).GetProperty("neighbors").ToString();

    private static void Flip(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
