using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

using VecStore.Formats.Tests.Numpy;
using VecStore.Formats.Tests.Safetensors;
using VecStore.Formats.Tests.Torch;

namespace VecStore.Formats.Tests.Sae;

/// <summary>One small autoencoder whose numbers tell where they belong, written in each family's layout.</summary>
internal static class SaeFiles
{
    public const int Inputs = 3, Features = 5;

    public static float Encoder(int feature, int input) => 10 * feature + input + 1;

    public static float Decoder(int feature, int output) => 100 * feature + output + 0.5f;

    public static float[] Bias => [.. Enumerable.Range(0, Features).Select(i => 0.1f * i)];

    public static float[] Centre => [7, 8, 9];

    public static float[] ByFeature(Func<int, int, float> value) => [.. from feature in Enumerable.Range(0, Features) from i in Enumerable.Range(0, Inputs) select value(feature, i)];

    public static float[] ByInput(Func<int, int, float> value) => [.. from i in Enumerable.Range(0, Inputs) from feature in Enumerable.Range(0, Features) select value(feature, i)];

    public static (string, long[], float[]) EncoderByFeature(string name) => (name, [Features, Inputs], ByFeature(Encoder));

    public static (string, long[], float[]) EncoderByInput(string name) => (name, [Inputs, Features], ByInput(Encoder));

    public static (string, long[], float[]) DecoderByFeature(string name) => (name, [Features, Inputs], ByFeature(Decoder));

    public static (string, long[], float[]) DecoderByOutput(string name) => (name, [Inputs, Features], ByInput(Decoder));

    public static (string, long[], float[]) Vector(string name, float[] values) => (name, [values.Length], values);

    public static (string, long[], float[]) Scalar(string name, float value) => (name, [], [value]);

    public static byte[] InSafetensors(params (string Name, long[] Shape, float[] Values)[] tensors)
    {
        StringBuilder header = new("{");
        List<byte> data = [];
        foreach ((string name, long[] shape, float[] values) in tensors)
        {
            byte[] bytes = MemoryMarshal.AsBytes<float>(values).ToArray();
            header.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{(data.Count == 0 ? "" : ",")}\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{data.Count},{data.Count + bytes.Length}]}}");
            data.AddRange(bytes);
        }
        return SafetensorsTests.File(header.Append('}').ToString(), [.. data]);
    }

    public static byte[] InNpz(params (string Name, long[] Shape, float[] Values)[] tensors) => NpzTests.Npz(CompressionLevel.Optimal,
        [.. tensors.Select(tensor => (tensor.Name + ".npy", NpyTests.Npy("'<f4'", $"({string.Join(", ", tensor.Shape)},)", MemoryMarshal.AsBytes<float>(tensor.Values).ToArray())))]);

    public static byte[] InTorch(params (string Name, long[] Shape, float[] Values)[] tensors) => InTorchWith(tensors).Zip();

    public static TorchWriter InTorchWith((string Name, long[] Shape, float[] Values)[] tensors, params (string, Action<TorchWriter>)[] others) => new TorchWriter().Dictionary(
        [.. tensors.Select(tensor => (tensor.Name, (Action<TorchWriter>)(writer => writer.Floats(tensor.Values, tensor.Shape)))), .. others]);

    /// <summary>The matrices and biases as every layout must give them.</summary>
    public static void IsThatOne(SaeWeights weights)
    {
        Assert.Equal((Inputs, Inputs, Features), (weights.InputDimension, weights.OutputDimension, weights.FeatureCount));
        Assert.Equal(ByFeature(Encoder), weights.Encoder);
        Assert.Equal(ByFeature(Decoder), weights.Decoder);
        Assert.Equal(Bias, weights.EncoderBias);
        Assert.Equal(Centre, weights.DecoderBias);
        Assert.Equal(64, weights.Files[0].Sha256.Length);
    }
}
