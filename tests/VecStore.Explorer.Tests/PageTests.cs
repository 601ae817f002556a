using Microsoft.Playwright;

namespace VecStore.Explorer.Tests;

/// <summary>The page as a person uses it, in a real browser.</summary>
public sealed class PageTests(ShownStore shown)
{
    [Fact]
    public async Task Load_search_click_recolour_analogy()
    {
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.Open(shown.Address);
        int drawn = await Pixels(page);
        Assert.True(drawn > 2_000, $"{drawn} pixels are not the ground's");

        await page.FillAsync("#find-text", "king");
        await page.PressAsync("#find-text", "Enter");
        await page.Locator("#point-key", new() { HasText = "king" }).WaitForAsync();
        Assert.Contains("queen", await page.TextContentAsync("#point-neighbors"), StringComparison.Ordinal);
        Assert.Contains("length", await page.TextContentAsync("#point-fields"), StringComparison.Ordinal);

        // A click on a point that is seen chooses that point.
        float[] place = await page.EvaluateAsync<float[]>("() => { const m = window.explorer.page.panels[0].map; m.fit(); for (let i = 0; i < m.count; i++) { const [x, y] = m.place(i); if (x > 100 && y > 100 && x < m.width - 100 && y < m.height - 100 && m.rowAt(x, y) === i) return [x, y, i]; } return []; }");
        await page.Locator("canvas").ClickAsync(new() { Position = new() { X = place[0], Y = place[1] } });
        string clicked = (await page.EvaluateAsync<string[]>($"async () => (await (await fetch('api/keys', {{ method: 'POST', headers: {{ 'Content-Type': 'application/json' }}, body: JSON.stringify({{ collection: 'words', rows: [{(int)place[2]}] }}) }})).json())"))[0];
        await page.Locator("#point-key", new() { HasText = clicked }).WaitForAsync();

        await page.SelectOptionAsync("select.color", "letter");
        await page.Locator(".legend button", new() { HasText = "s" }).First.WaitForAsync();
        int colours = await Colours(page);
        Assert.True(colours > 10, $"{colours} colours");

        // A category stands out: every point of it is on top, and the others are faint.
        await page.ClickAsync(".legend button >> nth=1");
        Assert.Equal("true", await page.GetAttributeAsync(".legend button >> nth=1", "aria-pressed"));
        Assert.Equal(2, await page.EvaluateAsync<int>("() => window.explorer.page.panels[0].map.cloud.highlighted"));
        await page.ClickAsync(".legend button >> nth=1");

        // The point under the pointer says its key and what its colour means.
        await page.Locator("canvas").HoverAsync(new() { Position = new() { X = place[0], Y = place[1] } });
        await page.Locator(".tip", new() { HasText = clicked }).WaitForAsync();
        Assert.Contains($"letter: ", await page.TextContentAsync(".tip"), StringComparison.Ordinal);

        await page.FillAsync("#analogy-text", "king - man + woman");
        await page.PressAsync("#analogy-text", "Enter");
        Assert.Equal("queen", await page.Locator("#analogy-results button span").First.TextContentAsync());

        await page.FillAsync(".expression", "she - he");
        await page.ClickAsync("button.across");
        await page.WaitForFunctionAsync("() => window.explorer.page.panels[0].map.labels.x === 'she - he'");

        await page.SelectOptionAsync("select.y", "direction:gender");
        await page.WaitForFunctionAsync("() => window.explorer.page.panels[0].map.labels.y === 'gender'");

        await page.FillAsync(".expression", "she - nobodysaysthis");
        await page.ClickAsync("button.across");
        await page.Locator("#status.wrong", new() { HasText = "nobodysaysthis" }).WaitForAsync();
        browser.Wrong.RemoveAll(text => text.Contains("404", StringComparison.Ordinal)); // what was just provoked
        Assert.Empty(browser.Wrong);
        Assert.All(browser.Asked, url => Assert.StartsWith(shown.Address.ToString(), url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_maps_share_a_selection_and_the_address_restores_them()
    {
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.Open(shown.Address);
        await page.ClickAsync("#split");
        await page.WaitForFunctionAsync("() => window.explorer.page.panels.length === 2 && window.explorer.page.panels[1].map.count > 0");
        await page.SelectOptionAsync("select.collection >> nth=1", "other-layer");
        await page.WaitForFunctionAsync("() => window.explorer.page.panels[1].map.count === 1000");
        ILocator map = page.Locator("canvas").First;
        await map.HoverAsync(new() { Position = new() { X = 60, Y = 60 } });
        await page.Keyboard.DownAsync("Shift");
        await page.Mouse.DownAsync();
        await map.HoverAsync(new() { Position = new() { X = 400, Y = 500 } });
        await page.Mouse.UpAsync();
        await page.Keyboard.UpAsync("Shift");
        await page.WaitForFunctionAsync("() => window.explorer.page.panels[0].map.selection.size > 0 && window.explorer.page.panels[1].map.selection.size > 0");

        Task<IDownload> downloading = page.WaitForDownloadAsync();
        await page.ClickAsync("#export");
        IDownload download = await downloading;
        string[] lines = await File.ReadAllLinesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal("key,pc:1,pc:2,length,letter", lines[0]);
        Assert.Equal(await page.EvaluateAsync<int>("() => window.explorer.page.selected.length"), lines.Length - 1);

        await page.SelectOptionAsync("select.x >> nth=1", "field:length");
        await page.ClickAsync("#theme");
        await page.EvaluateAsync("() => window.explorer.page.panels[0].map.zoom(2)");
        await page.WaitForTimeoutAsync(400);
        await page.ClickAsync("#to-from");
        await page.Locator("#clear").ClickAsync();
        await Select(page, "he", "she", "his");
        await page.WaitForTimeoutAsync(100);
        string kept = page.Url;
        double zoom = await page.EvaluateAsync<double>("() => window.explorer.page.panels[0].map.view.kx");
        IPage again = await browser.Open(new Uri(kept));
        Assert.Equal(2, await again.EvaluateAsync<int>("() => window.explorer.page.panels.length"));
        await again.WaitForFunctionAsync("() => window.explorer.page.panels.every(p => p.map.selection.size === 3)");
        Assert.Equal("field:length", await again.EvaluateAsync<string>("() => window.explorer.page.panels[1].x"));
        Assert.Equal(zoom, await again.EvaluateAsync<double>("() => window.explorer.page.panels[0].map.view.kx"), 1e-9);
        Assert.Equal(await page.EvaluateAsync<string>("() => document.documentElement.dataset.theme"), await again.EvaluateAsync<string>("() => document.documentElement.dataset.theme"));
        Assert.Empty(browser.Wrong);
    }

    [Fact]
    public async Task A_direction_is_built_from_two_sets_of_points_and_everything_is_reached_by_the_keyboard()
    {
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.Open(shown.Address);
        await page.FocusAsync("canvas");
        double before = await page.EvaluateAsync<double>("() => window.explorer.page.panels[0].map.view.kx");
        await page.Keyboard.PressAsync("+");
        await page.Keyboard.PressAsync("ArrowLeft");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#point-neighbors button").First.WaitForAsync();
        Assert.True(await page.EvaluateAsync<double>("() => window.explorer.page.panels[0].map.view.kx") > before);
        Assert.Contains("Arrow keys", await page.GetAttributeAsync("canvas", "aria-label"), StringComparison.Ordinal);
        Assert.NotEmpty((await page.TextContentAsync("#status"))!);
        await page.Keyboard.PressAsync("Space");
        await page.WaitForFunctionAsync("() => window.explorer.page.selected.length === 1");
        await page.FocusAsync("#select-neighbors");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => window.explorer.page.selected.length >= 13");
        await page.FocusAsync("canvas");
        await page.Keyboard.PressAsync("/");
        Assert.Equal("find-text", await page.EvaluateAsync<string>("() => document.activeElement.id"));
        await page.FocusAsync("#help");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#keys[open]").WaitForAsync();
        await page.Keyboard.PressAsync("Escape");

        await Select(page, "he", "him", "man", "king", "father", "brother");
        await page.ClickAsync("#to-from");
        await Select(page, "she", "her", "woman", "queen", "mother", "sister");
        await page.ClickAsync("#to-to");
        await page.FocusAsync("#learn");
        await page.Keyboard.PressAsync("Enter");
        await page.Locator("#learned", new() { HasText = "held-out AUC" }).WaitForAsync();
        await page.WaitForFunctionAsync("() => window.explorer.page.panels[0].map.labels.x.startsWith('direction of 6 to 6')");

        // Every control has a name that a screen reader can say.
        string[] nameless = await page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('button, input, select, canvas')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.closest('label'))).map(e => e.outerHTML)");
        Assert.Empty(nameless);
        Assert.Empty(browser.Wrong);
    }

    [Fact]
    public async Task Features_show_their_contexts_and_on_a_narrow_screen_nothing_is_cut_off()
    {
        await using Browser browser = await Browser.StartAsync();
        IPage page = await browser.Open(shown.Address);
        await page.SetViewportSizeAsync(400, 800);
        await page.SelectOptionAsync("select.collection", "features");
        await page.WaitForFunctionAsync("() => window.explorer.page.panels[0].map.count === 4");
        Assert.Equal("v(12) - v(7)", await page.GetAttributeAsync(".expression", "placeholder"));
        await page.FillAsync("#find-text", "3");
        await page.PressAsync("#find-text", "Enter");
        Assert.Equal("token9", (await page.Locator("#point-contexts mark").TextContentAsync())!.Trim());
        Assert.Equal(400, await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
        Assert.Empty(browser.Wrong);
    }

    [Fact]
    public async Task A_store_without_rows_and_an_explorer_that_has_ended_are_told()
    {
        string folder = Path.Combine(Path.GetTempPath(), "vecstore-empty-" + Guid.NewGuid().ToString("N"));
        try
        {
            using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true });
            ExplorerServer server = await ExplorerServer.StartAsync(store, cancellation: TestContext.Current.CancellationToken);
            await using Browser browser = await Browser.StartAsync();
            IPage page = await browser.Open(server.Address, waitForPoints: false);
            await page.Locator(".nothing", new() { HasText = "vecstore import" }).WaitForAsync();
            Assert.Empty(browser.Wrong);
            IPage words = await browser.Open(shown.Address);
            await words.Context.SetOfflineAsync(true);
            await words.FillAsync("#find-text", "king");
            await words.PressAsync("#find-text", "Enter");
            await words.Locator("#status.wrong", new() { HasText = "Ctrl-C" }).WaitForAsync();
            await server.DisposeAsync();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task Select(IPage page, params string[] words) => await page.EvaluateAsync(
        "async (keys) => { const p = window.explorer.page; const rows = await (await fetch('api/rows', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ collection: 'words', keys }) })).json(); await p.panels[0].page.select(p.panels[0], rows, false); }", words);

    private static Task<int> Pixels(IPage page) => page.EvaluateAsync<int>(
        "() => window.explorer.page.panels[0].map.cloud.hits.reduce((n, hit) => n + (hit > 0), 0)");

    private static Task<int> Colours(IPage page) => page.EvaluateAsync<int>("() => new Set(window.explorer.page.panels[0].map.cloud.last).size");
}
