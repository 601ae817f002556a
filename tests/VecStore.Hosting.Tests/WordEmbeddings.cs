using Microsoft.Extensions.AI;

namespace VecStore.Hosting.Tests;

/// <summary>A deterministic generator: each word has a direction drawn from its letters, a text is the sum of its words.</summary>
internal sealed class WordEmbeddings(int dimension = 64) : IEmbeddingGenerator<string, Embedding<float>>
{
    public int Calls { get; private set; }

    public int MostTexts { get; private set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Calls++;
        GeneratedEmbeddings<Embedding<float>> all = [.. values.Select(text => new Embedding<float>(Embed(text)))];
        MostTexts = Math.Max(MostTexts, all.Count);
        return Task.FromResult(all);
    }

    public float[] Embed(string text)
    {
        var sum = new float[dimension];
        foreach (string word in text.ToLowerInvariant().Split([' ', ',', '.', '?'], StringSplitOptions.RemoveEmptyEntries))
        {
            ulong state = 14695981039346656037; // FNV-1a of the letters, then splitmix64 for each element
            foreach (char letter in word) state = (state ^ letter) * 1099511628211;
            for (int i = 0; i < dimension; i++)
            {
                ulong bits = state += 0x9E3779B97F4A7C15;
                bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
                bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
                sum[i] += ((bits ^ (bits >> 31)) >> 40) / (float)(1 << 23) - 1;
            }
        }

        return sum;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
