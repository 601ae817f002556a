using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace VecStore.Cli.Tests;

/// <summary>The real data beside the checkout (../shared, or VECSTORE_SHARED); tests that need it skip, saying so, where it is missing.</summary>
internal static class SharedWords
{
    public static string Npy => Require("data/words/glove6b-100d-120k.npy");

    public static string Vocabulary => Require("data/words/glove6b-100d-120k.vocab.txt");

    public static string Questions => Require("data/analogies/questions-words.txt");

    public static JsonElement Reference(string name) => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Require("data/reference/" + name)));

    public static WordFiles Read()
    {
        byte[] file = File.ReadAllBytes(Npy);
        int header = 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)); // .npy version 1
        return new WordFiles(File.ReadAllLines(Vocabulary), MemoryMarshal.Cast<byte, float>(file.AsSpan(header)).ToArray(), 100);
    }

    public static string Require(string relative)
    {
        string? root = Root();
        Assert.SkipWhen(root is null, "the folder 'shared' is not beside the checkout and VECSTORE_SHARED is not set");
        string path = Path.Combine(root!, relative);
        Assert.SkipUnless(File.Exists(path), $"{path} is missing");
        return path;
    }

    private static string? Root()
    {
        if (Environment.GetEnvironmentVariable("VECSTORE_SHARED") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "VecStore.sln"))) continue;
            string shared = Path.Combine(folder.FullName, "..", "shared");
            return Directory.Exists(shared) ? shared : null;
        }

        return null;
    }
}
