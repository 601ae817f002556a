using System.Diagnostics;
using System.Globalization;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Demonstration;

/// <summary>Measures exact search and the graph on the same queries: words spread over the whole vocabulary.</summary>
internal static class SearchSpeed
{
    private const int Queries = 1_000;
    private const int K = 10;
    private static readonly int[] Efforts = [0, 32, 128];

    public static (DemoSpeed Exact, DemoSpeed[] Graph) Measure(Snapshot words, DemoStage stage, CancellationToken cancellation)
    {
        float[][] queries = Sample(words);
        RowId[][] truth = new RowId[queries.Length][];
        DemoSpeed exact = One(words, queries, SearchOptions.Exact, null, truth, cancellation);
        DemoSpeed[] graph = [.. Efforts.Select(ef =>
            One(words, queries, new SearchOptions { Method = SearchMethod.Approximate, Effort = ef }, ef, truth, cancellation))];
        TextTable table = new TextTable().Column("search").Column("recall@10", right: true).Column("queries/s", right: true).Column("times exact", right: true);
        foreach (DemoSpeed speed in graph.Prepend(exact))
        {
            string name = speed.Ef switch { null => "exact", 0 => "HNSW, its own ef", var ef => $"HNSW, ef = {ef}" };
            table.Row(name, speed.Recall.ToString("0.000", CultureInfo.InvariantCulture), Display.Count((long)speed.QueriesPerSecond),
                (speed.QueriesPerSecond / exact.QueriesPerSecond).ToString("0.0", CultureInfo.InvariantCulture));
        }

        table.Write(stage.Terminal);
        return (exact, graph);
    }

    private static float[][] Sample(Snapshot words)
    {
        var queries = new List<float[]>();
        long every = Math.Max(1, words.Count / Queries);
        long at = 0;
        foreach (ScannedRow row in words.Scan())
        {
            if (at++ % every != 0 || queries.Count == Queries) continue;
            float[] query = new float[words.Schema.Dimension];
            row.ReadVector(query);
            queries.Add(query);
        }

        return [.. queries];
    }

    // The first run, by exact search, fills the truth; the others are measured against it.
    private static DemoSpeed One(Snapshot words, float[][] queries, SearchOptions options, int? ef, RowId[][] truth, CancellationToken cancellation)
    {
        var nearest = new Neighbor[K];
        for (int i = 0; i < queries.Length / 5; i++) words.Search(queries[i], nearest, options); // the compiler warms up
        var answers = new RowId[queries.Length][];
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < queries.Length; i++)
        {
            if (i % 100 == 0) cancellation.ThrowIfCancellationRequested();
            int found = words.Search(queries[i], nearest, options);
            answers[i] = new RowId[found];
            for (int j = 0; j < found; j++) answers[i][j] = nearest[j].Row;
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        int right = 0;
        for (int i = 0; i < queries.Length; i++)
        {
            truth[i] ??= answers[i];
            right += truth[i].Intersect(answers[i]).Count();
        }

        return new DemoSpeed(ef, (double)right / truth.Sum(rows => rows.Length), queries.Length / seconds);
    }
}
