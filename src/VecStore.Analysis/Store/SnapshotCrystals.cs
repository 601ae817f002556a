namespace VecStore.Analysis;

/// <summary>Crystals and matches asked of snapshots.</summary>
public static class SnapshotCrystals
{
    /// <summary>
    /// The differences of given pairs of keys. A key that is not found as written is looked up in lower case, as <see cref="RelationDifferences"/> does; pairs with a key that has
    /// no row are left out, and the description counts them.
    /// </summary>
    public static PairDifferences Differences(this Snapshot snapshot, IReadOnlyList<(string From, string To)> pairs, RowSelection? selection = null, InnerProduct? inner = null)
    {
        IKeyedRows rows = snapshot.Rows(selection, inner);
        List<(int, int)> found = [];
        foreach ((string from, string to) in pairs)
            if (TryFind(from, out int a) && TryFind(to, out int b)) found.Add((a, b));
        return PairDifferences.Of(rows, found, pairs.Count);

        bool TryFind(string key, out int row) => rows.TryFind(key.Trim(), out row) || rows.TryFind(key.Trim().ToLowerInvariant(), out row);
    }

    /// <summary>Every feature of one collection with the nearest of another, and back.</summary>
    public static FeatureMatchingResult MatchFeatures(
        this Snapshot features, Snapshot others, MatchingOptions? options = null, RowSelection? selection = null, CancellationToken cancellation = default)
        => FeatureMatching.Match(features.Rows(selection), others.Rows(selection), options, cancellation);
}
