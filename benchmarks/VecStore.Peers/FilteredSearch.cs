using static VecStore.Filter;

namespace VecStore.Peers;

/// <summary>Filtered searches at several selectivities, beside the exact scan of all rows and the unfiltered search.</summary>
internal static class FilteredSearch
{
    private const int Passes = 5;

    /// <summary>Rows carry a slot from 0 to 999 drawn at random, so that "slot below 10" passes one row in a hundred.</summary>
    public static readonly FieldSchema Slot = new("slot", FieldType.Int64);

    /// <summary>The selectivities, as the report writes them.</summary>
    public static IEnumerable<string> Shares => Permille.Select(permille => $"{permille / 1000.0}");

    private static int[] Permille => [1, 10, 100, 500];

    public static List<Row> Run(VectorCollection collection, DataSet data)
    {
        var rows = new List<Row>();
        int queries = Math.Min(200, data.QueryCount);
        double exact = Median(collection, data, queries, SearchOptions.Exact, null, out _);
        double free = Median(collection, data, queries, SearchOptions.Default, SearchOptions.Exact, out double freeRecall);
        rows.Add(new Row("exact scan of all rows", exact * 1e6, "us"));
        rows.Add(new Row("unfiltered search", free * 1e6, "us"));
        rows.Add(new Row("unfiltered search: recall@10", freeRecall, ""));
        foreach (int permille in Permille)
        {
            Filter filter = Field("slot") < permille;
            double took = Median(collection, data, queries, new SearchOptions { Filter = filter }, new SearchOptions { Filter = filter, Method = SearchMethod.Exact }, out double recall);
            rows.Add(new Row($"selectivity {permille / 1000.0}: median latency", took * 1e6, "us"));
            rows.Add(new Row($"selectivity {permille / 1000.0}: over the better of the two above", took / Math.Min(exact, free), "x"));
            rows.Add(new Row($"selectivity {permille / 1000.0}: recall@10", recall, ""));
        }

        return rows;
    }

    // The truth comes first: an exact scan between two searches would empty the caches for the filtered ones and not for the unfiltered one.
    private static double Median(VectorCollection collection, DataSet data, int queries, SearchOptions options, SearchOptions? truth, out double recall)
    {
        var times = new double[Passes * queries];
        var nearest = new Neighbor[DataSet.Neighbors];
        var right = new Neighbor[queries * DataSet.Neighbors];
        int[] there = new int[queries];
        int hits = 0;
        for (int q = 0; truth is not null && q < queries; q++) there[q] = collection.Search(Query(q), right.AsSpan(q * DataSet.Neighbors, DataSet.Neighbors), truth);
        for (int pass = -1; pass < Passes; pass++)
        {
            for (int q = 0; q < queries; q++)
            {
                double start = OwnTime.Seconds(1);
                int found = collection.Search(Query(q), nearest, options);
                if (pass >= 0)
                {
                    times[(pass * queries) + q] = OwnTime.Seconds(1) - start;
                    continue;
                }

                foreach (Neighbor wanted in right.AsSpan(q * DataSet.Neighbors, there[q]))
                {
                    if (nearest.AsSpan(0, found).ToArray().Any(n => n.Key == wanted.Key)) hits++;
                }
            }
        }

        recall = hits / Math.Max(1.0, there.Sum());
        Array.Sort(times);
        return times[times.Length / 2];

        // Spread over all of them: the words come by frequency, and the frequent ones are easy to find.
        ReadOnlySpan<float> Query(int q) => data.Queries.AsSpan((int)((long)q * data.QueryCount / queries) * data.Dimension, data.Dimension);
    }
}
