using System.Text.Json;

namespace VecStore.Cli.Tests.Commands;

public sealed class ExportTests(SampleStore sample)
{
    [Theory]
    [InlineData("npy", "words.npy")]
    [InlineData("safetensors", "words.safetensors")]
    [InlineData("word2vec-text", "words.txt")]
    [InlineData("word2vec-binary", "words.bin")]
    [InlineData("glove", "words.glove")]
    [InlineData("csv", "words.csv")]
    [InlineData("jsonl", "words.jsonl")]
    public void What_is_exported_is_imported_again_without_a_bit_lost(string format, string name)
    {
        using var folder = new TestFolder();
        JsonElement export = Cli.OkJson("export", folder[name], "--format", format, "--store", sample.Path, "--limit", "500");
        Assert.Equal(500, export.GetProperty("rows").GetInt64());
        string[] keys = format == "npy" ? ["--keys", export.GetProperty("keys_file").GetString()!] : [];
        JsonElement import = Cli.OkJson(["import", folder[name], .. keys, "--into", folder["store"], "--collection", "words"]);
        Assert.Equal(500, import.GetProperty("rows_imported").GetInt64());
        Assert.Equal(Contents(folder, sample.Path), Contents(folder, folder["store"]));
    }

    [Fact]
    public void Metadata_goes_through_CSV_and_JSON_Lines_unchanged()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["a.jsonl"], """
            {"key": "a, \"b\"", "year": 2019, "ok": true, "size": 0.5, "tags": ["x", "y"], "vector": [1, 0]}
            {"key": "c\td", "year": 2020, "ok": false, "size": 2.25, "tags": ["z"], "vector": [0, 1]}

            """);
        Cli.Ok("import", folder["a.jsonl"], "--into", folder["a"], "--collection", "rows");
        foreach (string name in new[] { "b.jsonl", "b.csv" })
        {
            Cli.Ok("export", folder[name], "--store", folder["a"]);
            Cli.Ok("import", folder[name], "--into", folder[name + ".store"], "--collection", "rows");
            JsonElement found = Cli.OkJson("search", "--vector", "1, 0", "--store", folder[name + ".store"]).GetProperty("neighbors");
            Assert.Equal(Cli.OkJson("search", "--vector", "1, 0", "--store", folder["a"]).GetProperty("neighbors").ToString(), found.ToString());
        }
    }

    [Fact]
    public void A_file_that_is_there_is_not_replaced_unasked()
    {
        using var folder = new TestFolder();
        string file = folder["w.npy"];
        File.WriteAllText(file, "mine");
        Cli.IsOneLine(Cli.Run("export", file, "--store", sample.Path), 2, "exists");
        Assert.Equal("mine", File.ReadAllText(file));
        Cli.Ok("export", file, "--store", sample.Path, "--limit", "5", "--force");
    }

    private static string Contents(TestFolder folder, string store)
    {
        Cli.Ok("export", folder["contents.npy"], "--store", store, "--limit", "500", "--force");
        return Convert.ToHexString(File.ReadAllBytes(folder["contents.npy"])) + File.ReadAllText(folder["contents.keys.txt"]);
    }
}
