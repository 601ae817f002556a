namespace VecStore.Analysis;

/// <summary>Components, directions and projections of a snapshot.</summary>
public static class SnapshotStudies
{
    /// <summary>Principal components, exact.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="count">How many; null means all.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="scan">Threads, and where states of sealed segments are kept.</param>
    /// <param name="inner">The inner product; the components lie in the space it maps to. Null means Euclidean.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static PrincipalComponents PrincipalComponents(
        this Snapshot snapshot, int? count = null, RowSelection? selection = null, ScanOptions? scan = null, InnerProduct? inner = null, CancellationToken cancellation = default)
        => Analysis.PrincipalComponents.Of(snapshot.Rows(selection, inner), count, scan, cancellation);

    /// <summary>A concept direction from pairs of keys, from the first to the second member.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="pairs">Pairs of keys.</param>
    /// <param name="options">Method, resamples, seed.</param>
    /// <param name="inner">The inner product; the direction lies in the space it maps to. Null means Euclidean.</param>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static PairDirectionResult LearnDirection(
        this Snapshot snapshot, IReadOnlyList<(string From, string To)> pairs, DirectionOptions? options = null, InnerProduct? inner = null)
    {
        IKeyedRows rows = snapshot.Rows(inner: inner);
        return PairDirections.Learn([.. pairs.Select(pair => RowKeys.Vector(rows, pair.From))], [.. pairs.Select(pair => RowKeys.Vector(rows, pair.To))], options);
    }

    /// <summary>A concept direction from two sets of keys, towards the positive one.</summary>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    /// <exception cref="ArgumentException">A key is in both sets, or twice in one: copies would be tested on what they were learned from.</exception>
    public static SetDirectionResult LearnDirection(
        this Snapshot snapshot, IReadOnlyList<string> positive, IReadOnlyList<string> negative, DirectionOptions? options = null,
        InnerProduct? inner = null, CancellationToken cancellation = default)
    {
        if (positive.Intersect(negative, StringComparer.Ordinal).FirstOrDefault() is { } both) throw new ArgumentException($"'{both}' is in both sets", nameof(negative));
        RefuseTwice(positive);
        RefuseTwice(negative);
        IKeyedRows rows = snapshot.Rows(inner: inner);
        return SetDirections.Learn([.. positive.Select(key => RowKeys.Vector(rows, key))], [.. negative.Select(key => RowKeys.Vector(rows, key))], options, cancellation);
    }

    /// <summary>A concept direction from one set of keys against as many random other rows as asked for.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="positive">The set.</param>
    /// <param name="backgroundRows">How many other rows.</param>
    /// <param name="options">Method, resamples, seed.</param>
    /// <param name="inner">The inner product; the direction lies in the space it maps to. Null means Euclidean.</param>
    /// <param name="selection">Where the other rows come from; the set may lie outside.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static SetDirectionResult LearnDirectionAgainstBackground(
        this Snapshot snapshot, IReadOnlyList<string> positive, int backgroundRows = 1_000, DirectionOptions? options = null,
        InnerProduct? inner = null, RowSelection? selection = null, CancellationToken cancellation = default)
    {
        options ??= new();
        RefuseTwice(positive);
        IKeyedRows rows = snapshot.Rows(inner: inner), background = snapshot.Rows(selection, inner);
        HashSet<int> members = [.. positive.Select(key => background.TryFind(key, out int row) ? row : -1)];
        SeededRandom random = new(options.Seed, "background");
        int[] others = [.. random.Choose(Math.Min(background.Count, backgroundRows + members.Count), background.Count)
            .Where(row => !members.Contains(row)).Take(backgroundRows)];
        return SetDirections.Learn([.. positive.Select(key => RowKeys.Vector(rows, key))], [.. others.Select(row => RowKeys.Vector(background, row))], options, cancellation);
    }

    /// <summary>All rows projected on a direction: extremes, quantiles, histogram, groups.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="direction">A vector of the collection's dimension, in the space that the inner product maps to.</param>
    /// <param name="options">What to take of the projections.</param>
    /// <param name="selection">Which rows; row numbers in the result count these.</param>
    /// <param name="scan">Threads.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static ProjectionResult Project(
        this Snapshot snapshot, double[] direction, ProjectionOptions? options = null, RowSelection? selection = null,
        ScanOptions? scan = null, InnerProduct? inner = null, CancellationToken cancellation = default)
    {
        if (direction.Length != snapshot.Schema.Dimension)
            throw new ArgumentException($"a direction of {direction.Length} elements, the collection has {snapshot.Schema.Dimension}", nameof(direction));
        return Scan.Run(snapshot.Rows(selection, inner), new Projections([direction], options), scan, cancellation)[0];
    }

    private static void RefuseTwice(IReadOnlyList<string> set)
    {
        if (set.GroupBy(key => key, StringComparer.Ordinal).FirstOrDefault(key => key.Count() > 1) is { } twice) throw new ArgumentException($"'{twice.Key}' is {twice.Count()} times in one set", nameof(set));
    }
}
