namespace VecStore.Analysis;

/// <summary>Spectra, components, directions and projections of a snapshot.</summary>
public static class SnapshotStudies
{
    /// <summary>The eigenvalue spectrum with its power law, interval and controls.</summary>
    public static SpectrumReport Spectrum(
        this Snapshot snapshot, SpectrumOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
        => SpectrumStudy.Run(new SnapshotRows(snapshot, selection), options, cancellation);

    /// <summary>Principal components, exact.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="count">How many; null means all.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="scan">Threads, and where states of sealed segments are kept.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static PrincipalComponents PrincipalComponents(
        this Snapshot snapshot, int? count = null, RowSelection? selection = null, ScanOptions? scan = null, CancellationToken cancellation = default)
        => Analysis.PrincipalComponents.Of(new SnapshotRows(snapshot, selection), count, scan, cancellation);

    /// <summary>A concept direction from pairs of keys, from the first to the second member.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="pairs">Pairs of keys.</param>
    /// <param name="options">Method, resamples, seed.</param>
    /// <param name="inner">The inner product; the direction lies in the space it maps to. Null means Euclidean.</param>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static PairDirectionResult LearnDirection(
        this Snapshot snapshot, IReadOnlyList<(string From, string To)> pairs, DirectionOptions? options = null, InnerProduct? inner = null)
    {
        SnapshotRows rows = new(snapshot);
        return PairDirections.Learn([.. pairs.Select(pair => Vector(rows, pair.From, inner))], [.. pairs.Select(pair => Vector(rows, pair.To, inner))], options);
    }

    /// <summary>A concept direction from two sets of keys, towards the positive one.</summary>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static SetDirectionResult LearnDirection(
        this Snapshot snapshot, IReadOnlyList<string> positive, IReadOnlyList<string> negative, DirectionOptions? options = null,
        InnerProduct? inner = null, CancellationToken cancellation = default)
    {
        SnapshotRows rows = new(snapshot);
        return SetDirections.Learn([.. positive.Select(key => Vector(rows, key, inner))], [.. negative.Select(key => Vector(rows, key, inner))], options, cancellation);
    }

    /// <summary>A concept direction from one set of keys against as many random other rows as asked for.</summary>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static SetDirectionResult LearnDirectionAgainstBackground(
        this Snapshot snapshot, IReadOnlyList<string> positive, int backgroundRows = 1_000, DirectionOptions? options = null,
        InnerProduct? inner = null, CancellationToken cancellation = default)
    {
        options ??= new();
        SnapshotRows rows = new(snapshot);
        HashSet<int> members = [.. positive.Select(key => Row(rows, key))];
        SeededRandom random = new(options.Seed, "background");
        int[] others = [.. random.Choose(Math.Min(rows.Count, backgroundRows + members.Count), rows.Count).Where(row => !members.Contains(row)).Take(backgroundRows)];
        return SetDirections.Learn([.. positive.Select(key => Vector(rows, key, inner))], [.. others.Select(row => Vector(rows, row, inner))], options, cancellation);
    }

    /// <summary>All rows projected on a direction: extremes, quantiles, histogram, groups.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="direction">A vector of the collection's dimension.</param>
    /// <param name="options">What to take of the projections.</param>
    /// <param name="selection">Which rows; row numbers in the result count these.</param>
    /// <param name="scan">Threads.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static ProjectionResult Project(
        this Snapshot snapshot, double[] direction, ProjectionOptions? options = null, RowSelection? selection = null,
        ScanOptions? scan = null, CancellationToken cancellation = default)
    {
        if (direction.Length != snapshot.Schema.Dimension)
            throw new ArgumentException($"a direction of {direction.Length} elements, the collection has {snapshot.Schema.Dimension}", nameof(direction));
        return Scan.Run(new SnapshotRows(snapshot, selection), new Projections([direction], options), scan, cancellation)[0];
    }

    /// <summary>The rows nearest to a key's vector moved by multiples of a direction; the key itself is left out.</summary>
    /// <exception cref="KeyNotFoundException">The key has no row.</exception>
    public static IReadOnlyList<IReadOnlyList<ScoredKey>> Steer(
        this Snapshot snapshot, string key, double[] direction, IReadOnlyList<double> multiples, NearestOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        SnapshotRows rows = new(snapshot);
        double[] start = Vector(rows, key, null);
        float[][] moved = [.. multiples.Select(multiple => DirectionAlgebra.Steer(start, direction, multiple).Select(x => (float)x).ToArray())];
        return NearestRows.Find(rows, moved, options with { Except = [.. options.Except, key] }, cancellation);
    }

    private static int Row(SnapshotRows rows, string key) => rows.TryFind(key, out int row) ? row : throw new KeyNotFoundException($"'{key}' is no key.");

    private static double[] Vector(SnapshotRows rows, string key, InnerProduct? inner) => Vector(rows, Row(rows, key), inner);

    private static double[] Vector(SnapshotRows rows, int row, InnerProduct? inner)
    {
        float[] vector = new float[rows.Dimension];
        rows.Read(row, vector);
        double[] wide = [.. vector.Select(x => (double)x)];
        return inner is null ? wide : inner.Map(wide);
    }
}
