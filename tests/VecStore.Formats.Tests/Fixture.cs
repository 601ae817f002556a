namespace VecStore.Formats.Tests;

/// <summary>Small files that other programs wrote: torch 1.13 (.pt), apache-arrow 21 for JavaScript (.arrow).</summary>
internal static class Fixture
{
    public static byte[] Bytes(string name)
    {
        using Stream stream = typeof(Fixture).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
