using System.Text.Json;
using VecStore.Analysis;

namespace VecStore.Cli.Tests.Sae;

/// <summary>Weights in, activations in, firings out: the commands as a user types them, on small files of the real layouts.</summary>
public sealed class SaeCommandTests
{
    [Fact]
    public void Weights_and_activations_become_firings()
    {
        using var folder = new TestFolder();
        SmallSae sae = SmallSae.Write(folder);
        JsonElement import = Cli.OkJson("sae", "import", sae.Weights, "--into", folder["s"], "--collection", "f", "--activation", "topk", "--k", "2", "--subtract-decoder-bias", "no", "--scale", "2", "--model", "m", "--layer", "3");
        Assert.False(import.GetProperty("already_imported").GetBoolean());
        JsonElement one = import.GetProperty("autoencoder");
        Assert.Equal((6, 4, "topk", 2), (one.GetProperty("features").GetInt32(), one.GetProperty("inputs").GetInt32(), one.GetProperty("activation").GetString(), one.GetProperty("k").GetInt32()));
        Assert.True(Cli.OkJson("sae", "import", sae.Weights, "--into", folder["s"], "--collection", "f", "--activation", "topk", "--k", "2", "--subtract-decoder-bias", "no", "--scale", "2").GetProperty("already_imported").GetBoolean());
        Cli.IsOneLine(Cli.Run("sae", "import", sae.Weights, "--into", folder["s"], "--collection", "f", "--activation", "topk", "--k", "3", "--subtract-decoder-bias", "no"), 2, "--force");
        JsonElement info = Cli.OkJson("sae", "info", "--store", folder["s"]).GetProperty("autoencoders")[0];
        Assert.Equal(("m", 3, 2.0), (info.GetProperty("model").GetString(), info.GetProperty("layer").GetInt32(), info.GetProperty("input_scale").GetDouble()));
        Assert.Equal(64, info.GetProperty("files")[0].GetProperty("sha256").GetString()!.Length);

        JsonElement rows = Cli.OkJson("import", sae.Activations, "--into", folder["s"], "--collection", "acts", "--tokens-per-document", "5", "--metric", "euclidean", "--tokens", sae.Tokens, "--skip-tokens", "1");
        Assert.Equal(["document", "position", "token"], rows.GetProperty("fields").EnumerateArray().Select(field => field.GetString()));
        JsonElement encode = Cli.OkJson("encode", "--store", folder["s"]);
        Assert.Equal((3, 15), (encode.GetProperty("documents").GetInt32(), encode.GetProperty("tokens").GetInt32()));
        using VectorStore store = VectorStore.Open(folder["s"], new StoreOptions { ReadOnly = true });
        using Snapshot snapshot = store["f"].TakeSnapshot();
        using FiringStore firings = snapshot.OpenFirings();
        int token = 0, fired = 0;
        foreach (DocumentFirings document in firings.Documents())
        {
            for (int position = 0; position < document.TokenCount; position++, token++)
            {
                (int Feature, float Value)[] expected = [.. Enumerable.Range(0, 6).Select(feature => (feature, sae.Pre(token, feature, 2)))
                    .OrderByDescending(pair => pair.Item2).Take(2).Where(pair => pair.Item2 > 0).OrderBy(pair => pair.feature)];
                fired += expected.Length;
                Assert.Equal(expected.Select(pair => pair.Feature), document.FeaturesOf(position).ToArray());
                Assert.Equal(expected.Select(pair => pair.Value), document.ActivationsOf(position).ToArray());
                Assert.Equal(100 * (token / 5) + position + 1, document.Tokens[position]);
            }
        }

        Assert.Equal((15, fired), (token, encode.GetProperty("firings").GetInt32()));
        Assert.True(Cli.OkJson("verify", folder["s"]).GetProperty("sound").GetBoolean());
    }

    [Fact]
    public void Mistakes_have_one_line()
    {
        using var folder = new TestFolder();
        SmallSae sae = SmallSae.Write(folder);
        string[] import = ["sae", "import", sae.Weights, "--into", folder["s"], "--collection", "f"];
        Cli.IsOneLine(Cli.Run(import), 2, "--activation");
        Cli.IsOneLine(Cli.Run([.. import, "--activation", "relu"]), 2, "--subtract-decoder-bias");
        Cli.IsOneLine(Cli.Run([.. import, "--subtract-decoder-bias", "perhaps"]), 2, "yes, no are");
        Cli.IsOneLine(Cli.Run([.. import, "--activation", "topk", "--k", "2", "--subtract-decoder-bias", "no", "--fold", "decoder-norm"]), 2, "TopK");
        Cli.IsOneLine(Cli.Run([.. import, "--activation", "relu", "--subtract-decoder-bias", "no", "--fold", "bias"]), 2, "decoder-norm, scale, decoder-bias are");
        Cli.IsOneLine(Cli.Run("sae", "import", folder["gone"], "--into", folder["s"], "--collection", "f"), 2, "gone");
        Cli.Ok([.. import, "--activation", "relu", "--subtract-decoder-bias", "yes", "--fold", "decoder-norm,decoder-bias"]);
        JsonElement info = Cli.OkJson("sae", "info", "--store", folder["s"]).GetProperty("autoencoders")[0];
        Assert.True(info.GetProperty("folded_decoder_norm").GetBoolean() && info.GetProperty("folded_decoder_bias").GetBoolean());
        Assert.False(info.GetProperty("subtract_decoder_bias").GetBoolean());
        Cli.IsOneLine(Cli.Run("encode", "--store", folder["s"]), 2, "the store has none");
        Cli.Ok("import", sae.Activations, "--into", folder["s"], "--collection", "acts", "--metric", "euclidean");
        Cli.IsOneLine(Cli.Run("encode", "--store", folder["s"]), 2, "--tokens-per-document");
        Cli.IsOneLine(Cli.Run("encode", "--store", folder["s"], "--sae", "g"), 2, "It has f.");
        Cli.IsOneLine(Cli.Run("encode", "--store", folder["s"], "--scale", "2", "--tokens-per-document", "5"), 2, "is known");
    }
}
