namespace VecStore.Storage;

/// <summary>
/// The write-ahead log of a store: FASTER's log, in files of our own making and read back by ourselves.
/// <para>Promises. (1) A record whose commit returned is replayed, whole and in order, after the death of the process and, at
/// <see cref="LogDurability.Full"/>, after a loss of power. (2) What was never acknowledged is replayed whole or dropped. (3) Damage to a record
/// that is known to have been flushed is a <see cref="StoreCorruptException"/>, never a shorter log. A record is known to have been flushed when the
/// checkpoint, the caller's <c>atLeastSequence</c>, a later fragment, or the note of the last acknowledgement says so. Not noticed: damage to
/// the last flushed records, when a loss of power also took that note; and the loss of the whole folder, but for <c>atLeastSequence</c>.</para>
/// <para>It needs the store's lock: one writer at a time. Memory: 1 MB of pages in FASTER, one page beside. Threads: none of its own; FASTER
/// queues a short callback on the pool for each commit.</para>
/// </summary>
public sealed class FasterWriteAheadLog : IWriteAheadLog
{
    private readonly IStoreFiles _files;
    private readonly string _folder;
    private readonly LogDurability _durability;
    private readonly LogGeometry _geometry;

    // Order of locking: commit, then append. Appending goes on while a commit flushes.
    private readonly Lock _commit = new();
    private readonly Lock _append = new();
    private readonly List<LogFileFound> _earlier;
    private uint _nextRun;
    private LogRun? _run;
    private AcknowledgedMark? _mark;
    private Exception? _failure;
    private bool _disposed;
    private readonly long _found; // the last record that replay found
    private long _last, _written, _flushed;

    private FasterWriteAheadLog(IStoreFiles files, string folder, LogDurability durability, LogGeometry geometry, LogReplay replay)
    {
        _files = files;
        _folder = folder;
        _durability = durability;
        _geometry = geometry;
        _earlier = [.. replay.Files];
        _nextRun = replay.NextRun;
        _found = _last = _written = replay.LastSequence;
        _flushed = replay.FlushedSequence;
    }

    /// <inheritdoc/>
    public long LastSequence => Volatile.Read(ref _last);

    /// <inheritdoc/>
    public long CommittedSequence => Volatile.Read(ref _durability == LogDurability.Full ? ref _flushed : ref _written);

    /// <inheritdoc/>
    public long Length
    {
        get
        {
            lock (_append)
            {
                return _earlier.Sum(file => file.Length) + (_run?.Device.Files.Sum(file => file.Length) ?? 0);
            }
        }
    }

    /// <summary>
    /// Opens the log in a folder for writing and replays the records behind the checkpoint. Nothing is written until the first append: an absent
    /// or empty log costs a listing. When it throws, forget what it replayed.
    /// </summary>
    /// <param name="files">The file system.</param>
    /// <param name="folder">The folder of the log; made at the first append.</param>
    /// <param name="durability">What a commit waits for.</param>
    /// <param name="checkpointSequence">Records up to this one are durable elsewhere and not replayed.</param>
    /// <param name="atLeastSequence">The log is known to have had this record, as at a clean close; 0 if nothing is known.</param>
    /// <param name="replay">Receives the records.</param>
    /// <exception cref="StoreCorruptException">A record that was flushed is missing or damaged.</exception>
    public static FasterWriteAheadLog Open(
        IStoreFiles files, string folder, LogDurability durability, long checkpointSequence, long atLeastSequence, RecordReader replay) =>
        Open(files, folder, durability, checkpointSequence, atLeastSequence, replay, LogGeometry.Default);

    internal static FasterWriteAheadLog Open(
        IStoreFiles files, string folder, LogDurability durability, long checkpointSequence, long atLeastSequence, RecordReader replay, LogGeometry geometry) =>
        new(files, folder, durability, geometry, LogReplay.Run(files, folder, checkpointSequence, atLeastSequence, replay));

    /// <summary>
    /// Replays for a reader in another process, while a writer may be at work: takes no lock, writes nothing. Returns the number of the last record.
    /// A record may be delivered a moment before its commit returns to the writer. When the writer has truncated the log since the caller
    /// read its checkpoint, records are missing: on an exception, read the manifest again and, if it changed, start again.
    /// </summary>
    /// <exception cref="StoreCorruptException">A record that was flushed is missing or damaged, and stays so when read again.</exception>
    public static long Replay(IStoreFiles files, string folder, long checkpointSequence, long atLeastSequence, RecordReader replay)
    {
        const int AttemptsMax = 5;
        long last = checkpointSequence;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return LogReplay.Run(files, folder, last, atLeastSequence, Deliver).LastSequence;
            }
            catch (StoreCorruptException) when (attempt < AttemptsMax)
            {
                // A page read before the writer filled it, and the next one after: not damage. Go on behind what was delivered.
                Thread.Sleep(attempt);
            }
        }

        void Deliver(long sequence, ReadOnlySpan<byte> record)
        {
            replay(sequence, record);
            last = sequence;
        }
    }

    /// <inheritdoc/>
    public long Append(ReadOnlySpan<byte> record)
    {
        if (record.Length > LogFormat.RecordBytesMax)
        {
            throw new ArgumentException($"a record of {record.Length} bytes; the log takes up to {LogFormat.RecordBytesMax}", nameof(record));
        }
        lock (_append)
        {
            ThrowIfStopped();
            try
            {
                LogRun run = _run ??= Begin();
                run.Append(_last + 1, Volatile.Read(ref _flushed), record);
                if (run.Device.Failure is { } failure) throw Stop(failure);
                Volatile.Write(ref _last, _last + 1);
                return _last;
            }
            catch (Exception failure) when (failure is not VecStoreException)
            {
                throw Stop(failure);
            }
        }
    }

    /// <inheritdoc/>
    public void Commit() => Commit(_durability);

    /// <inheritdoc/>
    public void Flush() => Commit(LogDurability.Full);

    /// <inheritdoc/>
    public void TruncateThrough(long sequence)
    {
        lock (_commit)
        {
            lock (_append)
            {
                ThrowIfStopped();
                ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, _last);
                try
                {
                    Truncate(sequence);
                }
                catch (Exception failure)
                {
                    throw Stop(failure);
                }
            }
        }
    }

    /// <summary>Closes the files. Writes nothing: records that were not committed may be lost.</summary>
    public void Dispose()
    {
        lock (_commit)
        {
            lock (_append)
            {
                if (_disposed) return;
                _disposed = true;
                _run?.Dispose();
                _mark?.Dispose();
            }
        }
    }

    private void Commit(LogDurability durability)
    {
        long wanted = Volatile.Read(ref _last);
        lock (_commit)
        {
            LogFile[] unflushed = [];
            bool folderChanged = false;
            long through;
            lock (_append)
            {
                ThrowIfStopped();
                if (wanted <= (durability == LogDurability.Full ? _flushed : _written)) return; // another thread's commit took ours along
                through = _last;
                if (_run is { } run)
                {
                    run.WriteOut();
                    if (run.Device.Failure is { } failure) throw Stop(failure);
                    if (durability == LogDurability.Full) (unflushed, folderChanged) = run.Device.TakeUnflushed();
                }
                Volatile.Write(ref _written, through);
            }
            if (durability == LogDurability.Os) return;
            try
            {
                _mark ??= Settle();
                foreach (LogFile file in unflushed) file.Content.Flush();
                if (folderChanged) _files.FlushFolder(_folder);
                Volatile.Write(ref _flushed, through);
                _mark.Write(through);
            }
            catch (Exception failure)
            {
                throw Stop(failure);
            }
        }
    }

    private void Truncate(long sequence)
    {
        // A file may hold records behind the end that replay found: a tail that was dropped. It counts for nothing, or it would keep the file alive
        // and come back to life with it, once the later runs that forbid it are gone. For the same reason run by run, each for good before the next.
        // And what an earlier process deleted must not come back, either: the folder is flushed before the first file goes.
        if (_earlier.Count > 0 || _run is not null) _mark ??= Settle();
        foreach (IGrouping<uint, LogFileFound> ended in _earlier.Where(Ends).GroupBy(file => file.Run))
        {
            foreach (LogFileFound file in ended) _files.Delete(file.Path);
            _files.FlushFolder(_folder);
        }
        _earlier.RemoveAll(Ends);
        bool removed = false;
        if (_run is { } run)
        {
            bool all = sequence == _last;
            removed |= run.Truncate(sequence, all);
            if (all)
            {
                _run = null;
                run.Dispose();
            }
        }
        // Before a later run can take a name of those that went.
        if (removed) _files.FlushFolder(_folder);
        if (sequence > _written) Volatile.Write(ref _written, sequence);
        if (sequence > _flushed) Volatile.Write(ref _flushed, sequence);

        bool Ends(LogFileFound file) => Math.Min(file.LastSequence, _found) <= sequence;
    }

    /// <summary>
    /// Before the first flush: what replay found may still be on its way to the disk, left there by a process that died, and nothing may be
    /// acknowledged behind it until it is flushed. The folder itself may be new, too.
    /// </summary>
    private AcknowledgedMark Settle()
    {
        foreach (LogFileFound found in _earlier)
        {
            using IStoreFile file = _files.Open(found.Path, FileAccess.ReadWrite);
            file.Flush();
        }
        AcknowledgedMark mark = AcknowledgedMark.Create(_files, _folder);
        _files.FlushFolder(_folder);
        _files.FlushFolder(Path.GetDirectoryName(_folder.TrimEnd('/')) ?? "");
        return mark;
    }

    /// <summary>Starts a run of files behind what replay found.</summary>
    private LogRun Begin()
    {
        _files.CreateFolder(_folder);
        return new LogRun(_files, _folder, _nextRun++, _last + 1, _geometry);
    }

    private VecStoreException Stop(Exception failure)
    {
        Volatile.Write(ref _failure, failure);
        return Stopped(failure);
    }

    private void ThrowIfStopped()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Volatile.Read(ref _failure) is { } failure) throw Stopped(failure);
    }

    private VecStoreException Stopped(Exception failure) =>
        new($"the log in {_folder} stopped at a failed write: {failure.Message} Open the store again: what was committed is there.", failure);
}
