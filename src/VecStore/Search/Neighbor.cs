namespace VecStore;

/// <summary>
/// Where a row lies: the segment and the row in it. It stays true for as long as a snapshot in which it was seen; compaction moves rows.
/// </summary>
/// <param name="Segment">The segment's number, unique in its store for ever.</param>
/// <param name="Row">The row in the segment, from 0.</param>
public readonly record struct RowId(uint Segment, int Row);

/// <summary>One result of a search.</summary>
/// <param name="Row">Where the row lies; with string keys, <see cref="Snapshot.KeyOf(Neighbor)"/> tells its key.</param>
/// <param name="Key">The key in a collection with integer keys, otherwise 0.</param>
/// <param name="Score">Higher is nearer: cosine, inner product, or the Euclidean distance negated.</param>
public readonly record struct Neighbor(RowId Row, long Key, float Score);
