namespace VecStore.Analysis;

/// <summary>Rows, analogies and vector arithmetic on a snapshot.</summary>
public static class SnapshotAnalogies
{
    /// <summary>
    /// The rows of a snapshot under a selection and an inner product: what every analysis takes. Valid as long as the snapshot.
    /// </summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="selection">Which rows; null means all.</param>
    /// <param name="inner">Rows are mapped by it as they are read; null means Euclidean.</param>
    /// <exception cref="KeyNotFoundException">A key of the selection has no row.</exception>
    public static IKeyedRows Rows(this Snapshot snapshot, RowSelection? selection = null, InnerProduct? inner = null)
    {
        SnapshotRows rows = new(snapshot, selection);
        return inner?.Map((IKeyedRows)rows) ?? rows;
    }

    /// <summary>The inner product whitened by the covariance of rows of a snapshot: the causal inner product of this population.</summary>
    /// <param name="population">A collection at one moment; it need not be the one that is studied, only of its dimension.</param>
    /// <param name="selection">Which rows are the population; null means all.</param>
    /// <param name="ridge">Added along the diagonal of the covariance, as a fraction of its mean eigenvalue.</param>
    /// <param name="scan">Threads, and where states of sealed segments are kept.</param>
    /// <param name="cancellation">Ends the pass.</param>
    /// <exception cref="ArgumentException">The covariance with its ridge cannot be inverted.</exception>
    public static InnerProduct WhitenedInnerProduct(
        this Snapshot population, RowSelection? selection = null, double ridge = 0.01, ScanOptions? scan = null, CancellationToken cancellation = default)
        => InnerProduct.Whitened(new SnapshotRows(population, selection), ridge, scan, cancellation);

    /// <summary>from is to to as of is to ?: for example man, king, woman.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="from">A key.</param>
    /// <param name="to">What it becomes.</param>
    /// <param name="of">The key that is to change in the same way.</param>
    /// <param name="options">Method, inner product, number of answers, restriction to the first rows.</param>
    /// <param name="selection">Only these rows are candidates, and only they may be named.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="KeyNotFoundException">A word is no key of the candidate rows.</exception>
    public static AnalogyResult SolveAnalogy(
        this Snapshot snapshot, string from, string to, string of, AnalogyOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
        => AnalogySolver.Solve(new SnapshotRows(snapshot, selection), from, to, of, options, cancellation);

    /// <summary>Evaluates a file of analogy questions.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="options">Methods, inner product, k, restriction to the first rows.</param>
    /// <param name="selection">Only these rows are vocabulary and candidates.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static AnalogyEvaluationResult EvaluateAnalogies(
        this Snapshot snapshot, AnalogyQuestionFile questions, AnalogyEvaluationOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
        => AnalogyEvaluation.Run(new SnapshotRows(snapshot, selection), questions, options, cancellation);

    /// <summary>The value of an expression over keys, for example <c>king - man + woman</c>.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="unitLength">Every key at length 1, as 3CosAdd and gensim add them up; false for the vectors as stored.</param>
    /// <param name="inner">The value lies in the space that it maps to; null means Euclidean.</param>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static float[] Evaluate(this Snapshot snapshot, VectorExpression expression, bool unitLength = true, InnerProduct? inner = null)
        => expression.Evaluate(new RowResolver(snapshot.Rows(inner: inner), unitLength));

    /// <summary>The rows of highest cosine with the value of an expression over unit rows, best first, by an exact scan.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="expression">The expression; its keys may lie outside the selection.</param>
    /// <param name="options">How many, inner product (of the expression too), restriction to the first rows, keys left out.</param>
    /// <param name="keepInputs">The keys of the expression may be answers too.</param>
    /// <param name="selection">Only these rows are candidates.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static IReadOnlyList<ScoredKey> Nearest(
        this Snapshot snapshot, VectorExpression expression, NearestOptions? options = null, bool keepInputs = false, RowSelection? selection = null,
        CancellationToken cancellation = default)
    {
        options ??= new();
        float[] target = snapshot.Evaluate(expression, unitLength: true, options.Inner);
        if (target.AsSpan().IndexOfAnyExcept(0f) < 0) throw new ArgumentException($"{expression} is the zero vector: nothing is near it", nameof(expression));
        if (!keepInputs) options = options with { Except = [.. options.Except, .. expression.Keys] };
        return NearestRows.Find(snapshot.Rows(selection, options.Inner), [target], options with { Inner = null }, cancellation)[0];
    }

    /// <summary>The rows nearest to a key's row, best first, by an exact scan; the key itself is left out.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="key">The key.</param>
    /// <param name="options">How many, inner product, restriction to the first rows, keys left out.</param>
    /// <param name="selection">Only these rows are candidates.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="KeyNotFoundException">The key has no row.</exception>
    public static IReadOnlyList<ScoredKey> NearestTo(
        this Snapshot snapshot, string key, NearestOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
    {
        options ??= new();
        IKeyedRows all = snapshot.Rows(inner: options.Inner);
        float[] vector = new float[all.Dimension];
        all.Read(RowKeys.Find(all, key), vector);
        return NearestRows.Find(snapshot.Rows(selection, options.Inner), [vector], options with { Inner = null, Except = [.. options.Except, key] }, cancellation)[0];
    }
}
