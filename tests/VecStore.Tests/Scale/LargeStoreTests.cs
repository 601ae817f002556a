using System.Diagnostics;
using System.Globalization;
using VecStore.Tests.Kill;

namespace VecStore.Tests.Scale;

/// <summary>Stores of ten thousand, a hundred thousand and a million rows: what opening and scanning them costs.</summary>
public sealed class LargeStoreTests(ITestOutputHelper output) : IDisposable
{
    private const int Dimension = 48;
    private static readonly int[] Sizes = [10_000, 100_000, 1_000_000];
    private readonly List<TemporaryFolder> _folders = [];

    public void Dispose() => _folders.ForEach(folder => folder.Dispose());

    [Fact]
    public void Opening_reads_as_much_of_a_million_rows_as_of_ten_thousand_and_a_scan_needs_no_memory_for_them()
    {
        string[] stores = [.. Sizes.Select(Build)];
        var reads = new List<(long Bytes, int Openings)>();
        var memory = new List<long>();
        foreach ((string path, int rows) in stores.Zip(Sizes))
        {
            var milliseconds = new List<double>();
            CountingFiles files = null!;
            for (int i = 0; i < 7; i++)
            {
                files = new CountingFiles();
                long start = Stopwatch.GetTimestamp();
                using VectorStore store = VectorStore.Open(path, new() { Files = files });
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                Assert.Equal(rows, store["c"].Count);
            }

            reads.Add(files.Reads);
            milliseconds.Sort();

            // The heap of the child is limited to 64 MB; the largest store has 192 MB of vectors.
            using var child = new ChildProcess(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x4000000" }, "scan", path);
            long[] numbers = [.. Assert.Single(child.Join()).Split(' ').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
            Assert.Equal(rows, numbers[0]);
            memory.Add(numbers[2] - numbers[1]);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{rows,9:N0} rows: opened in {milliseconds[0]:F2} ms (median {milliseconds[3]:F2}), {files.Reads.Bytes} bytes read by {files.Reads.Openings} openings; ")
                + string.Create(CultureInfo.InvariantCulture, $"scanned with {(numbers[2] - numbers[1]) / 1048576.0:F1} MB of own memory"));
        }

        // The manifest's numbers have more digits; nothing else differs.
        Assert.All(reads, read => Assert.Equal(reads[0].Openings, read.Openings));
        Assert.All(reads, read => Assert.InRange(read.Bytes, reads[0].Bytes, reads[0].Bytes + 64));
        Assert.True(memory[2] < memory[0] + (24 << 20), $"the scan took {memory[0]} bytes for {Sizes[0]} rows, and {memory[2]} for {Sizes[2]}");
    }

    private string Build(int rows)
    {
        var folder = new TemporaryFolder();
        _folders.Add(folder);
        using VectorStore store = VectorStore.Open(folder.Path, new() { CreateIfMissing = true, GraphMinRows = int.MaxValue });
        VectorCollection collection = store.Create("c", new CollectionSchema(Dimension));
        using BulkLoad load = collection.BeginBulkLoad();
        float[] vector = new float[Dimension];
        var random = new Random(rows);
        for (int i = 0; i < rows; i++)
        {
            for (int e = 0; e < Dimension; e++) vector[e] = random.NextSingle() - 0.5f;
            load.Append(i, vector);
        }

        load.Publish();
        return folder.Path;
    }
}
