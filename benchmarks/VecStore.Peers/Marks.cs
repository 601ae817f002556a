using System.Globalization;

namespace VecStore.Peers;

/// <summary>A figure that was promised: met or missed; NaN was not measured.</summary>
internal sealed record Mark(string Data, string Promise, double Figure, bool Met, string Note = "");

/// <summary>What the search engine has to show beside its peers.</summary>
internal static class Marks
{
    private const string Sizes = "size and opening", Scans = "exact search", Building = "building", Filters = "filtered search, one thread";

    public static List<Mark> Of(Comparison run)
    {
        var marks = new List<Mark>();
        string data = run.Data.Name;
        if (data == "gauss")
        {
            marks.Add(new(data, "noise: the planner scans", run.PlannerScans ? 1 : 0, run.PlannerScans, run.Planner));
            double recall = run["no options", "recall@10"], peer = run.Curves[0].RateAt(recall);
            double ratio = run["no options", "queries a second"] / (double.IsNaN(peer) ? run.Curves[0].Points[^1].Rate : peer);
            AtLeast(marks, data, "noise: queries/s with no options over hnswlib at that recall", ratio, 1, double.IsNaN(peer) ? "hnswlib does not reach it; its widest walk taken" : "");
            return marks;
        }

        bool words = data == "words";
        Walks(marks, run, words ? 1.25 : 1.0, words ? 1.7 : 2.3);
        double alone = run[Building, "hnswlib, 1 thread"];
        string recalls = string.Create(CultureInfo.InvariantCulture,
            $"recall at ef 64: hnswlib {Recall(run, Comparison.HnswlibLine):F4}, on codes {Recall(run, Comparison.CodesLine):F4}, on rows {Recall(run, Comparison.RowsLine):F4}");
        AtMost(marks, data, "build on rows, 1 thread, over hnswlib's single thread", run[Building, "VecStore, distances on rows, 1 thread"] / alone, 1.0, recalls);
        AtMost(marks, data, "build on rows, 2 threads, over hnswlib's single thread", run[Building, "VecStore, distances on rows, 2 threads"] / alone, 0.55);
        AtMost(marks, data, "build on codes, 1 thread, over hnswlib's single thread", run[Building, "VecStore, distances on codes (default), 1 thread"] / alone, 0.4);
        AtMost(marks, data, "build on codes, 2 threads, over hnswlib's 2 threads", run[Building, "VecStore, distances on codes (default), 2 threads"] / run[Building, "hnswlib, 2 threads"], 0.4);
        AtMost(marks, data, "graph, bytes a row", run[Sizes, "VecStore, of this the graph"], 160, string.Create(CultureInfo.InvariantCulture, $"codes {run[Sizes, "VecStore, of this the codes, int8 and signs"]:F0} beside it"));
        AtMost(marks, data, "open to first answer, ms", run[Sizes, "VecStore, open to first answer"], 10);
        foreach (int threads in (int[])[1, 2])
        {
            string with = Comparison.Threads(threads);
            AtLeast(marks, data, $"exact, one by one, over the read bandwidth, {with}", run[Scans, $"VecStore, one by one, over the faster read, {with}"], 0.9,
                "bytes of the rows answered for: by their bounds the codes tell which few to read");
            double faiss = run[Scans, $"VecStore, batch, over FAISS, {with}"], tuned = run[Scans, $"VecStore, batch, over FAISS SKYLAKEX, {with}"];
            AtLeast(marks, data, $"exact, batch of 1,000, over FAISS flat, {with}", faiss, words ? 4 : 1.5);
            if (!words) AtLeast(marks, data, $"exact, batch of 1,000, over FAISS flat SKYLAKEX, {with}", tuned, 0.85);
        }

        foreach (Row row in run.Tables["bytes allocated a query, warm"].Rows) AtMost(marks, data, $"bytes allocated a query, {row.Name}", row.Value, 0);
        foreach (string share in FilteredSearch.Shares)
        {
            AtLeast(marks, data, $"filter passing {share}: recall@10", run[Filters, $"selectivity {share}: recall@10"], 0.95);
            AtMost(marks, data, $"filter passing {share}: latency over the better of scan and unfiltered search", run[Filters, $"selectivity {share}: over the better of the two above"], 2);
        }

        return marks;
    }

    private static void Walks(List<Mark> marks, Comparison run, double onRows, double onCodes)
    {
        Curve Line(string name) => run.Curves.First(curve => curve.Name == name);
        foreach (double recall in (double[])[0.95, 0.99])
        {
            double peer = Line(Comparison.HnswlibLine).RateAt(recall), faiss = Line(Comparison.FaissLine).RateAt(recall), codes = Line(Comparison.CodesLine).RateAt(recall);
            AtLeast(marks, run.Data.Name, $"queries/s at recall {recall}, on rows, over hnswlib", Line(Comparison.RowsLine).RateAt(recall) / peer, onRows);
            AtLeast(marks, run.Data.Name, $"queries/s at recall {recall}, on codes, over hnswlib", codes / peer, onCodes);
            if (double.IsNaN(faiss)) marks.Add(new(run.Data.Name, $"queries/s at recall {recall}, on codes, over FAISS 8 bits", double.NaN, codes > 0, "FAISS does not reach it"));
            else AtLeast(marks, run.Data.Name, $"queries/s at recall {recall}, on codes, over FAISS 8 bits", codes / faiss, 1, "FAISS as Debian compiles it, without AVX");
        }
    }

    private static double Recall(Comparison run, string line) => run.Curves.First(curve => curve.Name == line).RecallAt(64);

    private static void AtLeast(List<Mark> marks, string data, string what, double figure, double least, string note = "") =>
        marks.Add(new(data, string.Create(CultureInfo.InvariantCulture, $"{what}: at least {least}"), figure, figure >= least, note));

    private static void AtMost(List<Mark> marks, string data, string what, double figure, double most, string note = "") =>
        marks.Add(new(data, string.Create(CultureInfo.InvariantCulture, $"{what}: at most {most}"), figure, figure <= most, note));
}
