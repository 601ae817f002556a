using System.Globalization;

namespace VecStore.Analysis;

/// <summary>A row moved along a direction, and what is near it there.</summary>
/// <param name="Key">The row.</param>
/// <param name="Multiple">How far along the direction.</param>
/// <param name="Neighbors">The nearest rows, the row itself left out, best first.</param>
public sealed record SteeredRow(string Key, double Multiple, IReadOnlyList<ScoredKey> Neighbors);

/// <summary>Rows moved by several multiples of a direction. Exact: every candidate was compared.</summary>
/// <param name="Metric">What the cosines are, in words.</param>
/// <param name="RowsSeen">Candidates.</param>
/// <param name="Rows">For each key each multiple.</param>
public sealed record SteeringResult(string Metric, int RowsSeen, IReadOnlyList<SteeredRow> Rows) : IAnalysisResult
{
    string IAnalysisResult.Title => "rows moved along a direction";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts => [new("metric", Metric), new("rows_seen", RowsSeen), new("exact", true)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("steered", new("key", typeof(string)), new("multiple", typeof(double)), new("rank", typeof(int)), new("neighbor", typeof(string)), new("cosine", typeof(float)));
            foreach (SteeredRow row in Rows)
                for (int i = 0; i < row.Neighbors.Count; i++) table.Add(row.Key, row.Multiple, i + 1, row.Neighbors[i].Key, row.Neighbors[i].Score);
            return [table];
        }
    }
}

/// <summary>Steering in batch.</summary>
public static class SnapshotSteering
{
    /// <summary>The rows nearest to the vectors of keys moved by multiples of a direction: all keys and multiples in one pass; a key is left out of its own answers.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="keys">Where they start; they may lie outside the selection.</param>
    /// <param name="direction">A vector of the collection's dimension, in the space that the options' inner product maps to.</param>
    /// <param name="multiples">How far to go.</param>
    /// <param name="options">How many neighbours, inner product, restriction to the first rows, keys left out of all answers.</param>
    /// <param name="selection">Only these rows are candidates.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="KeyNotFoundException">A key has no row.</exception>
    /// <exception cref="ArgumentException">A multiple that leads out of what float32 holds.</exception>
    public static SteeringResult Steer(
        this Snapshot snapshot, IReadOnlyList<string> keys, double[] direction, IReadOnlyList<double> multiples, NearestOptions? options = null,
        RowSelection? selection = null, CancellationToken cancellation = default)
    {
        options ??= new();
        IKeyedRows all = snapshot.Rows(inner: options.Inner), candidates = snapshot.Rows(selection, options.Inner);
        float[] start = new float[all.Dimension];
        if (direction.Length != start.Length) throw new ArgumentException($"a direction of {direction.Length} elements, the collection has {start.Length}", nameof(direction));
        List<float[]> moved = [];
        foreach (string key in keys)
        {
            all.Read(RowKeys.Find(all, key), start);
            foreach (double multiple in multiples)
            {
                float[] there = [.. start.Select((x, k) => (float)(x + multiple * direction[k]))];
                moved.Add(there.All(float.IsFinite) ? there : throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"'{key}' moved by {multiple} lies beyond the largest float32, 3.4e38: smaller multiples are needed"), nameof(multiples)));
            }
        }
        // One more than is asked for: the key itself may be among them.
        ScoredKey[][] found = NearestRows.Find(candidates, moved, options with { Inner = null, Count = options.Count + 1 }, cancellation);
        SteeredRow[] rows = [.. found.Select((near, i) =>
        {
            string key = keys[i / multiples.Count];
            return new SteeredRow(key, multiples[i % multiples.Count], [.. near.Where(one => one.Key != key).Take(options.Count)]);
        })];
        return new((options.Inner ?? InnerProduct.Euclidean).CosineDescription, Math.Min(candidates.Count, options.Restrict ?? candidates.Count), rows);
    }
}
