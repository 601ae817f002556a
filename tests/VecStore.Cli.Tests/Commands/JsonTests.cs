using System.Text.Json;

namespace VecStore.Cli.Tests.Commands;

/// <summary>Every command has <c>--json</c>: one document on the standard output, with the properties that the command's README names.</summary>
public sealed class JsonTests(SampleStore sample)
{
    [Fact]
    public void The_README_names_every_property_of_every_document()
    {
        using var folder = new TestFolder();
        string readme = File.ReadAllText(Path.Combine(Checkout(), "tools", "VecStore.Cli", "README.md"));
        File.WriteAllText(folder["q.txt"], ": family\nking queen man woman\n");
        File.WriteAllText(folder["p.txt"], "the of\nto and\nin for\n");
        string glove = WordFiles.Sample(30).WriteGloVe(folder["w.txt"]);
        Sae.SmallSae sae = Sae.SmallSae.Write(folder);
        string[][] commands =
        [
            ["import", glove, "--into", folder["s"], "--collection", "words"],
            ["info", sample.Path],
            ["search", "--like", "king", "--store", sample.Path],
            ["analogy", "king - man + woman", "--store", sample.Path],
            ["analogy", "king - man + woman", "--method", "3cosmul", "--store", sample.Path],
            ["odd-one-out", "lunch", "car", "dinner", "--store", sample.Path],
            ["similarity", "king", "--with", "queen", "--store", sample.Path],
            ["steer", "king", "--along", "woman - man", "--store", sample.Path],
            ["project", "--on", "woman - man", "--reject", "king", "--store", sample.Path],
            ["direction", "compare", "woman - man", "queen - king", "--metric", "whitened", "--store", sample.Path],
            ["path", "king", "woman", "--store", sample.Path],
            ["evaluate", "analogies", folder["q.txt"], "--answers", "--store", sample.Path],
            ["direction", "learn", "up", "--pairs", folder["p.txt"], "--store", folder["s"]],
            ["direction", "learn", "side", "--positive", "the,of,to,and,in", "--background", "8", "--draws", "9", "--store", folder["s"]],
            ["direction", "list", "--store", folder["s"]],
            ["direction", "show", "up", "--vector", "--store", folder["s"]],
            ["direction", "combine", "both", "up + side", "--store", folder["s"]],
            ["direction", "orthogonalize", "both", "--from", "up", "--store", folder["s"]],
            ["project", "--on", "up", "--into-collection", "other", "--store", folder["s"]],
            ["firings", "import", DelphiDump.Write(folder["latents"]), "--into", folder["s"], "--collection", "features"],
            ["firings", "info", "--store", folder["s"], "--collection", "features"],
            ["firings", "top", "1", "--store", folder["s"], "--collection", "features"],
            ["firings", "features", "--store", folder["s"], "--collection", "features"],
            ["firings", "features", "--document", "0", "--position", "1", "--store", folder["s"], "--collection", "features"],
            ["cooccur", "--block", "2", "--threshold", "0", "--neighbors", "1", "--store", folder["s"], "--collection", "features"],
            ["export", folder["e.csv"], "--store", folder["s"], "--collection", "words"],
            ["delete", "the", "--store", folder["s"], "--collection", "words"],
            ["compact", folder["s"]],
            ["sae", "import", sae.Weights, "--into", folder["a"], "--collection", "f", "--activation", "topk", "--k", "2", "--subtract-decoder-bias", "no"],
            ["sae", "info", "--store", folder["a"]],
            ["import", sae.Activations, "--into", folder["a"], "--collection", "acts", "--tokens-per-document", "5"],
            ["encode", "--store", folder["a"]],
            ["verify", folder["s"]],
        ];
        foreach (string[] command in commands)
        {
            string two = $"{command[0]} {command[1]}", name = readme.Contains($"### {two}\n", StringComparison.Ordinal) ? two : command[0];
            string documented = Section(readme, name);
            foreach (string property in Properties(Cli.OkJson(command)).Distinct())
                Assert.True(documented.Contains($"`{property}`", StringComparison.Ordinal), $"README.md does not name {property} of {name}");
        }
    }

    // What stands between a command's heading and the next.
    private static string Section(string readme, string command)
    {
        int start = readme.IndexOf($"### {command}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"README.md has no section on {command}");
        int end = readme.IndexOf("\n### ", start + 1, StringComparison.Ordinal);
        return end < 0 ? readme[start..] : readme[start..end];
    }

    private static IEnumerable<string> Properties(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Properties(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Properties),
        _ => [],
    };

    private static string Checkout()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VecStore.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("VecStore.sln is in no folder above the tests.");
    }
}
