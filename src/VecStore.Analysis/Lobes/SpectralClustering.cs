using System.Globalization;

namespace VecStore.Analysis;

/// <summary>A graph cut into lobes.</summary>
/// <param name="Labels">The lobe of each row, lobes numbered by descending size (the first row decides between equals).</param>
/// <param name="Sizes">Rows of each lobe.</param>
/// <param name="NormalizedCut">Sum over lobes of the weight that leaves the lobe over the weight of its rows (Shi and Malik 2000): 0 for separate lobes, at most k.</param>
/// <param name="KMeans">The clustering of the coordinates.</param>
/// <param name="Embedding">The eigenvectors.</param>
public sealed record SpectralClustering(int[] Labels, int[] Sizes, double NormalizedCut, KMeansResult KMeans, SpectralEmbedding Embedding)
{
    /// <summary>Cuts a graph into k lobes: k-means of the rows of k eigenvectors, as scikit-learn's SpectralClustering(assign_labels="kmeans") does.</summary>
    /// <param name="graph">The affinities.</param>
    /// <param name="lobes">k, at least 2.</param>
    /// <param name="spectral">How the eigenvectors are found.</param>
    /// <param name="kMeans">How the rows are clustered.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SpectralClustering Run(
        AffinityGraph graph, int lobes, SpectralOptions? spectral = null, KMeansOptions? kMeans = null, CancellationToken cancellation = default)
        => Cut(graph, SpectralEmbedding.Of(graph, RequireLobes(graph, lobes), spectral, cancellation), lobes, kMeans, cancellation);

    /// <summary>The same from eigenvectors that are there already, of which the first k count: for several k from one embedding.</summary>
    public static SpectralClustering Cut(
        AffinityGraph graph, SpectralEmbedding embedding, int lobes, KMeansOptions? kMeans = null, CancellationToken cancellation = default)
    {
        RequireLobes(graph, lobes);
        int dimensions = Math.Min(lobes, embedding.Vectors.Length);
        KMeansResult clusters = Analysis.KMeans.Run(embedding.Points(dimensions), dimensions, lobes, kMeans, cancellation);
        int[] labels = BySize(clusters.Labels, lobes, out int[] sizes);
        return new(labels, sizes, NormalizedCutOf(graph, labels, lobes), clusters, embedding);
    }

    /// <summary>Sum over labels of (weight from the label's rows to others) / (weight of all pairs of its rows with anything). Rows labelled -1 are others.</summary>
    public static double NormalizedCutOf(AffinityGraph graph, ReadOnlySpan<int> labels, int labelCount)
    {
        double[] leaving = new double[labelCount], all = new double[labelCount];
        for (int i = 0; i < graph.Count; i++)
        {
            if (labels[i] < 0) continue;
            double out_ = 0, sum = 0;
            for (long at = graph.Starts[i]; at < graph.Starts[i + 1]; at++)
            {
                int j = graph.IsDense ? (int)(at - graph.Starts[i]) : graph.Columns[at];
                sum += graph.Weights[at];
                if (labels[j] != labels[i]) out_ += graph.Weights[at];
            }
            leaving[labels[i]] += out_;
            all[labels[i]] += sum;
        }
        double cut = 0;
        for (int label = 0; label < labelCount; label++)
            if (all[label] > 0) cut += leaving[label] / all[label];
        return cut;
    }

    /// <summary>How the labels were made, in words.</summary>
    public string Describe(string affinity)
        => string.Create(CultureInfo.InvariantCulture,
            $"spectral clustering of {affinity}; k {Sizes.Length}; normalised Laplacian, tolerance {Embedding.Options.Tolerance:G2}, seed {Embedding.Options.Seed}; " +
            $"k-means++ with {KMeans.Options.Starts} starts, seed {KMeans.Options.Seed}; normalised cut {NormalizedCut:G6}");

    /// <summary>Renumbers clusters by descending size; the smaller first row decides between equals.</summary>
    internal static int[] BySize(int[] labels, int count, out int[] sizes)
    {
        int[] size = new int[count], first = new int[count];
        Array.Fill(first, int.MaxValue);
        for (int i = 0; i < labels.Length; i++)
        {
            size[labels[i]]++;
            first[labels[i]] = Math.Min(first[labels[i]], i);
        }
        int[] order = [.. Enumerable.Range(0, count).OrderByDescending(c => size[c]).ThenBy(c => first[c])], number = new int[count];
        for (int place = 0; place < count; place++) number[order[place]] = place;
        sizes = [.. order.Select(c => size[c])];
        return [.. labels.Select(label => number[label])];
    }

    private static int RequireLobes(AffinityGraph graph, int lobes)
        => lobes >= 2 && lobes <= graph.Count ? lobes : throw new ArgumentOutOfRangeException(nameof(lobes), lobes, $"2 to {graph.Count} lobes");
}
