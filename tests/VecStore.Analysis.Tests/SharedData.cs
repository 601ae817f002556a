using System.Text.Json;

namespace VecStore.Analysis.Tests;

/// <summary>The real data beside the checkout (../shared, or VECSTORE_SHARED); tests that need it skip, saying so, where it is missing.</summary>
internal static class SharedData
{
    private static readonly Lazy<(float[] Values, int Dimension, string[] Keys)> words = new(ReadWords);

    /// <summary>120,000 words, 100 dimensions, most frequent first; or the first so many of them.</summary>
    public static MemoryRows Words(int count = int.MaxValue)
    {
        Checkout.Shared("data/words/glove6b-100d-120k.npy");
        (float[] values, int dimension, string[] keys) = words.Value;
        count = Math.Min(count, keys.Length);
        return new(values.AsMemory(0, count * dimension), dimension, new ArraySegment<string>(keys, 0, count));
    }

    public static JsonElement Reference(string name)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Checkout.Shared("data/reference/" + name)));
        return document.RootElement.Clone();
    }

    private static (float[], int, string[]) ReadWords()
    {
        byte[] file = File.ReadAllBytes(Checkout.Shared("data/words/glove6b-100d-120k.npy"));
        const int dimension = 100;
        int header = 10 + BitConverter.ToUInt16(file, 8); // .npy version 1
        float[] values = new float[(file.Length - header) / sizeof(float)];
        Buffer.BlockCopy(file, header, values, 0, values.Length * sizeof(float));
        string[] keys = File.ReadAllLines(Checkout.Shared("data/words/glove6b-100d-120k.vocab.txt"));
        Assert.Equal(keys.Length, values.Length / dimension);
        return (values, dimension, keys);
    }
}
