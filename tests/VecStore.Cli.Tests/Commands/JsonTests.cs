namespace VecStore.Cli.Tests.Commands;

/// <summary>Every command has <c>--json</c>: one document on the standard output, with the properties that the command's README names.</summary>
public sealed class JsonTests(SampleStore sample)
{
    [Fact]
    public void The_README_names_every_property_of_every_document()
    {
        using var folder = new TestFolder();
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
            ["drop", "words", "--yes", "--store", folder["s"]],
        ];
        foreach (string[] command in commands) DocumentedJson.Of(command);
    }
}
