using System.Collections.Concurrent;

namespace VecStore.Operations;

/// <summary>
/// The batches of several threads on their way into the log. One thread leads: it takes the write gate, appends what is waiting by then, flushes once, and shows the
/// batches one by one in the order of the log; then it hands over to the first that still waits. So commits that come during a flush share the next one, and nothing is
/// shown before it is flushed.
/// </summary>
internal sealed class CommitQueue(VectorStore store)
{
    /// <summary>Batches that share a flush are no longer than this in sum: a small one does not wait for many large ones.</summary>
    private const long MostBytes = 1 << 20;

    private readonly ConcurrentQueue<QueuedCommit> _waiting = new();

    // Queued and counted, less those taken. A batch is queued first and counted then: whoever counts to 1 finds nobody leading, and leads.
    private int _count;

    /// <summary>Returns when the batch is durable and visible: how many bytes its record has in the log.</summary>
    public long Run(VectorCollection collection, BatchRecord record)
    {
        var mine = new QueuedCommit(collection, record);
        bool interrupted = false;
        _waiting.Enqueue(mine);
        bool leads = Interlocked.Increment(ref _count) == 1;
        if (store.Options.Durability == Durability.Os)
        {
            // Without a flush to wait for, the gate is sooner had than a word from another thread: each leads until its own batch is done.
            while (mine.IsOpen) Lead(mine, ref interrupted);
        }
        else if (leads || mine.WaitsToLead(ref interrupted))
        {
            Lead(mine, ref interrupted);
        }

        if (interrupted) Thread.CurrentThread.Interrupt();
        mine.ThrowUnlessShown();
        return mine.Bytes.Length;
    }

    private void Lead(QueuedCommit mine, ref bool interrupted)
    {
        EnterWriteGate(ref interrupted);
        var group = new List<QueuedCommit>();
        try
        {
            Write(group);
        }
        catch (Exception cause)
        {
            store.Poison(cause);
            foreach (QueuedCommit commit in group) commit.Fails(cause, alone: commit == mine);
        }
        finally
        {
            store.WriteGate.Exit();
            if (Interlocked.Add(ref _count, -group.Count) > 0 && _waiting.TryPeek(out QueuedCommit? next)) next.Leads();
            foreach (QueuedCommit commit in group) commit.Ends();
        }
    }

    // The caller holds the write gate. What this throws befell the log or a state: whatever of the group is not shown yet has failed.
    private void Write(List<QueuedCommit> group)
    {
        while (_waiting.TryPeek(out QueuedCommit? next) && FitsBehind(group, next))
        {
            _waiting.TryDequeue(out _);
            group.Add(next);
            try
            {
                store.ThrowIfNotWritable();
                next.Collection.ThrowIfDropped();
                Commit.MakeRoom(next.Collection, next.Record.Upserts);
            }
            catch (Exception refused)
            {
                next.Fails(refused, alone: true);
                continue;
            }

            try
            {
                next.Sequence = store.Log.Append(next.Bytes);
            }
            catch (ArgumentException tooLong)
            {
                next.Fails(tooLong, alone: true); // the log took nothing of it
            }
        }

        if (!group.Exists(commit => commit.IsOpen)) return;
        store.Log.Commit(); // durable here
        foreach (QueuedCommit commit in group)
        {
            if (!commit.IsOpen) continue;
            store.LastSequence = commit.Sequence;
            Commit.Apply(commit.Collection, commit.Bytes, commit.Sequence);
            commit.IsShown = true;
        }
    }

    // Room for the rows of all is made before any of them is applied.
    private static bool FitsBehind(List<QueuedCommit> group, QueuedCommit next)
    {
        if (group.Count == 0) return true;
        long bytes = next.Bytes.Length;
        int rows = 0;
        foreach (QueuedCommit commit in group)
        {
            bytes += commit.Bytes.Length;
            if (commit.Collection == next.Collection) rows += commit.Record.Upserts;
        }

        return bytes <= MostBytes && (rows == 0 || Commit.HasRoom(next.Collection, rows + next.Record.Upserts));
    }

    // Others wait for the one who leads: Thread.Interrupt must not take it away. It is told when the commit has ended.
    private void EnterWriteGate(ref bool interrupted)
    {
        while (true)
        {
            try
            {
                store.WriteGate.Enter();
                return;
            }
            catch (ThreadInterruptedException)
            {
                interrupted = true;
            }
        }
    }
}
