namespace VecStore.Analysis;

/// <summary>What is asked of every layer.</summary>
public sealed record LayersOptions
{
    /// <summary>The spectrum of each layer. With no last rank the fit ends at the smaller of 150 and 90 % of the smallest dimension, so that all layers are fitted over the same ranks.</summary>
    public SpectrumOptions Spectrum { get; init; } = new();

    /// <summary>The clustering entropy of each layer; null leaves it out.</summary>
    public ClusteringEntropyOptions? Entropy { get; init; } = new();
}

/// <summary>One layer.</summary>
/// <param name="Name">The collection.</param>
/// <param name="Spectrum">Its spectrum with interval and controls.</param>
/// <param name="Entropy">Its clustering entropy, where it was asked for.</param>
public sealed record LayerFigures(string Name, SpectrumReport Spectrum, ClusteringEntropyResult? Entropy);

/// <summary>The same figures for a list of collections, for example the layers of a model.</summary>
/// <param name="Layers">In the order they were given.</param>
public sealed record LayersReport(IReadOnlyList<LayerFigures> Layers) : IAnalysisResult
{
    string IAnalysisResult.Title => "Spectra of several collections";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts
    {
        get
        {
            SpectrumReport first = Layers[0].Spectrum;
            return [new("collections", Layers.Count), new("first_rank", first.Fit.FirstRank), new("last_rank", first.Fit.LastRank), new("inner_product", first.InnerProduct),
                new("null", first.AlphaAgainstGaussian.Null), new("draws", first.AlphaAgainstGaussian.Draws), new("seed", first.AlphaAgainstGaussian.Seed)];
        }
    }

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("layers", new("collection", typeof(string)), new("rows_seen", typeof(long)), new("dimension", typeof(int)), new("alpha", typeof(double)),
                new("alpha_low", typeof(double)), new("alpha_high", typeof(double)), new("r2", typeof(double)), new("gaussian_alpha", typeof(double)), new("p", typeof(double)),
                new("marchenko_pastur_alpha", typeof(double)), new("participation_ratio", typeof(double)), new("log_determinant", typeof(double), "nats"),
                new("clustering_entropy", typeof(double), "nats"), new("entropy_low", typeof(double), "nats"), new("entropy_high", typeof(double), "nats"));
            foreach ((string name, SpectrumReport s, ClusteringEntropyResult? e) in Layers)
            {
                table.Add(name, s.RowsSeen, s.Dimension, s.Fit.Alpha, -s.Slope?.High, -s.Slope?.Low, s.Fit.R2, s.AlphaAgainstGaussian.NullMean,
                    s.AlphaAgainstGaussian.Draws > 0 ? s.AlphaAgainstGaussian.PValue : null, s.MarchenkoPasturAlpha, s.Spectrum.ParticipationRatio, s.LogDeterminant,
                    e?.ClusteringEntropy.Estimate, e?.ClusteringEntropy.Low, e?.ClusteringEntropy.High);
            }
            return [table];
        }
    }

    /// <summary>The exponent from layer to layer with its interval, beside the Gaussian control.</summary>
    public LinePlot Plot()
    {
        double[] place = [.. Enumerable.Range(1, Layers.Count).Select(i => (double)i)];
        PlotSeries rows = new("rows", place, [.. Layers.Select(layer => layer.Spectrum.Fit.Alpha)]);
        if (Layers.All(layer => layer.Spectrum.Slope is not null))
            rows = rows with { Band = ([.. Layers.Select(layer => -layer.Spectrum.Slope!.High)], [.. Layers.Select(layer => -layer.Spectrum.Slope!.Low)]) };
        return new("Power-law exponent by collection", new("collection, in the order given"), new("alpha"),
            [rows, new("Gaussian rows", place, [.. Layers.Select(layer => layer.Spectrum.AlphaAgainstGaussian.NullMean)])])
        {
            Marked = true,
            Note = string.Join(", ", Layers.Select((layer, i) => $"{i + 1} {layer.Name}")),
        };
    }
}

/// <summary>
/// The large-scale shape of several spaces in one table. Layers differ in more than depth: a difference in the number of active features of their autoencoders moves the slope as
/// much as depth does (METHODS: correlation -.73), so compare layers of equal sparsity.
/// </summary>
public static class LayersStudy
{
    /// <summary>Runs it, layer by layer: memory is that of one.</summary>
    /// <param name="layers">Names with their rows.</param>
    /// <param name="options">What is asked of each.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">No layer, or the fit ends beyond a layer's dimension.</exception>
    public static LayersReport Run(IReadOnlyList<(string Name, IRowSource Rows)> layers, LayersOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        if (layers.Count == 0) throw new ArgumentException("no layers were given", nameof(layers));
        int smallest = layers.Min(layer => layer.Rows.Dimension);
        SpectrumOptions spectrum = options.Spectrum with { LastRank = options.Spectrum.LastRank ?? SpectrumStudy.LastRankFor(smallest) };
        // Clustering entropies are comparable over the same number of dimensions and points only.
        ClusteringEntropyOptions? entropy = options.Entropy is null ? null : options.Entropy with
        {
            Components = Math.Min(options.Entropy.Components, smallest),
            SampleRows = Math.Min(options.Entropy.SampleRows, layers.Min(layer => layer.Rows.Count)),
        };
        List<LayerFigures> figures = [];
        long before = 0;
        foreach ((string name, IRowSource rows) in layers)
        {
            cancellation.ThrowIfCancellationRequested();
            SpectrumOptions told = spectrum with { Progress = spectrum.Progress is { } progress ? new SpectrumStudy.Offset(progress, before) : null };
            SpectrumReport report = SpectrumStudy.Run(rows, told, cancellation);
            before += (1L + spectrum.BootstrapDraws) * rows.Count;
            IRowSource mapped = spectrum.Inner?.Map(rows) ?? rows;
            figures.Add(new(name, report, entropy is null ? null : ClusteringEntropyStudy.Run(mapped, entropy, cancellation)));
        }
        return new(figures);
    }
}
