using System.Diagnostics;

namespace VecStore.Peers;

/// <summary>Nine searches to one write (half of them upserts of rows that are there, a quarter new rows, a quarter deletes), for minutes, on one thread, while the store seals and merges in the background.</summary>
internal static class MixedLoad
{
    public static List<Row> Run(VectorStore store, VectorCollection collection, DataSet data, double minutes)
    {
        var random = new Random(5);
        var searches = new List<float>();
        var writes = new List<float>();
        var nearest = new Neighbor[DataSet.Neighbors];
        long next = data.Count;
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalMinutes < minutes)
        {
            int pick = random.Next(data.Queries.Length / data.Dimension);
            long start = Stopwatch.GetTimestamp();
            if (random.Next(10) != 0)
            {
                collection.Search(data.Queries.AsSpan(pick * data.Dimension, data.Dimension), nearest);
                searches.Add((float)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                continue;
            }

            int row = random.Next(data.Count);
            using (WriteBatch batch = collection.BeginWrite())
            {
                int kind = random.Next(4);
                if (kind == 0) batch.Delete(row);
                else batch.Upsert(kind == 1 ? next++ : row, data.Rows.AsSpan(random.Next(data.Count) * data.Dimension, data.Dimension), new() { ["slot"] = row % 1000 });
                batch.Commit();
            }

            writes.Add((float)Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        double seconds = clock.Elapsed.TotalSeconds;
        var rows = new List<Row> { new("operations", (searches.Count + writes.Count) / seconds, "a second") };
        Latencies(rows, "search", searches);
        Latencies(rows, "durable write", writes);
        rows.Add(new Row("recall@10 at the end", Recall(collection, data), ""));
        rows.Add(new Row("rows at the end", collection.Count, ""));
        rows.Add(new Row("bytes on disk", Directory.EnumerateFiles(store.Path, "*", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length) / 1048576.0, "MiB"));
        return rows;
    }

    private static void Latencies(List<Row> rows, string name, List<float> milliseconds)
    {
        milliseconds.Sort();
        foreach (double share in (double[])[0.5, 0.99, 0.999])
            rows.Add(new Row($"{name}, p{share * 100:0.#}", milliseconds[Math.Min(milliseconds.Count - 1, (int)(milliseconds.Count * share))], "ms"));
    }

    private static double Recall(VectorCollection collection, DataSet data)
    {
        var nearest = new Neighbor[DataSet.Neighbors];
        var right = new Neighbor[DataSet.Neighbors];
        int hits = 0;
        int queries = Math.Min(300, data.Queries.Length / data.Dimension);
        using Snapshot snapshot = collection.TakeSnapshot();
        for (int q = 0; q < queries; q++)
        {
            ReadOnlySpan<float> query = data.Queries.AsSpan(q * data.Dimension, data.Dimension);
            snapshot.Search(query, nearest);
            snapshot.Search(query, right, SearchOptions.Exact);
            // By score, since equal vectors may stand for one another.
            for (int i = 0; i < DataSet.Neighbors; i++)
            {
                if (nearest[i].Score >= right[^1].Score) hits++;
            }
        }

        return hits / (double)(queries * DataSet.Neighbors);
    }
}
