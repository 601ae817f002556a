using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Cli.Tests;

/// <summary>Words with their vectors, written by this test's own hand in the formats of the field.</summary>
internal sealed record WordFiles(string[] Words, float[] Vectors, int Dimension)
{
    /// <summary>The first words of the project's sample.</summary>
    public static WordFiles Sample(int count)
    {
        byte[] file = File.ReadAllBytes(SamplePath("glove-20k-100d-f16.npy"));
        int header = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)); // .npy version 1
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(file.AsSpan(header))[..(count * 100)];
        float[] vectors = new float[halves.Length];
        for (int i = 0; i < halves.Length; i++) vectors[i] = (float)halves[i];
        return new WordFiles([.. File.ReadLines(SamplePath("glove-20k.vocab.txt")).Take(count)], vectors, 100);
    }

    public static string SamplePath(string name) => Path.Combine(AppContext.BaseDirectory, "Sample", name);

    public ReadOnlySpan<float> Row(int row) => Vectors.AsSpan(row * Dimension, Dimension);

    public string WriteNpy(string path)
    {
        string shape = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Words.Length}, {Dimension}), }}");
        using FileStream file = File.Create(path);
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0]);
        file.Write(Encoding.ASCII.GetBytes(shape.PadRight(117) + "\n"));
        file.Write(MemoryMarshal.AsBytes(Vectors.AsSpan()));
        return path;
    }

    public string WriteKeys(string path)
    {
        File.WriteAllText(path, string.Concat(Words.Select(word => word + "\n")));
        return path;
    }

    public string WriteGloVe(string path)
    {
        using var text = new StreamWriter(path) { NewLine = "\n" };
        for (int row = 0; row < Words.Length; row++)
        {
            text.Write(Words[row]);
            foreach (float x in Row(row)) text.Write(" " + x.ToString(CultureInfo.InvariantCulture));
            text.WriteLine();
        }

        return path;
    }

    public string WriteWord2VecBinary(string path)
    {
        using FileStream file = File.Create(path);
        file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Words.Length} {Dimension}\n")));
        for (int row = 0; row < Words.Length; row++)
        {
            file.Write(Encoding.UTF8.GetBytes(Words[row] + " "));
            file.Write(MemoryMarshal.AsBytes(Row(row)));
            file.WriteByte((byte)'\n');
        }

        return path;
    }
}
