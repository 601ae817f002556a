namespace VecStore.Analysis;

/// <summary>Subspaces, comparisons of spaces, relations and linear representation tests on snapshots.</summary>
public static class SnapshotSpaces
{
    /// <summary>Moments, spectrum, intrinsic dimension; where a second selection is given, the angles between the two groups' subspaces.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="options">Inner product, components, sub-sample, seed.</param>
    /// <param name="selection">Which rows; where groups are compared, the first group.</param>
    /// <param name="other">The second group.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SubspaceReport Subspace(
        this Snapshot snapshot, SubspaceOptions? options = null, RowSelection? selection = null, RowSelection? other = null, CancellationToken cancellation = default)
        => SubspaceStudy.Run(snapshot.Rows(selection), other is null ? null : snapshot.Rows(other), options, cancellation);

    /// <summary>How alike two collections of the same keys are; keys that only one has are left out.</summary>
    /// <param name="first">A collection at one moment.</param>
    /// <param name="second">Another, of any dimension.</param>
    /// <param name="selection">Which rows of the first.</param>
    /// <param name="inner">Mapped to before comparing, in the first and in the second.</param>
    /// <param name="sampledPairs">Pairs of keys for representational similarity.</param>
    /// <param name="nullDraws">Shuffles for its null.</param>
    /// <param name="seed">Seed of sample and null.</param>
    /// <param name="scan">Threads.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Fewer than three keys are in both.</exception>
    public static SpaceComparisonResult CompareWith(
        this Snapshot first, Snapshot second, RowSelection? selection = null, (InnerProduct? First, InnerProduct? Second) inner = default, int sampledPairs = 20_000,
        int nullDraws = 99, ulong seed = 0, ScanOptions? scan = null, CancellationToken cancellation = default)
        => SpaceComparison.Run(new PairedRows(first.Rows(selection, inner.First), second.Rows(null, inner.Second)), sampledPairs, nullDraws, seed, scan, cancellation);

    /// <summary>Tests concepts given as pairs of keys: within and across concepts, under two inner products, and alignment with a second collection.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="concepts">Concepts of two or more pairs.</param>
    /// <param name="inner">A second inner product beside the plain one, for example the causal one.</param>
    /// <param name="aligned">A second collection of the same keys and dimension, for example unembeddings.</param>
    /// <param name="selection">Rows from which random pairs are drawn, and whose keys the pairs may name.</param>
    /// <param name="draws">Draws of random pairs.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ConceptStudyResult TestConcepts(
        this Snapshot snapshot, IReadOnlyList<ConceptPairs> concepts, InnerProduct? inner = null, Snapshot? aligned = null, RowSelection? selection = null,
        int draws = 199, ulong seed = 0, CancellationToken cancellation = default)
        => ConceptStudy.Run(snapshot.Rows(selection), concepts, inner, aligned?.Rows(), draws, seed, cancellation);

    /// <summary>How parallel relations are, before and after a linear discriminant. Keys that are not found as written are looked up in lower case.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="relations">Relations as pairs of keys.</param>
    /// <param name="options">Components, folds, null.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    /// <param name="selection">Rows whose keys count.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">Fewer than two relations have enough pairs.</exception>
    public static RelationStudyResult StudyRelations(
        this Snapshot snapshot, IReadOnlyList<ConceptPairs> relations, RelationStudyOptions? options = null, InnerProduct? inner = null, RowSelection? selection = null,
        CancellationToken cancellation = default)
    {
        IKeyedRows rows = snapshot.Rows(selection, inner);
        return RelationStudy.Run([.. relations.Select(relation => RelationDifferences.Of(relation.Name, rows, relation.Pairs))], options, cancellation);
    }

    /// <summary>How linear log-odds are in the projection on a direction, from a field of the rows: booleans are labels, numbers from 0 to 1 are probabilities.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="direction">A vector in the space that the inner product maps to.</param>
    /// <param name="field">The field; rows without it are left out.</param>
    /// <param name="selection">Which rows.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="ArgumentException">No such field, or its values are neither booleans nor probabilities.</exception>
    public static LogOddsFit FitLogOdds(
        this Snapshot snapshot, double[] direction, string field, RowSelection? selection = null, InnerProduct? inner = null, CancellationToken cancellation = default)
    {
        double[] numbers = snapshot.NumbersOf(field, selection);
        IKeyedRows rows = snapshot.Rows(selection, inner);
        List<double> projections = [], values = [];
        float[] vector = new float[rows.Dimension];
        for (int row = 0; row < rows.Count; row++)
        {
            if (row % Scan.BatchRows == 0) cancellation.ThrowIfCancellationRequested();
            if (double.IsNaN(numbers[row])) continue;
            rows.Read(row, vector);
            projections.Add(DoubleVectors.Dot(direction, [.. vector.Select(x => (double)x)]));
            values.Add(numbers[row]);
        }
        bool labels = values.TrueForAll(value => value is 0 or 1);
        return labels ? LogOddsFit.OfLabels(projections.ToArray(), values.Select(value => value == 1).ToArray())
            : LogOddsFit.OfProbabilities(projections.ToArray(), values.ToArray());
    }
}
