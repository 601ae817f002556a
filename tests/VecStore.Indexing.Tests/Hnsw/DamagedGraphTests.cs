using System.Runtime.InteropServices;
using VecStore.Storage;

namespace VecStore.Indexing.Tests;

public class DamagedGraphTests
{
    [Fact]
    public void A_flipped_bit_anywhere_gives_a_typed_error_or_the_same_answer()
    {
        using var rows = new TestRows(WithCopies());
        using var graph = new TestGraph(rows);
        float[][] queries = TestVectors.LowRank(5, 20, 8, 2);
        ScoredRow[][] answers = Answers(graph.Graph, rows, queries);
        byte[] intact = File.ReadAllBytes(graph.FilePath);
        var random = new Random(3);
        int refused = 0;
        for (int trial = 0; trial < 400; trial++)
        {
            // Half of the flips in the first header bytes, half anywhere.
            long bit = random.NextInt64(trial % 2 == 0 ? Math.Min(intact.Length, 9000) * 8L : intact.Length * 8L);
            byte[] damaged = [.. intact];
            damaged[bit / 8] ^= (byte)(1 << (int)(bit % 8));
            string path = graph.FilePath + "." + trial;
            File.WriteAllBytes(path, damaged);
            try
            {
                using HnswGraph opened = HnswGraph.Open(SectionFile.Open(new DiskFiles(), path, FileKind.Graph));
                Assert.Equal(answers, Answers(opened, rows, queries));
            }
            catch (VecStoreException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 400);
    }

    [Fact]
    public void Verify_finds_a_flipped_bit_in_any_section()
    {
        float[][] vectors = TestVectors.LowRank(4400, 100, 8, 1);
        using var rows = new TestRows([.. vectors, .. vectors[..100]]);
        using var graph = new TestGraph(rows);
        Assert.Contains("SIGN", graph.Graph.File.Tags);
        Assert.Contains("COPY", graph.Graph.File.Tags);
        byte[] intact = File.ReadAllBytes(graph.FilePath);
        foreach (string tag in graph.Graph.File.Tags)
        {
            byte[] damaged = [.. intact];
            long at = intact.AsSpan().IndexOf(Section(graph.Graph, tag));
            damaged[at + 5] ^= 4;
            string path = graph.FilePath + "." + tag;
            File.WriteAllBytes(path, damaged);
            Assert.Throws<StoreCorruptException>(() =>
            {
                using HnswGraph opened = HnswGraph.Open(SectionFile.Open(new DiskFiles(), path, FileKind.Graph));
                opened.Verify(TestContext.Current.CancellationToken);
            });
        }
    }

    [Fact]
    public void Numbers_out_of_range_under_right_checksums_give_a_typed_error()
    {
        using var rows = new TestRows(WithCopies());
        using var graph = new TestGraph(rows);
        float[] query = TestVectors.LowRank(1, 20, 8, 2)[0];
        foreach (string tag in (string[])["LNK0", "UPPR", "ROWS", "COPY"])
        {
            string path = graph.FilePath + ".wrong." + tag;
            using (SectionFileWriter writer = SectionFileWriter.Create(new DiskFiles(), path, FileKind.Graph, graph.Graph.File.Properties))
            {
                foreach (string section in graph.Graph.File.Tags)
                {
                    byte[] content = [.. Section(graph.Graph, section)];
                    if (section == tag) MemoryMarshal.Cast<byte, uint>(content.AsSpan()).Fill(1500);
                    writer.BeginSection(section);
                    writer.Write(content);
                }
                writer.Complete();
            }
            using HnswGraph opened = HnswGraph.Open(SectionFile.Open(new DiskFiles(), path, FileKind.Graph));
            Assert.Throws<StoreCorruptException>(() => HnswSearcher.Search(opened, rows.Rows, query, new() { Plan = SearchPlan.Graph }, null, null, new ScoredRow[10], out _));
            Assert.Throws<StoreCorruptException>(() => opened.Verify(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Copies_out_of_the_order_of_their_rows_under_right_checksums_give_a_typed_error()
    {
        using var rows = new TestRows(WithCopies());
        using var graph = new TestGraph(rows);
        string path = graph.FilePath + ".unordered";
        using (SectionFileWriter writer = SectionFileWriter.Create(new DiskFiles(), path, FileKind.Graph, graph.Graph.File.Properties))
        {
            foreach (string section in graph.Graph.File.Tags)
            {
                byte[] content = [.. Section(graph.Graph, section)];
                if (section == "ROWS") MemoryMarshal.Cast<byte, uint>(content.AsSpan())[graph.Graph.LinkedNodes..].Reverse();
                writer.BeginSection(section);
                writer.Write(content);
            }
            writer.Complete();
        }
        using HnswGraph opened = HnswGraph.Open(SectionFile.Open(new DiskFiles(), path, FileKind.Graph));
        Assert.Throws<StoreCorruptException>(() => opened.Verify(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Answers_are_the_same_before_and_after_verification()
    {
        using var rows = new TestRows(TestVectors.LowRank(3000, 20, 8, 1));
        using var graph = new TestGraph(rows);
        float[][] queries = TestVectors.LowRank(5, 20, 8, 2);
        ScoredRow[][] before = Answers(graph.Graph, rows, queries);
        Assert.False(graph.Graph.IsTrusted);
        graph.Graph.Verify(TestContext.Current.CancellationToken);
        Assert.True(graph.Graph.IsTrusted);
        Assert.Equal(before, Answers(graph.Graph, rows, queries));
    }

    /// <summary>1,500 rows, 300 of which are copies of others.</summary>
    private static float[][] WithCopies()
    {
        float[][] vectors = TestVectors.LowRank(1200, 20, 8, 1);
        return [.. vectors, .. vectors[..100], .. Enumerable.Repeat(vectors[0], 200)];
    }

    private static unsafe ReadOnlySpan<byte> Section(HnswGraph graph, string tag)
    {
        MappedSection section = graph.File[tag];
        return new ReadOnlySpan<byte>(section.Base, (int)section.Length);
    }

    private static ScoredRow[][] Answers(HnswGraph graph, TestRows rows, float[][] queries) =>
        [.. queries.Select(query =>
        {
            var nearest = new ScoredRow[10];
            int found = HnswSearcher.Search(graph, rows.Rows, query, new() { Ef = 40, Plan = SearchPlan.Graph }, null, null, nearest, out _);
            return nearest[..found];
        })];
}
