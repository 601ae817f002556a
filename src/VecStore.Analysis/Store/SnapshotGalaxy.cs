namespace VecStore.Analysis;

/// <summary>The large-scale shape of a snapshot's space.</summary>
public static class SnapshotGalaxy
{
    /// <summary>The eigenvalue spectrum with its power law, interval and controls.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="options">Range of the fit, inner product, resamples, controls, seed.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SpectrumReport Spectrum(
        this Snapshot snapshot, SpectrumOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
        => SpectrumStudy.Run(new SnapshotRows(snapshot, selection), options, cancellation);

    /// <summary>Spectrum and clustering entropy of several snapshots in one table, for example the layers of a model.</summary>
    /// <param name="layers">Collections at one moment, in the order of the table.</param>
    /// <param name="options">What is asked of each.</param>
    /// <param name="selection">Which rows of each.</param>
    /// <param name="cancellation">Ends it.</param>
    public static LayersReport SpectrumOfLayers(
        this IReadOnlyList<Snapshot> layers, LayersOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
        => LayersStudy.Run([.. layers.Select(layer => (layer.Collection, (IRowSource)layer.Rows(selection)))], options, cancellation);

    /// <summary>Clustering entropy: how much less entropy the rows have than a Gaussian of their covariance.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="options">Rows in a sub-sample, components, draws, seed.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ClusteringEntropyResult ClusteringEntropy(
        this Snapshot snapshot, ClusteringEntropyOptions? options = null, RowSelection? selection = null, InnerProduct? inner = null, CancellationToken cancellation = default)
        => ClusteringEntropyStudy.Run(snapshot.Rows(selection, inner), options, cancellation);

    /// <summary>Each row's coordinates along principal components, one row at a time: memory for one batch of rows, whatever their number.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="components">The components: the first three are the galaxy's map.</param>
    /// <param name="selection">Which rows; they need not be those that gave the components.</param>
    /// <param name="inner">The inner product under which the components were found.</param>
    /// <param name="cancellation">Ends it.</param>
    public static IEnumerable<RowCoordinates> Coordinates(
        this Snapshot snapshot, PrincipalComponents components, RowSelection? selection = null, InnerProduct? inner = null, CancellationToken cancellation = default)
        => components.Coordinates(snapshot.Rows(selection, inner), cancellation);
}
