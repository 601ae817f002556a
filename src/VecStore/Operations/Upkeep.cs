namespace VecStore.Operations;

/// <summary>
/// Sealing and merging that nobody asked for: of full memory segments, and of runs of small segments, so that a search meets few of them. On a
/// background thread, or in the committing one when maintenance is manual.
/// </summary>
internal sealed class Upkeep(VectorStore store) : IDisposable
{
    private const int MostFrozen = 8;
    private const int MergeRun = 4;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private bool _begun;

    /// <summary>The store is open: what was replayed may be sealed from now on. Before, nothing is written that a log found damaged later would belie.</summary>
    public void Begin()
    {
        _begun = true;
        if (store.AllCollections.Any(collection => collection.Current.Views.Count(view => view.Handle.IsMemory) > 1)) SealSoon();
    }

    /// <summary>A memory segment is full. The caller holds the write gate.</summary>
    public void SealSoon()
    {
        if (store.IsReadOnly || !_begun) return; // what was replayed stays in memory
        if (store.Options.Maintenance == Maintenance.Background) Start();
    }

    /// <summary>Called before a commit takes the write gate: with manual maintenance seals full segments here, otherwise waits while too many are waiting.</summary>
    public void BeforeCommit(VectorCollection collection)
    {
        int frozen = collection.Current.Views.Count(view => view.Handle.IsMemory) - 1;
        bool manual = store.Options.Maintenance == Maintenance.Manual;
        if (frozen < (manual ? 1 : MostFrozen)) return;
        lock (store.MaintenanceGate)
        {
            store.ThrowIfNotWritable();
            Seal.SealFrozen(collection, CancellationToken.None);
            Seal.Laggards(store, CancellationToken.None);
        }
    }

    /// <summary>Ends the background work; a merge under way is given up, what it wrote is an orphan.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        Task last;
        lock (_gate) last = _running;
        last.Wait();
        _stopping.Dispose();
    }

    private void Start()
    {
        lock (_gate)
        {
            if (!_stopping.IsCancellationRequested && _running.IsCompleted) _running = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    private void Run()
    {
        try
        {
            bool again = true;
            while (again && !_stopping.IsCancellationRequested)
            {
                again = false;
                VectorCollection[] collections;
                lock (store.WriteGate) collections = [.. store.AllCollections];
                foreach (VectorCollection collection in collections)
                {
                    lock (store.MaintenanceGate)
                    {
                        if (collection.IsDropped) continue;
                        Seal.SealFrozen(collection, _stopping.Token);
                        Seal.Laggards(store, _stopping.Token);
                        again |= MergeSmall(collection, _stopping.Token);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The store is closing.
        }
        catch (Exception failure)
        {
            store.Poison(failure); // told at the next write
        }
    }

    // Merges the newest run of segments of like size: each no larger than the three after it together. Every row is so merged O(log n) times.
    private static bool MergeSmall(VectorCollection collection, CancellationToken cancellation)
    {
        SegmentView[] views = Compact.SealedViews(collection);
        long sum = 0;
        int first = views.Length;
        while (first > 0 && (views.Length - first < MergeRun - 1 || views[first - 1].Live <= sum)) sum += views[--first].Live;
        int count = views.Length - first;
        if (count >= MergeRun && views[first].Live <= sum - views[first].Live)
        {
            Compact.Merge(collection, first, count, null, cancellation);
            return true;
        }

        int sparse = Array.FindIndex(views, view => view.Deleted is { } deleted && deleted.Count * 2L > view.Rows);
        if (sparse < 0) return false;
        Compact.Merge(collection, sparse, 1, null, cancellation);
        return true;
    }
}
