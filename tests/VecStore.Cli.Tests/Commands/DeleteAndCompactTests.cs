using System.Text.Json;

namespace VecStore.Cli.Tests.Commands;

public sealed class DeleteAndCompactTests
{
    [Fact]
    public void Deleted_rows_are_gone_and_compact_gives_their_space_back()
    {
        using var folder = new TestFolder();
        WordFiles words = WordFiles.Sample(3_000);
        Cli.Ok("import", words.WriteNpy(folder["w.npy"]), "--keys", words.WriteKeys(folder["w.txt"]), "--into", folder["store"], "--collection", "words", "--ef-construction", "50");
        JsonElement deleted = Cli.OkJson(["delete", .. words.Words[1_500..], "--store", folder["store"]]);
        Assert.Equal(1_500, deleted.GetProperty("deleted").GetInt32());
        Assert.Equal(1_500, deleted.GetProperty("rows_left").GetInt64());
        Cli.IsOneLine(Cli.Run("search", "--like", words.Words[2_000], "--store", folder["store"]), 2, "no row with the key");
        JsonElement compacted = Cli.OkJson("compact", folder["store"]);
        Assert.True(compacted.GetProperty("bytes_after").GetInt64() < 0.7 * compacted.GetProperty("bytes_before").GetInt64(), compacted.ToString());
        Assert.Equal(1_500, Cli.OkJson("verify", folder["store"]).GetProperty("rows").GetInt64());
    }

    [Fact]
    public void A_filter_deletes_only_when_it_is_said_twice()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["r.csv"], "key,year,vector\na,1989,\"[1,0]\"\nb,1995,\"[0,1]\"\nc,1980,\"[1,1]\"\n");
        Cli.Ok("import", folder["r.csv"], "--into", folder["store"], "--collection", "rows");
        Cli.IsOneLine(Cli.Run("delete", "--filter", "year < 1990", "--store", folder["store"]), 2, "2 of 3 rows pass 'year < 1990'. Nothing was deleted");
        Assert.Equal(2, Cli.OkJson("delete", "--filter", "year < 1990", "--yes", "--store", folder["store"]).GetProperty("deleted").GetInt32());
        CliResult partly = Cli.Run("delete", "b", "nosuch", "--store", folder["store"], "--json");
        Assert.Equal(2, partly.Code);
        Assert.Equal("nosuch", partly.Json.GetProperty("unknown_keys")[0].GetString());
        Assert.Equal(0, partly.Json.GetProperty("rows_left").GetInt64());
    }

    [Fact]
    public void A_collection_is_dropped_only_when_it_is_said_twice()
    {
        using var folder = new TestFolder();
        string glove = WordFiles.Sample(30).WriteGloVe(folder["w.txt"]);
        File.WriteAllText(folder["p.txt"], "the of\nto and\nin for\n");
        foreach (string name in (string[])["words", "others"]) Cli.Ok("import", glove, "--into", folder["store"], "--collection", name);
        Cli.Ok("direction", "learn", "up", "--pairs", folder["p.txt"], "--store", folder["store"], "--collection", "words");
        Cli.IsOneLine(Cli.Run("drop", "words", "--store", folder["store"]), 2, "words has 30 rows, and words.directions would go with it. Nothing was dropped: add --yes");
        Cli.IsOneLine(Cli.Run("drop", "word", "--yes", "--store", folder["store"]), 2, "Did you mean words?");
        Cli.IsOneLine(Cli.Run("drop", "--yes", "--store", folder["store"]), 2, "Drop which collection?");
        Cli.IsOneLine(Cli.Run("drop", "words", "--collection", "others", "--yes", "--store", folder["store"]), 2, "Two collections");
        Assert.Equal(3, Cli.OkJson("info", folder["store"]).GetProperty("collections").GetArrayLength());
        JsonElement dropped = Cli.OkJson("drop", "words", "--yes", "--store", folder["store"]);
        Assert.Equal(["words", "words.directions"], dropped.GetProperty("dropped").EnumerateArray().Select(part => part.GetProperty("collection").GetString()));
        Assert.True(dropped.GetProperty("bytes_after").GetInt64() < dropped.GetProperty("bytes_before").GetInt64());
        Assert.Equal("others", Assert.Single(Cli.OkJson("info", folder["store"]).GetProperty("collections").EnumerateArray()).GetProperty("collection").GetString());
        Cli.Ok("verify", folder["store"]);
    }
}
