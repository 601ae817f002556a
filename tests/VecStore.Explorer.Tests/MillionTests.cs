using System.Diagnostics;
using Microsoft.Playwright;

namespace VecStore.Explorer.Tests;

/// <summary>A million generated points; minutes, so VECSTORE_LONG=1 asks for it.</summary>
public sealed class MillionTests
{
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

            await using ExplorerServer server = await ExplorerServer.StartAsync(store, cancellation: TestContext.Current.CancellationToken);
            await using Browser browser = await Browser.StartAsync();
            long begun = Stopwatch.GetTimestamp();
            IPage page = await browser.Open(server.Address);
            double first = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            Assert.Equal(rows, await page.EvaluateAsync<int>("() => window.explorer.page.panels[0].map.count"));
            double frame = await page.EvaluateAsync<double>("async () => { const m = window.explorer.page.panels[0].map; const t = []; let last = performance.now(); for (let i = 0; i < 60; i++) { m.pan(3, 1); await new Promise(requestAnimationFrame); const now = performance.now(); t.push(now - last); last = now; } return t.sort((a, b) => a - b)[30]; }");
            await page.EvaluateAsync("() => window.explorer.choose(window.explorer.page.panels[0], 4321)");
            await page.Locator("#point-key", new() { HasText = "4321" }).WaitForAsync();
            double click = await page.EvaluateAsync<double>("() => window.explorer.page.lastClick");
            TestContext.Current.SendDiagnosticMessage($"a million points: first picture after {first:F2} s, {frame:F1} ms a frame while panning (median of 60), click answered in {click:F0} ms (without a graph)");
            Assert.Empty(browser.Wrong);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
