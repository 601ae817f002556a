using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VecStore.Hosting;

/// <summary>One store of the host: opened when it is first asked for, sealed and closed when the host has stopped.</summary>
internal sealed class HostedStore(string name, IOptionsMonitor<VecStoreHostOptions> options, ILoggerFactory loggers) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ILogger _logger = loggers.CreateLogger("VecStore");
    private VectorStore? _store;
    private bool _closed;

    public string Name => name;

    public VecStoreHostOptions Options => options.Get(name);

    /// <summary>The store. What fails is tried again at the next call: its cause may have been mended.</summary>
    public VectorStore Store
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                return _store ??= Open();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            if (_store is null) return;
            long began = Stopwatch.GetTimestamp();
            try
            {
                _store.Dispose();
                Messages.Closed(_logger, _store.Path, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            catch (Exception failure) when (failure is VecStoreException or IOException)
            {
                Messages.CloseFailed(_logger, failure, _store.Path);
            }

            _store = null;
        }
    }

    /// <summary>Damage that the health check found.</summary>
    public void ToldUnhealthy(string damage) => Messages.Unhealthy(_logger, Options.Path, damage);

    private VectorStore Open()
    {
        VecStoreHostOptions how = Options;
        long began = Stopwatch.GetTimestamp();
        try
        {
            VectorStore store = VectorStore.Open(how.Path, how.ToStoreOptions(happened => Log(how.Path, happened)));
            Messages.Opened(_logger, store.Path, Stopwatch.GetElapsedTime(began).TotalMilliseconds, store.Collections.Count, store.Collections.Sum(collection => store[collection].Count));
            return store;
        }
        catch (Exception failure)
        {
            Messages.OpenFailed(_logger, failure, how.Path);
            throw;
        }
    }

    private void Log(string path, StoreEvent happened)
    {
        (string collection, long rows, long bytes, double elapsed) = (happened.Collection, happened.Rows, happened.Bytes, happened.Elapsed.TotalMilliseconds);
        switch (happened.Kind)
        {
            case StoreEventKind.Sealed: Messages.Sealed(_logger, collection, rows, bytes, elapsed); break;
            case StoreEventKind.Merged: Messages.Merged(_logger, collection, rows, bytes, elapsed); break;
            case StoreEventKind.Loaded: Messages.Loaded(_logger, collection, rows, bytes, elapsed); break;
            case StoreEventKind.Failed: Messages.WriteFailed(_logger, happened.Error!, path); break;
            case StoreEventKind.Damaged: Messages.DamageSeen(_logger, happened.Error!, path, collection); break;
        }
    }
}
