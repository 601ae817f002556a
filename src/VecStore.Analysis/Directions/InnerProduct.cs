namespace VecStore.Analysis;

/// <summary>
/// An inner product on the space: Euclidean, or whitened by the covariance of a population (the causal inner product of Park, Choe and Veitch 2023):
/// (x, y) = x^T (C + ridge I)^-1 y. Vectors are mapped by the symmetric root, so that everything Euclidean works on what comes out.
/// </summary>
public sealed class InnerProduct
{
    private readonly SymmetricMatrix? root;

    private InnerProduct(SymmetricMatrix? root, string description)
    {
        this.root = root;
        Description = description;
    }

    /// <summary>What it is, with population and ridge.</summary>
    public string Description { get; }

    /// <summary>The plain inner product.</summary>
    public static InnerProduct Euclidean { get; } = new(null, "Euclidean");

    /// <summary>The inverse covariance of a population.</summary>
    /// <param name="population">Its covariance; the rows themselves are not centred.</param>
    /// <param name="ridge">Added along the diagonal, as a fraction of the mean eigenvalue. 0 needs many more rows than dimensions.</param>
    /// <exception cref="ArgumentException">The covariance with its ridge cannot be inverted.</exception>
    public static InnerProduct Whitened(CovarianceResult population, double ridge)
        => new(SymmetricFunctions.InverseSquareRoot(population.Population, ridge),
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"whitened by the covariance of {population.RowsSeen} rows, ridge {ridge:G3} of the mean eigenvalue"));

    /// <summary>The vector whose Euclidean inner products are these.</summary>
    public double[] Map(ReadOnlySpan<double> vector) => root is null ? vector.ToArray() : root.Times(vector);

    /// <summary>Rows mapped as they are read: neighbours, analogies, spectra and directions under this inner product.</summary>
    public IKeyedRows Map(IKeyedRows rows) => root is null ? rows : new MappedRows(rows, root);
}
