using System.Text.Json;

namespace VecStore.Cli.Tests.Commands;

public sealed class DemoTests
{
    [Fact]
    public void The_demo_shows_what_it_promises_in_80_columns()
    {
        using var folder = new TestFolder();
        CliResult demo = Cli.Ok("demo", "--store", folder["d"], "--json");
        JsonElement result = demo.Json;
        Assert.Equal(20_000, result.GetProperty("rows").GetInt64());
        Assert.Contains("queen", Words(result, "neighbors"));
        Assert.Equal("queen", Words(result, "analogy")[0]);
        Assert.Equal("software", Words(result, "filtered")[0]);
        Assert.All(Words(result, "filtered"), word => Assert.StartsWith("s", word, StringComparison.Ordinal));
        Assert.Equal(1, result.GetProperty("exact").GetProperty("recall").GetDouble());
        Assert.All(result.GetProperty("graph").EnumerateArray(), speed => Assert.InRange(speed.GetProperty("recall").GetDouble(), 0.9, 1));
        string[] shown = [.. demo.ErrorLines.Where(line => !line.Contains(folder.Root, StringComparison.Ordinal))];
        Assert.All(shown, line => Assert.True(line.Length <= 80, line));
        Cli.Ok("search", "--like", "paris", "--filter", "letters <= 5", "--store", folder["d"]);
        Cli.IsOneLine(Cli.Run("demo", "--store", folder["d"]), 2, "has a collection words already");
    }

    private static string[] Words(JsonElement result, string name) => [.. result.GetProperty(name).EnumerateArray().Select(word => word.GetString()!)];
}
