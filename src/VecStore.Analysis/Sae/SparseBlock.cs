using System.Runtime.InteropServices;
using VecStore.Kernels;

namespace VecStore.Analysis;

/// <summary>Scratch of one thread and the firings of one block of rows.</summary>
internal sealed unsafe class SparseBlock : IDisposable
{
    private readonly List<int> features = [];
    private readonly List<float> activations = [];
    private readonly List<int> ends = [];
    private NativeBlock<float>? rounded;
    private NativeBlock<float>? products;
    private double[] exact = [];
    private int dimension;

    /// <summary>For each row what may be active in it.</summary>
    public SparseCandidates[] Candidates { get; private set; } = [];

    public float* Rows => rounded!.Base;

    public float* Products => products!.Base;

    /// <summary>Where the firings of each row end.</summary>
    public ReadOnlySpan<int> Ends => CollectionsMarshal.AsSpan(ends);

    public ReadOnlySpan<int> Features => CollectionsMarshal.AsSpan(features);

    public ReadOnlySpan<float> Activations => CollectionsMarshal.AsSpan(activations);

    public void Begin(int rows, int elements, int featuresAtATime)
    {
        features.Clear();
        activations.Clear();
        ends.Clear();
        dimension = elements;
        if (Candidates.Length >= rows) return;
        rounded?.Dispose();
        products?.Dispose();
        rounded = new((long)rows * elements);
        products = new((long)rows * featuresAtATime);
        exact = new double[rows * elements];
        Candidates = [.. Enumerable.Range(0, rows).Select(_ => new SparseCandidates())];
    }

    public Span<double> Exact(int row) => exact.AsSpan(row * dimension, dimension);

    public Span<float> Rounded(int row) => rounded!.Span((long)row * dimension, dimension);

    public void Add(int feature, float activation)
    {
        features.Add(feature);
        activations.Add(activation);
    }

    public void EndRow() => ends.Add(features.Count);

    public void Dispose()
    {
        rounded?.Dispose();
        products?.Dispose();
    }
}
