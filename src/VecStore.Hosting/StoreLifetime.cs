using Microsoft.Extensions.Hosting;

namespace VecStore.Hosting;

/// <summary>Opens the stores before the host's services start, and seals and closes them after all have stopped.</summary>
internal sealed class StoreLifetime(IEnumerable<HostedStore> stores) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (HostedStore store in stores)
        {
            if (store.Options.OpenAtStart) _ = store.Store;
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        foreach (HostedStore store in stores) store.Dispose();
        return Task.CompletedTask;
    }
}
