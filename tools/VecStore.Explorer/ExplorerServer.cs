using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace VecStore.Explorer;

/// <summary>
/// A web page about a store, for one person at this machine: bound to 127.0.0.1, behind a random token in the address, asking nothing of any other host.
/// It only reads; every collection is seen as it was when it was first looked at.
/// </summary>
public sealed class ExplorerServer : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly LandscapeSet landscapes;

    private ExplorerServer(WebApplication application, LandscapeSet landscapes, Uri address)
    {
        this.application = application;
        this.landscapes = landscapes;
        Address = address;
    }

    /// <summary>Where the page is, the token included.</summary>
    public Uri Address { get; }

    /// <summary>Starts to serve a store.</summary>
    /// <param name="store">Open for as long as the server runs.</param>
    /// <param name="port">The port; 0 takes a free one.</param>
    /// <param name="first">The collection to begin with; null means the one with most rows.</param>
    /// <param name="vocabulary">The strings of token ids, for the contexts in which features fire; null shows the ids.</param>
    /// <param name="cancellation">Ends the start.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ExplorerServer> StartAsync(VectorStore store, int port = 0, string? first = null, Func<int, string>? vocabulary = null, CancellationToken cancellation = default)
    {
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var landscapes = new LandscapeSet(store, first, vocabulary);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "VecStore.Explorer" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 64 << 20; // the rows of a selection
            options.Listen(System.Net.IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(options => ExplorerRoutes.Configure(options.SerializerOptions));
        WebApplication application = builder.Build();
        application.Use(new Doorkeeper(token).Admit);
        application.UseRouting();
        ExplorerRoutes.Map(application, "/" + token, landscapes);
        await application.StartAsync(cancellation).ConfigureAwait(false);
        string bound = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new ExplorerServer(application, landscapes, new Uri(string.Create(CultureInfo.InvariantCulture, $"{bound}/{token}/")));
    }

    /// <summary>Stops serving and lets go of the snapshots.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2)))
        {
            await application.StopAsync(patience.Token).ConfigureAwait(false);
        }

        await application.DisposeAsync().ConfigureAwait(false);
        landscapes.Dispose();
    }
}
