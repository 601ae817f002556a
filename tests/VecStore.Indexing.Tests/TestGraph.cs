using VecStore.Storage;

namespace VecStore.Indexing.Tests;

/// <summary>A graph built into a file of its own in the temporary folder.</summary>
internal sealed class TestGraph : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vecstore-graph-").FullName;

    public TestGraph(TestRows rows, HnswOptions? options = null, CancellationToken cancellation = default)
    {
        FilePath = Path.Combine(_folder, "1.graph");
        using (SectionFileWriter writer = SectionFileWriter.Create(new DiskFiles(), FilePath, FileKind.Graph, default))
        {
            HnswBuilder.Build(rows.Rows, rows.Metric, options ?? new HnswOptions { Threads = 2 }, writer, cancellation: cancellation);
            writer.Complete();
        }
        Graph = Open();
    }

    public string FilePath { get; }

    public HnswGraph Graph { get; private set; }

    public HnswGraph Open() => HnswGraph.Open(SectionFile.Open(new DiskFiles(), FilePath, FileKind.Graph));

    public void Dispose()
    {
        Graph.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Mean share of the true k nearest that a search finds; a row as near as the k-th true one counts.</summary>
    public double Recall(TestRows rows, float[][] queries, int k, HnswSearchOptions options, RowSet? deleted = null, RowSet? allowed = null)
    {
        var nearest = new ScoredRow[k];
        double sum = 0;
        foreach (float[] query in queries)
        {
            int found = HnswSearcher.Search(Graph, rows.Rows, query, options, deleted, allowed, nearest, out _);
            (int Row, double Score)[] truth = rows.Nearest(query, k, row => (deleted == null || !deleted.Contains(row)) && (allowed == null || allowed.Contains(row)));
            if (truth.Length == 0) continue;
            double last = truth[^1].Score;
            sum += nearest.Take(found).Count(x => rows.Score(query, x.Row) >= last - 1e-6) / (double)truth.Length;
        }
        return sum / queries.Length;
    }
}
