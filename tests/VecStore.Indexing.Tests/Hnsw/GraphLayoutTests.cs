using System.Runtime.InteropServices;

namespace VecStore.Indexing.Tests;

public class GraphLayoutTests
{
    [Fact]
    public void The_table_of_GRAPH_md_gives_the_offsets_of_the_struct()
    {
        Dictionary<string, int> table = File.ReadLines(Path.Combine(Checkout.Root, "src/VecStore.Indexing/Hnsw/GRAPH.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length > 5 && int.TryParse(cells[1], out _) && cells[4].Length > 0)
            .ToDictionary(cells => cells[4], cells => int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture));
        string[] fields = [.. typeof(GraphProperties).GetFields().Where(field => !field.IsLiteral).Select(field => field.Name)];
        Assert.Equal(fields.Order(), table.Keys.Order());
        Assert.All(fields, field => Assert.Equal(Marshal.OffsetOf<GraphProperties>(field), table[field]));
        Assert.Equal(320, Marshal.SizeOf<GraphProperties>());
        Assert.Equal(24, Marshal.SizeOf<ProbeStep>());
    }

    [Theory]
    [InlineData(16)]
    [InlineData(100)]
    [InlineData(768)]
    public void A_graph_takes_at_most_160_bytes_a_row_beside_its_codes(int dimension)
    {
        using var rows = new TestRows(TestVectors.Gaussian(2000, dimension, 1));
        using var graph = new TestGraph(rows, new HnswOptions { EfConstruction = 20 });
        Assert.InRange(graph.Graph.GraphBytes / 2000.0, 128, 160);
        Assert.Equal((2000L * ((dimension + 8 + 31) / 32 * 32)) + 64, graph.Graph.CodeBytes);
    }

    [Fact]
    public void Every_node_can_be_reached_and_stands_for_one_row()
    {
        using var rows = new TestRows([.. TestVectors.Gaussian(1500, 6, 1), .. Enumerable.Range(0, 500).Select(i => new float[] { 1, 1, 1, 1, 1, 1 + (i * 1e-6f) })]);
        using var graph = new TestGraph(rows);
        HnswGraph opened = graph.Graph;
        Assert.Equal(Enumerable.Range(0, 2000), Enumerable.Range(0, 2000).Select(node => opened.RowOf((uint)node)).Order());
        Assert.Equal(2000, Reached(opened));
    }

    private static unsafe int Reached(HnswGraph graph)
    {
        graph.Verify(TestContext.Current.CancellationToken);
        var lists = new TrustedLists((uint*)graph.LinkSection.Base, 2 * graph.M);
        var seen = new HashSet<uint> { 0 };
        var queue = new Queue<uint>(seen);
        while (queue.TryDequeue(out uint node))
        {
            uint* list = lists.Of(node);
            for (int i = 0; i < lists.Slots && list[i] != GraphLayout.NoNode; i++)
            {
                if (seen.Add(list[i])) queue.Enqueue(list[i]);
            }
        }
        return seen.Count;
    }
}
