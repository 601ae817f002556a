using System.Runtime.ExceptionServices;

namespace VecStore.Operations;

/// <summary>A batch in the <see cref="CommitQueue"/>, and what became of it.</summary>
internal sealed class QueuedCommit(VectorCollection collection, BatchRecord record)
{
    private readonly TaskCompletionSource<bool> _leads = new();
    private bool _isFailureMine;
    private Exception? _failure;

    public VectorCollection Collection => collection;

    public BatchRecord Record => record;

    /// <summary>The record as it goes into the log.</summary>
    public ReadOnlySpan<byte> Bytes => record.Finish(collection.Id);

    /// <summary>Its number in the log, once it is there.</summary>
    public long Sequence { get; set; }

    public bool IsShown { get; set; }

    /// <summary>Neither shown nor failed yet.</summary>
    public bool IsOpen => !IsShown && _failure is null;

    /// <summary>It did not come about, for a reason of its own (true) or for one that it shares with others.</summary>
    public void Fails(Exception cause, bool alone)
    {
        if (!IsOpen) return;
        _failure = cause;
        _isFailureMine = alone;
    }

    /// <summary>Tells its thread to lead.</summary>
    public void Leads() => _leads.TrySetResult(true);

    /// <summary>Tells its thread that it is shown, or has failed.</summary>
    public void Ends() => _leads.TrySetResult(false);

    /// <summary>Waits until its thread is to lead (true), or another one has brought it to its end.</summary>
    public bool WaitsToLead(ref bool interrupted)
    {
        while (true)
        {
            try
            {
                return _leads.Task.GetAwaiter().GetResult();
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true; // it is in the queue, and may be in the log already
            }
        }
    }

    public void ThrowUnlessShown()
    {
        if (_failure is null) return;
        if (_isFailureMine) ExceptionDispatchInfo.Throw(_failure);

        // Each thread throws an exception of its own: one object thrown by several would mix their traces.
        throw new VecStoreException(_failure.Message, _failure);
    }
}
