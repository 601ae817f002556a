using VecStore.Formats.Tests.Hostile;

using static VecStore.Formats.Tests.Sae.SaeFiles;

namespace VecStore.Formats.Tests.Sae;

public sealed class HostileWeightTests : IDisposable
{
    private const int Runs = 1500;

    private readonly Folder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Damaged_weights_and_configurations_are_read_or_refused_and_nothing_else()
    {
        (string, long[], float[])[] lens = [EncoderByInput("W_enc"), DecoderByFeature("W_dec"), Vector("b_enc", Bias), Vector("b_dec", Centre), Vector("threshold", Bias)];
        (string, long[], float[])[] top = [EncoderByFeature("encoder.weight"), DecoderByOutput("decoder.weight"), Vector("encoder.bias", Bias), Vector("b_dec", Centre), Scalar("threshold", 2), Scalar("k", 2)];
        byte[][] files = [InSafetensors(lens), InNpz(lens), InTorch(lens), InTorch(top), InTorchWith(top).Legacy()];
        byte[] configuration = """{"d_in":3,"d_sae":5,"architecture":"jumprelu","k":2,"normalize_activations":"none","activation_fn_kwargs":{"k":2},"apply_b_dec_to_input":true,"trainer":{"dict_class":"AutoEncoderTopK"}}"""u8.ToArray();
        string path = folder.Path("w"), cfg = folder.Path("cfg.json");
        int refused = 0;
        for (int run = 0; run < Runs; run++)
        {
            Random random = new(run);
            File.WriteAllBytes(path, random.Next(3) == 0 ? files[random.Next(files.Length)] : new Mutator(random, files).Next());
            File.WriteAllBytes(cfg, random.Next(2) == 0 ? configuration : new Mutator(random, [configuration]).Next());
            try
            {
                SaeFile.Open(path, random.Next(2) == 0 ? null : new SaeOptions
                {
                    Activation = (SaeActivationKind)random.Next(5),
                    K = random.Next(1, 9),
                    Family = (SaeFamily)random.Next(9),
                    ZeroDamaged = true,
                    SubtractDecoderBias = true,
                });
            }
            catch (VectorFileException error)
            {
                refused++;
                Assert.False(error.Message.Any(char.IsControl), error.Message);
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"run {run}: {error}");
            }
        }
        Assert.InRange(refused, Runs / 10, Runs - Runs / 20);
    }
}
