using System.Text.RegularExpressions;

namespace VecStore.Cli.Tests;

/// <summary>Every command line in a block of the documents is run, in order, in a folder of its own.</summary>
public sealed partial class DocumentedCommandTests
{
    [Theory]
    [InlineData("README.md", 19)]
    [InlineData("tools/VecStore.Cli/WALK.md", 24)]
    public void Every_command_of_the_document_runs(string document, int atLeast)
    {
        string root = Checkout.Root;
        using var folder = new TestFolder();
        int run = 0;
        foreach (Match block in Blocks().Matches(File.ReadAllText(Path.Combine(root, document))))
        {
            foreach (string line in block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.StartsWith("vecstore ", line, StringComparison.Ordinal);
                string[] arguments = [.. Words().Matches(line["vecstore ".Length..]).Select(word => Placed(word.Value.Trim('"', '\''), root, folder))];
                CliResult result = Cli.Ok(arguments);
                Assert.True(result.Out.Length > 0 || result.Error.Length > 0, line);
                run++;
            }
        }

        Assert.True(run >= atLeast, $"{run} command lines were found");
        if (Environment.GetEnvironmentVariable("VECSTORE_WRITE_PICTURES") != "1") return;
        foreach (string picture in Directory.GetFiles(folder.Root, "*.svg")) File.Copy(picture, Path.Combine(root, "tools/VecStore.Cli/Walk", Path.GetFileName(picture)), overwrite: true);
    }

    [Fact]
    public void Every_picture_that_a_document_shows_is_there()
    {
        string root = Checkout.Root;
        foreach (string document in Directory.GetFiles(root, "*.md", SearchOption.AllDirectories).Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal)))
        {
            foreach (Match picture in Pictures().Matches(File.ReadAllText(document)))
                Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(document)!, picture.Groups[1].Value)), $"{document} shows {picture.Groups[1].Value}, which is not there");
        }
    }

    // Files of the repository are where they are; what is written goes to the test's folder.
    private static string Placed(string word, string root, TestFolder folder) =>
        word.StartsWith("tools/", StringComparison.Ordinal) ? Path.Combine(root, word)
        : Written().IsMatch(word) ? folder[word]
        : word;

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("\"[^\"]*\"|'[^']*'|\\S+")]
    private static partial Regex Words();

    [GeneratedRegex("^[a-z]+\\.(vecstore|svg|html|npy|csv)$")]
    private static partial Regex Written();

    [GeneratedRegex("!\\[[^\\]]*\\]\\(([^)]+)\\)")]
    private static partial Regex Pictures();
}
