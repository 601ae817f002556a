using System.Text.Json;

namespace VecStore.Cli.Tests.Importing;

public sealed class ImportTests
{
    [Fact]
    public void The_same_source_again_does_nothing_and_force_imports_it_again()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(300);
        string[] import = ["import", words.WriteGloVe(folder["w.txt"]), "--into", folder["store"], "--collection", "words"];
        Cli.Ok(import);
        JsonElement again = Cli.OkJson(import);
        Assert.True(again.GetProperty("already_imported").GetBoolean());
        Assert.Equal(0, again.GetProperty("rows_imported").GetInt64());
        JsonElement forced = Cli.OkJson([.. import, "--force"]);
        Assert.Equal(300, forced.GetProperty("rows_replaced").GetInt64());
        Assert.Equal(300, Rows(folder["store"]));
    }

    [Fact]
    public void A_row_with_NaN_is_refused_with_its_number_and_leaves_no_collection()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(50);
        words.Vectors[(17 * 100) + 3] = float.NaN;
        string source = words.WriteNpy(folder["w.npy"]);
        CliResult refused = Cli.Run("import", source, "--into", folder["store"], "--collection", "words");
        Cli.IsOneLine(refused, 2, "row 17 (from 0): element 3 is NaN");
        Assert.Empty(Cli.OkJson("info", folder["store"]).GetProperty("collections").EnumerateArray());
        JsonElement skipped = Cli.OkJson("import", source, "--into", folder["store"], "--collection", "words", "--skip-invalid");
        Assert.Equal(1, skipped.GetProperty("invalid_skipped").GetInt64());
        Assert.Equal(49, skipped.GetProperty("rows_imported").GetInt64());
        Cli.IsOneLine(Cli.Run("search", "--like", "17", "--store", folder["store"]), 2, "no row with the key \"17\"");
    }

    [Fact]
    public void Of_words_that_come_twice_the_first_counts_as_in_gensim()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["w.txt"], "a 1 0 0\nb 0 1 0\na 0 0 1\n");
        JsonElement first = Cli.OkJson("import", folder["w.txt"], "--into", folder["store"], "--collection", "first");
        Assert.Equal(1, first.GetProperty("duplicates").GetInt64());
        Assert.Equal(1f, ScoreOf(folder["store"], "first", "1, 0, 0", "a"));
        Cli.Ok("import", folder["w.txt"], "--into", folder["store"], "--collection", "last", "--duplicates", "last");
        Assert.Equal(1f, ScoreOf(folder["store"], "last", "0, 0, 1", "a"));
        Cli.IsOneLine(Cli.Run("import", folder["w.txt"], "--into", folder["store"], "--collection", "none", "--duplicates", "refuse"), 2, "\"a\" came before");
    }

    [Fact]
    public void Shards_together_are_the_whole()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(1_001);
        string glove = words.WriteGloVe(folder["w.txt"]);
        foreach (string shard in new[] { "1/3", "2/3", "3/3" }) Cli.Ok("import", glove, "--into", folder["parts"], "--collection", "words", "--shard", shard);
        Cli.Ok("import", glove, "--into", folder["whole"], "--collection", "words");
        foreach (string store in new[] { "parts", "whole" }) Cli.Ok("export", folder[store + ".npy"], "--store", folder[store]);
        Assert.Equal(File.ReadAllBytes(folder["whole.npy"]), File.ReadAllBytes(folder["parts.npy"]));
        Assert.Equal(File.ReadAllText(folder["whole.keys.txt"]), File.ReadAllText(folder["parts.keys.txt"]));
    }

    [Fact]
    public void Rows_without_keys_are_named_by_their_numbers_in_the_file()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(10);
        string npy = words.WriteNpy(folder["w.npy"]);
        JsonElement import = Cli.OkJson("import", npy, "--into", folder["store"], "--collection", "rows", "--shard", "2/2", "--first-key", "100");
        Assert.Equal("int64", import.GetProperty("key_kind").GetString());
        JsonElement nearest = Cli.OkJson("search", "--vector-file", npy, "--row", "7", "-k", "1", "--store", folder["store"]).GetProperty("neighbors")[0];
        Assert.Equal(107, nearest.GetProperty("key").GetInt64());
    }

    [Fact]
    public void A_dry_run_reads_everything_and_stores_nothing()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(100);
        JsonElement dry = Cli.OkJson("import", words.WriteGloVe(folder["w.txt"]), "--into", folder["store"], "--collection", "words", "--dry-run");
        Assert.Equal(100, dry.GetProperty("rows_read").GetInt64());
        Assert.Equal(100, dry.GetProperty("dimension").GetInt32());
        Assert.False(Directory.Exists(folder["store"]));
    }

    [Theory]
    [InlineData("--into T", "Into which collection?")]
    [InlineData("--into T --collection c --shard 3/2", "--shard 3/2 is not possible: i/n with i from 1 to n")]
    public void A_mistake_makes_no_store(string options, string says)
    {
        using var folder = new TestFolder();
        string glove = WordFiles.Sample(20).WriteGloVe(folder["w.txt"]);
        Cli.IsOneLine(Cli.Run(["import", glove, .. options.Replace("T", folder["store"], StringComparison.Ordinal).Split(' ')]), 2, says);
        Assert.False(Directory.Exists(folder["store"]));
    }

    [Fact]
    public void Metadata_of_a_table_becomes_fields_that_filter()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["notes.jsonl"], """
            {"id": "a", "year": 2019, "lang": "en", "tags": ["x", "y"], "vector": [1, 0]}
            {"id": "b", "year": 2021, "lang": "fr", "tags": ["y"], "vector": [0.9, 0.1]}
            {"id": "c", "year": 2024, "lang": "en", "tags": [], "vector": [0, 1]}

            """);
        Cli.Ok("import", folder["notes.jsonl"], "--into", folder["store"], "--collection", "notes", "--key-column", "id");
        JsonElement found = Cli.OkJson("search", "--vector", "1, 0", "--filter", "year >= 2020 and lang in (\"en\", \"fr\")", "--store", folder["store"]);
        Assert.Equal(["b", "c"], found.GetProperty("neighbors").EnumerateArray().Select(row => row.GetProperty("key").GetString()));
        Assert.Equal(2021, found.GetProperty("neighbors")[0].GetProperty("fields").GetProperty("year").GetInt64());
        Assert.Equal("y", found.GetProperty("neighbors")[0].GetProperty("fields").GetProperty("tags")[0].GetString());
        Cli.IsOneLine(Cli.Run("search", "--vector", "1, 0", "--filter", "size > 1", "--store", folder["store"]), 2, "size");
        Cli.IsOneLine(Cli.Run("search", "--vector", "1, 0", "--filter", "year >", "--store", folder["store"]), 2, "expected");
    }

    [Fact]
    public void An_empty_collection_that_does_not_fit_is_made_anew_only_when_that_is_said()
    {
        using var folder = new TestFolder();
        using (VectorStore store = VectorStore.Open(folder["store"], new StoreOptions { CreateIfMissing = true }))
            store.Create("words", new CollectionSchema(7) { Metric = Metric.Dot, ElementType = ElementType.Int8, Fields = [new("year", FieldType.Int64)] });
        string glove = WordFiles.Sample(20).WriteGloVe(folder["w.txt"]);
        string[] import = ["import", glove, "--into", folder["store"], "--collection", "words"];
        CliResult refused = Cli.Run(import);
        Cli.IsOneLine(refused, 2, "is empty, but made for dimension 7, dot, int8, int64 keys, the fields year (int64)");
        Assert.Contains("gives dimension 100, cosine, float32, string keys. --replace-empty makes it anew.", refused.Error, StringComparison.Ordinal);
        Assert.Equal(7, Cli.OkJson("info", folder["store"]).GetProperty("collections")[0].GetProperty("dimension").GetInt32());
        Assert.Equal(20, Cli.OkJson([.. import, "--replace-empty", "--dry-run"]).GetProperty("rows_read").GetInt64());
        Assert.Equal(20, Cli.OkJson([.. import, "--replace-empty"]).GetProperty("rows_imported").GetInt64());
        File.WriteAllText(folder["two.txt"], "a 1 2\n");
        Cli.IsOneLine(Cli.Run("import", folder["two.txt"], "--into", folder["store"], "--collection", "words", "--replace-empty"), 2, "has dimension 2, the collection words has 100");
    }

    [Fact]
    public void Normalize_stores_rows_of_length_1_and_counts_those_of_zeros()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["r.csv"], "key,vector\na,\"[3,4]\"\nb,\"[0,0]\"\nc,\"[1e-30,0]\"\nd,\"[2e38,2e38]\"\n");
        string[] import = ["import", folder["r.csv"], "--into", folder["store"], "--collection", "rows", "--metric", "dot"];
        Assert.Equal(1, Cli.OkJson([.. import, "--normalize", "--dry-run"]).GetProperty("zero_rows").GetInt64());
        Assert.Contains("1 row of zeros: not normalized", Cli.Ok([.. import, "--normalize"]).Out, StringComparison.Ordinal);
        Assert.Equal(0.6f, ScoreOf(folder["store"], "rows", "1,0", "a"));
        Assert.Equal(0f, ScoreOf(folder["store"], "rows", "1,0", "b"));
        Assert.Equal(1f, ScoreOf(folder["store"], "rows", "1,0", "c"));
        Assert.Equal(Math.Sqrt(0.5), ScoreOf(folder["store"], "rows", "1,0", "d"), 1e-7);
        Assert.False(Cli.OkJson(import).GetProperty("already_imported").GetBoolean()); // rows as they are in the file are another source
        Assert.Equal(3f, ScoreOf(folder["store"], "rows", "1,0", "a"));
    }

    [Fact]
    public void A_field_of_text_and_numbers_is_text_and_that_is_said()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["r.jsonl"], "{\"v\":[1,0],\"size\":\"L\"}\n{\"v\":[0,1],\"size\":42}\n{\"v\":[1,1],\"size\":43}\n");
        CliResult imported = Cli.Ok("import", folder["r.jsonl"], "--vector-column", "v", "--into", folder["store"], "--collection", "rows");
        Assert.Equal("note: field 'size' holds text and, first on line 2, a number: all of it is taken as text", Assert.Single(imported.ErrorLines, line => line.StartsWith("note", StringComparison.Ordinal)));
    }

    private static long Rows(string store) => Cli.OkJson("info", store).GetProperty("collections")[0].GetProperty("rows").GetInt64();

    private static float ScoreOf(string store, string collection, string vector, string key) =>
        Cli.OkJson("search", "--vector", vector, "--store", store, "--collection", collection).GetProperty("neighbors").EnumerateArray()
            .Single(row => row.GetProperty("key").GetString() == key).GetProperty("score").GetSingle();
}
