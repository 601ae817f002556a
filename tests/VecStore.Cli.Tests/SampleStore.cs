namespace VecStore.Cli.Tests;

/// <summary>A store of the sample's first 4,000 words, imported once for all tests that only read.</summary>
public sealed class SampleStore : IDisposable
{
    private readonly TestFolder folder = new();

    public SampleStore()
    {
        WordFiles words = WordFiles.Sample(4_000);
        Cli.Ok("import", words.WriteNpy(folder["words.npy"]), "--keys", words.WriteKeys(folder["words.txt"]), "--into", Path, "--collection", "words");
    }

    public string Path => folder["words.vecstore"];

    public void Dispose() => folder.Dispose();
}
