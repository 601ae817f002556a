using System.Runtime.ExceptionServices;

namespace VecStore.Indexing;

/// <summary>
/// Work that threads of the pool share with the caller, kept to be used again: it allocates nothing once warm. Who comes when the work is done is not waited for, and coming so late
/// that it is another's does no harm.
/// </summary>
internal abstract class SharedWork : IThreadPoolWorkItem
{
    /// <summary>Added to the number of those at work once nobody may join any more.</summary>
    private const int Closed = int.MinValue;

    private readonly object _done = new();
    private bool _isDone;
    private Exception? _failure;
    private int _nextWorker;
    private int _working = Closed;

    /// <summary>Threads that share the work in hand, the caller among them.</summary>
    protected int Threads { get; private set; }

    void IThreadPoolWorkItem.Execute()
    {
        for (int working = Volatile.Read(ref _working); working >= 0;)
        {
            int before = Interlocked.CompareExchange(ref _working, working + 1, working);
            if (before != working)
            {
                working = before;
                continue;
            }
            Join();
            if (Interlocked.Decrement(ref _working) == Closed) Finish();
            return;
        }
    }

    /// <summary>Takes pieces of the work until none is left, on the thread that calls. <paramref name="worker"/> is its number, below <see cref="Threads"/>.</summary>
    protected abstract void Work(int worker);

    /// <summary>Does the work by so many threads, the caller's among them, and returns when all is done; throws what one of them threw.</summary>
    protected void Share(int threads)
    {
        Threads = threads;
        _nextWorker = 0;
        _isDone = false;
        _failure = null;
        Volatile.Write(ref _working, 0);
        for (int i = 1; i < threads; i++) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        Join();
        if (Interlocked.Add(ref _working, Closed) != Closed)
        {
            lock (_done)
            {
                while (!_isDone) Monitor.Wait(_done);
            }
        }
        if (_failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    private void Join()
    {
        try
        {
            int worker = Interlocked.Increment(ref _nextWorker) - 1;
            if (worker < Threads) Work(worker);
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private void Finish()
    {
        lock (_done)
        {
            _isDone = true;
            Monitor.Pulse(_done);
        }
    }
}
