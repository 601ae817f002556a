using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Cli.Tests.Sae;

/// <summary>Six features of four inputs in safetensors, fifteen rows of activations and their tokens in .npy.</summary>
internal sealed class SmallSae
{
    private readonly float[] encoder;
    private readonly float[] rows;

    private SmallSae(TestFolder folder)
    {
        Random random = new(1);
        // Multiples of 1/8: every product is exact, whatever the order of the sums.
        float[] Eighths(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-40, 41) / 8f)];
        (encoder, rows) = (Eighths(24), Eighths(60));
        Weights = folder["w.safetensors"];
        Activations = folder["a.npy"];
        Tokens = folder["t.npy"];
        string header = """{"W_enc":{"dtype":"F32","shape":[6,4],"data_offsets":[0,96]},"W_dec":{"dtype":"F32","shape":[6,4],"data_offsets":[96,192]},"b_enc":{"dtype":"F32","shape":[6],"data_offsets":[192,216]},"b_dec":{"dtype":"F32","shape":[4],"data_offsets":[216,232]}}""";
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(Weights, [.. length, .. Encoding.ASCII.GetBytes(header), .. Bytes(encoder), .. Bytes(Eighths(24)), .. new byte[24], .. Bytes(Eighths(4))]);
        File.WriteAllBytes(Activations, Npy("<f4", "(15, 4)", Bytes(rows)));
        File.WriteAllBytes(Tokens, Npy("<i4", "(3, 6)", MemoryMarshal.AsBytes<int>([.. Enumerable.Range(0, 18).Select(i => 100 * (i / 6) + i % 6)]).ToArray()));
    }

    public string Weights { get; }

    public string Activations { get; }

    public string Tokens { get; }

    public static SmallSae Write(TestFolder folder) => new(folder);

    /// <summary>The pre-activation of a feature; all biases of the encoder are 0.</summary>
    public float Pre(int row, int feature, float scale) => Enumerable.Range(0, 4).Sum(i => scale * rows[4 * row + i] * encoder[4 * feature + i]);

    private static byte[] Bytes(float[] values) => MemoryMarshal.AsBytes<float>(values).ToArray();

    private static byte[] Npy(string type, string shape, byte[] data)
    {
        string header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}").PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, 118, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
