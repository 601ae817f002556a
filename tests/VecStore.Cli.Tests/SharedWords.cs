using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VecStore.Cli.Tests;

/// <summary>The real data beside the checkout (../shared, or VECSTORE_SHARED); tests that need it skip, saying so, where it is missing.</summary>
internal static class SharedWords
{
    public static string Npy => Checkout.Shared("data/words/glove6b-100d-120k.npy");

    public static string Vocabulary => Checkout.Shared("data/words/glove6b-100d-120k.vocab.txt");

    public static string Questions => Checkout.Shared("data/analogies/questions-words.txt");

    public static JsonElement Reference(string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Checkout.Shared("data/reference/" + name)));

    public static WordFiles Read()
    {
        byte[] file = File.ReadAllBytes(Npy);
        int header = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)); // .npy version 1
        return new WordFiles(File.ReadAllLines(Vocabulary), MemoryMarshal.Cast<byte, float>(file.AsSpan(header)).ToArray(), 100);
    }
}
