namespace VecStore.Cli.Tests.Terminals;

public sealed class TextTableTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Keys_are_shown_as_text_whatever_they_hold(bool rich)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder["k.jsonl"], """
            {"key": "[red]x[/]", "vector": [1, 0]}
            {"key": "\u001b[2J", "vector": [1, 0.1]}

            """);
        Cli.Ok("import", folder["k.jsonl"], "--into", folder["store"], "--collection", "rows");
        CliResult shown = Cli.Run(["search", "--vector", "1, 0", "--store", folder["store"]], rich);
        Assert.Equal(0, shown.Code);
        Assert.Contains("[red]x[/]", shown.Out, StringComparison.Ordinal);
        Assert.Contains("\\x1b[2J", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", shown.Out, StringComparison.Ordinal);
        Assert.Equal(rich, shown.Out.Contains('│', StringComparison.Ordinal));
    }
}
