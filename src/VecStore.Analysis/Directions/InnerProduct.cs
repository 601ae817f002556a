using System.Globalization;

namespace VecStore.Analysis;

/// <summary>
/// An inner product on the space: Euclidean, cosine (every vector at length 1), or whitened by the covariance of a population (the causal inner product of Park, Choe and
/// Veitch 2023): (x, y) = x^T (C + ridge I)^-1 y. Vectors are mapped by the symmetric root, so that everything Euclidean works on what comes out.
/// </summary>
public sealed class InnerProduct
{
    private readonly SymmetricMatrix? root;
    private readonly Lazy<SymmetricMatrix>? inverseRoot;
    private readonly bool unit;

    private InnerProduct(string description, SymmetricMatrix? root = null, Lazy<SymmetricMatrix>? inverseRoot = null, bool unit = false)
    {
        Description = description;
        this.root = root;
        this.inverseRoot = inverseRoot;
        this.unit = unit;
    }

    /// <summary>What it is, with population and ridge.</summary>
    public string Description { get; }

    /// <summary>What a cosine under it is, in words: for results that show cosines.</summary>
    public string CosineDescription => root is null && !unit ? "cosine" : unit ? Description : "cosine, " + Description;

    /// <summary>The plain inner product.</summary>
    public static InnerProduct Euclidean { get; } = new("Euclidean");

    /// <summary>The plain inner product of vectors scaled to length 1; zero vectors stay zero.</summary>
    public static InnerProduct Cosine { get; } = new("cosine: every vector at length 1", unit: true);

    /// <summary>The inverse covariance of a population. Work 14 d^3, memory 3 d^2 doubles.</summary>
    /// <param name="population">Its covariance; the rows themselves are not centred.</param>
    /// <param name="ridge">Added along the diagonal, as a fraction of the mean eigenvalue. 0 needs many more rows than dimensions.</param>
    /// <exception cref="ArgumentException">The covariance with its ridge cannot be inverted.</exception>
    public static InnerProduct Whitened(CovarianceResult population, double ridge)
    {
        SymmetricMatrix covariance = population.Population;
        EigenResult eigen = SymmetricEigen.Decompose(covariance);
        return new(string.Create(CultureInfo.InvariantCulture, $"whitened by the covariance of {population.RowsSeen} rows, ridge {ridge:G3} of the mean eigenvalue"),
            SymmetricFunctions.Power(eigen, ridge, -0.5), new(() => SymmetricFunctions.Power(eigen, ridge, 0.5)));
    }

    /// <summary>The inverse covariance of rows, by one pass over them.</summary>
    /// <param name="population">The rows; they need not be those that are studied.</param>
    /// <param name="ridge">Added along the diagonal, as a fraction of the mean eigenvalue.</param>
    /// <param name="scan">Threads, and where states of sealed segments are kept.</param>
    /// <param name="cancellation">Ends the pass.</param>
    public static InnerProduct Whitened(IRowSource population, double ridge, ScanOptions? scan = null, CancellationToken cancellation = default)
        => Whitened(Scan.Run(population, new Covariance(population.Dimension), scan, cancellation), ridge);

    /// <summary>The vector whose Euclidean inner products are these.</summary>
    public double[] Map(ReadOnlySpan<double> vector)
    {
        if (root is not null) return root.Times(vector);
        double[] mapped = vector.ToArray();
        if (unit) DoubleVectors.Normalize(mapped);
        return mapped;
    }

    /// <summary>The vector that <see cref="Map(ReadOnlySpan{double})"/> would turn into this one; lengths that the cosine took away do not come back.</summary>
    public double[] Restore(ReadOnlySpan<double> mapped) => inverseRoot is null ? mapped.ToArray() : inverseRoot.Value.Times(mapped);

    /// <summary>Rows mapped as they are read: neighbours, analogies, spectra and directions under this inner product.</summary>
    public IKeyedRows Map(IKeyedRows rows) => root is not null ? new MappedRows(rows, root) : unit ? new UnitRows(rows) : rows;

    /// <summary>Rows mapped as they are read.</summary>
    public IRowSource Map(IRowSource rows) => root is not null ? new MappedRows(rows, root) : unit ? new UnitRows(rows) : rows;
}
