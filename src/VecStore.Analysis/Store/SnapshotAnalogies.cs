namespace VecStore.Analysis;

/// <summary>Analogies and vector arithmetic on a snapshot.</summary>
public static class SnapshotAnalogies
{
    /// <summary>from is to to as of is to ?: for example man, king, woman.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="from">A key.</param>
    /// <param name="to">What it becomes.</param>
    /// <param name="of">The key that is to change in the same way.</param>
    /// <param name="options">Method, number of answers, restriction to the first rows.</param>
    /// <param name="filter">Only rows that pass are candidates, and only they may be named.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="KeyNotFoundException">A word is no key of the candidate rows.</exception>
    public static AnalogyResult SolveAnalogy(
        this Snapshot snapshot, string from, string to, string of, AnalogyOptions? options = null, Filter? filter = null, CancellationToken cancellation = default)
        => AnalogySolver.Solve(new SnapshotRows(snapshot, new() { Filter = filter }), from, to, of, options, cancellation);

    /// <summary>Evaluates a file of analogy questions.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="options">Methods, k, restriction to the first rows.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static AnalogyEvaluationResult EvaluateAnalogies(
        this Snapshot snapshot, AnalogyQuestionFile questions, AnalogyEvaluationOptions? options = null, CancellationToken cancellation = default)
        => AnalogyEvaluation.Run(new SnapshotRows(snapshot), questions, options, cancellation);

    /// <summary>The value of an expression over keys, for example <c>king - man + woman</c>.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="unitLength">Every key at length 1, as 3CosAdd and gensim add them up; false for the vectors as stored.</param>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    public static float[] Evaluate(this Snapshot snapshot, VectorExpression expression, bool unitLength = true)
        => expression.Evaluate(new RowResolver(new SnapshotRows(snapshot), unitLength));

    /// <summary>The rows of highest cosine with the value of an expression over unit rows, best first, by an exact scan.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="expression">The expression.</param>
    /// <param name="options">How many, restriction to the first rows, keys left out.</param>
    /// <param name="keepInputs">The keys of the expression may be answers too.</param>
    /// <param name="cancellation">Ends the scan.</param>
    public static IReadOnlyList<ScoredKey> Nearest(
        this Snapshot snapshot, VectorExpression expression, NearestOptions? options = null, bool keepInputs = false, CancellationToken cancellation = default)
    {
        options ??= new();
        SnapshotRows rows = new(snapshot);
        float[] target = expression.Evaluate(new RowResolver(rows, unitLength: true));
        if (!keepInputs) options = options with { Except = [.. options.Except, .. expression.Keys] };
        return NearestRows.Find(rows, [target], options, cancellation)[0];
    }
}
