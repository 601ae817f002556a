using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using VecStore.Analysis;
using VecStore.Formats;

namespace VecStore.Cli.Tests.Sae;

/// <summary>Every activation on a real model's activations, held to NumPy's float64, which PyTorch agrees with (make_encoding.py): the sample's autoencoder with thresholds and a gate derived for it.</summary>
public sealed class EncodingFixtureTests
{
    private static readonly JsonElement Fixture = JsonDocument.Parse(Checkout.Read("tests/VecStore.Cli.Tests/Sae/encoding.json")).RootElement;

    [Theory]
    [InlineData("relu")]
    [InlineData("jumprelu")]
    [InlineData("topk")]
    [InlineData("batchtopk")]
    [InlineData("gated")]
    public void Each_activation_fires_where_the_reference_fires(string kind)
    {
        JsonElement expected = Fixture.GetProperty("kinds").GetProperty(kind);
        int tokens = Fixture.GetProperty("tokens").GetInt32();
        SparseAutoencoder model = Model(kind);
        MemoryRows rows = new(SharedSae.Rows(Path.Combine(Checkout.Root, "tools/VecStore.Cli/Sample/stories-activations-24x511-f16.npy")).AsMemory(0, tokens * model.InputDimension), model.InputDimension);
        SharedSae.Firings found = new();
        model.Encode(rows, DocumentRows.Every(511), found);

        List<int> pairs = [];
        for (int token = 0; token < tokens; token++)
        {
            int end = token + 1 < tokens ? found.TokenStarts[token + 1] : found.Features.Count;
            for (int i = found.TokenStarts[token]; i < end; i++) pairs.AddRange([token, found.Features[i]]);
        }
        Assert.Equal(expected.GetProperty("firings").GetInt32(), found.Features.Count);
        Assert.Equal(expected.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(pairs)))));
        Assert.Equal(1, found.Activations.Sum(value => (double)value) / expected.GetProperty("sum").GetDouble(), 1e-8);
        int at = found.TokenStarts[7];
        foreach (JsonElement pair in expected.GetProperty("of_token_7").EnumerateArray())
        {
            Assert.Equal(pair[0].GetInt32(), found.Features[at]);
            Assert.Equal(1, found.Activations[at++] / pair[1].GetDouble(), 6e-8);
        }
    }

    private static SparseAutoencoder Model(string kind)
    {
        SaeWeights weights = SaeFile.Open(Path.Combine(Checkout.Root, "tools/VecStore.Cli/Sample/stories-sae.safetensors"), new() { Activation = SaeActivationKind.Relu, SubtractDecoderBias = true });
        int features = weights.FeatureCount;
        SparseActivation activation = kind switch
        {
            "relu" => new SparseActivation.Relu(),
            "jumprelu" => new SparseActivation.JumpRelu(),
            "topk" => new SparseActivation.TopK(8),
            "batchtopk" => new SparseActivation.BatchTopK((float)Fixture.GetProperty("common").GetDouble()),
            _ => new SparseActivation.Gated(),
        };
        return new(weights.InputDimension, weights.Encoder, weights.Decoder, weights.EncoderBias, weights.DecoderBias, activation)
        {
            Thresholds = kind == "jumprelu" ? MemoryMarshal.Cast<byte, float>(Fixture.GetProperty("thresholds").GetBytesFromBase64()).ToArray() : null,
            MagnitudeLogScale = kind == "gated" ? [.. Enumerable.Range(0, features).Select(feature => feature % 7 * 0.125f - 0.25f)] : null,
            MagnitudeBias = kind == "gated" ? [.. Enumerable.Range(0, features).Select(feature => feature % 5 * 0.0625f)] : null,
            SubtractDecoderBias = true,
            InputScale = Fixture.GetProperty("scale").GetDouble(),
        };
    }
}
