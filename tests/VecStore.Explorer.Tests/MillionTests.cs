using System.Diagnostics;
using Microsoft.Playwright;
using VecStore.Formats;

namespace VecStore.Explorer.Tests;

/// <summary>A million generated points, and the 120,000 words; a minute, so VECSTORE_LONG=1 asks for it.</summary>
public sealed class MillionTests
{
    /// <summary>The median time between two frames while the map moves.</summary>
    private const string Frames = """
        async () => {
          const m = window.explorer.page.panels[0].map, times = [];
          m.fit();
          let last = performance.now();
          for (let i = 0; i < 120; i++) {
            MOVE;
            await new Promise(requestAnimationFrame);
            const now = performance.now();
            times.push(now - last);
            last = now;
          }
          return times.sort((a, b) => a - b)[60];
        }
        """;

    [Fact]
    public async Task A_million_points_are_shown_moved_and_clicked()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("VECSTORE_LONG") == "1", "A million points take a minute: VECSTORE_LONG=1 runs this.");
        const int rows = 1_000_000, dimension = 16;
        string folder = Path.Combine(Path.GetTempPath(), "vecstore-million-" + Guid.NewGuid().ToString("N"));
        try
        {
            using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true, Durability = Durability.Os, GraphMinRows = int.MaxValue });
            VectorCollection collection = store.OpenOrCreate("points", new(dimension) { Metric = Metric.Euclidean });
            using (BulkLoad load = collection.BeginBulkLoad())
            {
                var random = new Random(5);
                float[] row = new float[dimension], centres = [.. Enumerable.Range(0, 40 * dimension).Select(_ => (float)(8 * random.NextDouble()))];
                for (int i = 0; i < rows; i++)
                {
                    int centre = random.Next(40) * dimension;
                    for (int k = 0; k < dimension; k++) row[k] = centres[centre + k] + (float)(random.NextDouble() + random.NextDouble() - 1);
                    load.Append(i, row);
                }

                load.Publish();
            }

            await Measure(store, "a million points without a graph");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task The_words_are_shown_moved_and_clicked()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("VECSTORE_LONG") == "1", "120,000 words take half a minute: VECSTORE_LONG=1 runs this.");
        string vectors = Checkout.Shared("data/words/glove6b-100d-120k.npy");
        string folder = Path.Combine(Path.GetTempPath(), "vecstore-words-" + Guid.NewGuid().ToString("N"));
        try
        {
            using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true, Durability = Durability.Os });
            string[] keys = File.ReadAllLines(Checkout.Shared("data/words/glove6b-100d-120k.vocab.txt"));
            using (VectorSource source = VectorSource.Open(vectors))
            using (BulkLoad load = store.OpenOrCreate("words", new(source.Dimension) { KeyKind = KeyKind.String }).BeginBulkLoad())
            {
                var block = new VectorBlock();
                while (source.Read(block))
                {
                    for (int i = 0; i < block.Count; i++) load.Append(keys[block.FirstRow + i], block.Row(i));
                }

                load.Publish();
            }

            await Measure(store, "the words");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What the explorer's README says it costs is what this prints.
    private static async Task Measure(VectorStore store, string what)
    {
        await using ExplorerServer server = await ExplorerServer.StartAsync(store, cancellation: TestContext.Current.CancellationToken);
        await using Browser browser = await Browser.StartAsync();
        long begun = Stopwatch.GetTimestamp();
        IPage page = await browser.Open(server.Address);
        double first = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Assert.Equal(store[store.Collections[0]].Count, await page.EvaluateAsync<int>("() => window.explorer.page.panels[0].map.count"));
        double pan = await page.EvaluateAsync<double>(Frames.Replace("MOVE", "m.pan(3, 1)", StringComparison.Ordinal));
        double zoom = await page.EvaluateAsync<double>(Frames.Replace("MOVE", "m.zoom(i % 60 < 30 ? 1.03 : 1 / 1.03)", StringComparison.Ordinal));
        double click = await page.EvaluateAsync<double>("""
            async () => {
              const times = [];
              for (let row = 1000; row < 10000; row += 1000) {
                await window.explorer.choose(window.explorer.page.panels[0], row);
                times.push(window.explorer.page.lastClick);
              }
              return times.sort((a, b) => a - b)[4];
            }
            """);
        Assert.True(await page.Locator("#point-neighbors button").CountAsync() > 0);
        TestContext.Current.SendDiagnosticMessage($"{what}: first picture after {first:F2} s, {pan:F1} ms a frame panning and {zoom:F1} ms zooming (medians of 120), click answered in {click:F0} ms (median of nine)");
        Assert.Empty(browser.Wrong);
    }
}
