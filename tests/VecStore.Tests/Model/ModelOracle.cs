namespace VecStore.Tests.Model;

/// <summary>A collection as a dictionary, searched by brute force in double precision. Vectors are held as they were read back after the write.</summary>
internal sealed class ModelOracle(CollectionSchema schema)
{
    public Dictionary<Key, (float[] Vector, FieldValues Fields)> Rows { get; } = [];

    /// <summary>How far the stored vector may be from the one that was given.</summary>
    public static void RequireNear(ElementType type, float[] given, float[] stored)
    {
        float largest = given.Length == 0 ? 0 : given.Max(Math.Abs);
        for (int i = 0; i < given.Length; i++)
        {
            double allowed = type switch
            {
                ElementType.Float32 => 0,
                ElementType.Float16 => Math.Max(Math.Abs(given[i]) / 2048, 1e-7),
                ElementType.BFloat16 => Math.Abs(given[i]) / 256,
                _ => largest / 127 * 0.5001,
            };
            Assert.True(Math.Abs(given[i] - (double)stored[i]) <= allowed, $"element {i}: {given[i]} was stored as {stored[i]} in {type}");
        }
    }

    public double Score(ReadOnlySpan<float> query, float[] row)
    {
        double dot = 0, queryLength = 0, rowLength = 0, squared = 0;
        for (int i = 0; i < row.Length; i++)
        {
            dot += (double)query[i] * row[i];
            queryLength += (double)query[i] * query[i];
            rowLength += (double)row[i] * row[i];
            squared += ((double)query[i] - row[i]) * ((double)query[i] - row[i]);
        }

        return schema.Metric switch
        {
            Metric.Dot => dot,
            Metric.Euclidean => -Math.Sqrt(squared),
            _ => queryLength == 0 || rowLength == 0 ? 0 : dot / Math.Sqrt(queryLength * rowLength),
        };
    }

    /// <summary>Holds an answer to what brute force finds: real rows, right scores, in order, no row twice, and when exact none left out.</summary>
    public void Check(Snapshot snapshot, ReadOnlySpan<float> query, ReadOnlySpan<Neighbor> answer, int asked, bool exact, Func<Key, bool> passes)
    {
        const double tolerance = 2e-4;
        float[] copy = query.ToArray();
        var seen = new HashSet<Key>();
        for (int i = 0; i < answer.Length; i++)
        {
            Key key = snapshot.KeyOf(answer[i]);
            Assert.True(seen.Add(key), $"{key} is in the answer twice");
            Assert.True(Rows.TryGetValue(key, out (float[] Vector, FieldValues Fields) row), $"{key} is in the answer, but not in the collection");
            Assert.True(passes(key), $"{key} is in the answer, but does not pass the filter");
            Assert.Equal(Score(copy, row.Vector), answer[i].Score, tolerance);
            if (i > 0) Assert.True(answer[i].Score <= answer[i - 1].Score, "the answer is not in order");
        }

        double[] all = [.. Rows.Where(row => passes(row.Key)).Select(row => Score(copy, row.Value.Vector)).OrderDescending()];
        Assert.Equal(Math.Min(asked, all.Length), answer.Length);
        if (exact && answer.Length > 0) Assert.Equal(all[answer.Length - 1], answer[^1].Score, tolerance);
    }
}
