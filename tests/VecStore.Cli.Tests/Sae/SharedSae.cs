using VecStore.Analysis;
using VecStore.Formats;

namespace VecStore.Cli.Tests.Sae;

/// <summary>Real activations, autoencoders and latents beside the checkout; tests that need them skip where they are missing.</summary>
internal static class SharedSae
{
    /// <summary>A file under shared/data.</summary>
    public static string File(string name) => Checkout.Shared("data/" + name);

    /// <summary>The rows of a file, whole.</summary>
    public static float[] Rows(string path, SourceOptions? options = null)
    {
        using VectorSource source = VectorSource.Open(path, options);
        float[] rows = new float[source.RowCount!.Value * source.Dimension];
        VectorBlock block = new(8192);
        for (int at = 0; source.Read(block); at += block.Count * source.Dimension) block.Rows.AsSpan(0, block.Count * source.Dimension).CopyTo(rows.AsSpan(at));
        return rows;
    }

    /// <summary>The numbers of a one-dimensional array.</summary>
    public static float[] Numbers(string path, string tensor) => Rows(path, new SourceOptions { Tensor = tensor, Dimension = 1 });

    /// <summary>Keeps all firings.</summary>
    public sealed class Firings : IFiringSink
    {
        public List<long> Documents { get; } = [];

        public List<int> TokenStarts { get; } = [];

        public List<int> Features { get; } = [];

        public List<float> Activations { get; } = [];

        public void AppendDocument(
            long document, ReadOnlySpan<int> tokenStarts, ReadOnlySpan<int> features, ReadOnlySpan<float> activations, ReadOnlySpan<int> tokens = default)
        {
            Documents.Add(document);
            foreach (int start in tokenStarts[..^1]) TokenStarts.Add(Features.Count + start);
            Features.AddRange(features);
            Activations.AddRange(activations);
        }
    }
}
