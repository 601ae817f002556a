using System.Diagnostics;
using static VecStore.Filter;

namespace VecStore.Peers;

/// <summary>Filtered searches at several selectivities, beside the exact scan of all rows and the unfiltered search.</summary>
internal static class FilteredSearch
{
    /// <summary>Rows carry a slot from 0 to 999 drawn at random, so that "slot below 10" passes one row in a hundred.</summary>
    public static readonly FieldSchema Slot = new("slot", FieldType.Int64);

    /// <summary>The selectivities, as the report writes them.</summary>
    public static IEnumerable<string> Shares => Permille.Select(permille => $"{permille / 1000.0}");

    private static int[] Permille => [1, 10, 100, 500];

    public static List<Row> Run(VectorCollection collection, DataSet data)
    {
        var rows = new List<Row>();
        int queries = Math.Min(200, data.Queries.Length / data.Dimension);
        double exact = Median(collection, data, queries, SearchOptions.Exact, null, out _);
        double free = Median(collection, data, queries, SearchOptions.Default, null, out _);
        rows.Add(new Row("exact scan of all rows", exact * 1e6, "us"));
        rows.Add(new Row("unfiltered search", free * 1e6, "us"));
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

    private static double Median(VectorCollection collection, DataSet data, int queries, SearchOptions options, SearchOptions? truth, out double recall)
    {
        var times = new double[queries];
        var nearest = new Neighbor[DataSet.Neighbors];
        var right = new Neighbor[DataSet.Neighbors];
        int hits = 0;
        int possible = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int q = 0; q < queries; q++)
            {
                ReadOnlySpan<float> query = data.Queries.AsSpan(q * data.Dimension, data.Dimension);
                long start = Stopwatch.GetTimestamp();
                int found = collection.Search(query, nearest, options);
                times[q] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                if (truth is null || pass == 0) continue;
                int there = collection.Search(query, right, truth);
                possible += there;
                for (int i = 0; i < there; i++)
                {
                    if (nearest.AsSpan(0, found).ToArray().Any(n => n.Key == right[i].Key)) hits++;
                }
            }
        }

        recall = possible == 0 ? 1 : hits / (double)possible;
        Array.Sort(times);
        return times[queries / 2];
    }
}
