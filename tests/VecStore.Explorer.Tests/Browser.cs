using Microsoft.Playwright;

namespace VecStore.Explorer.Tests;

/// <summary>Chromium without a window, from the system's packages; a page in it records what it asks for and what goes wrong.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Browser(IPlaywright playwright, IBrowser browser)
    {
        this.playwright = playwright;
        this.browser = browser;
    }

    public List<string> Asked { get; } = [];

    public List<string> Wrong { get; } = [];

    public static async Task<Browser> StartAsync()
    {
        string? path = Environment.GetEnvironmentVariable("VECSTORE_CHROMIUM") ?? Places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "No Chromium: install the package chromium, or name the program in VECSTORE_CHROMIUM.");
        IPlaywright playwright = await Playwright.CreateAsync();
        string[] flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = flags }));
    }

    public async Task<IPage> Open(Uri address, bool waitForPoints = true)
    {
        IPage page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 }, AcceptDownloads = true });
        page.Request += (_, request) => Asked.Add(request.Url);
        page.PageError += (_, error) => Wrong.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Wrong.Add(message.Text);
        };
        await page.GotoAsync(address.ToString());
        await page.EvaluateAsync("() => window.explorer.page.ready");
        if (waitForPoints) await page.WaitForFunctionAsync("() => window.explorer.page.panels[0].map.frames.length > 0");
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
