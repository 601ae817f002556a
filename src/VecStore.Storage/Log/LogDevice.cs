using System.Runtime.InteropServices;
using FASTER.core;

namespace VecStore.Storage;

/// <summary>
/// FASTER's disk: the files of one run of the log, through the seam. Each call is done when it returns. A failure is kept and every later write
/// is swallowed: FASTER is told that all is well, so that it neither hangs nor retries, and the log above throws.
/// </summary>
internal sealed unsafe class LogDevice(IStoreFiles files, string folder, uint run, long firstSequence, LogGeometry geometry)
    : StorageDeviceBase($"{folder}/{run:D8}", sectorSize: 512, capacity: -1)
{
    private readonly Lock _gate = new();
    private readonly List<LogFile> _files = [];
    private bool _folderChanged;
    private Exception? _failure;

    /// <summary>The first failure, or null.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>The files of the run that are still there, in order.</summary>
    public List<LogFile> Files => _files;

    public override void WriteAsync(
        IntPtr sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        lock (_gate)
        {
            if (_failure is null)
            {
                try
                {
                    LogFile file = FileOf((uint)segmentId);
                    long offset = LogFormat.HeaderBytes + (long)destinationAddress;
                    Reserve(file, offset + numBytesToWrite);
                    file.Unflushed = true;
                    file.Content.Write(offset, new ReadOnlySpan<byte>((void*)sourceAddress, checked((int)numBytesToWrite)));
                }
                catch (Exception failure)
                {
                    Volatile.Write(ref _failure, failure);
                }
            }
        }
        callback(0, numBytesToWrite, context);
    }

    /// <summary>FASTER never reads: replay is ours. An error, should it try.</summary>
    public override void ReadAsync(
        int segmentId, ulong sourceAddress, IntPtr destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        callback(uint.MaxValue, 0, context);

    /// <summary>FASTER removes nothing: files go by <see cref="Remove"/>, when the store says so.</summary>
    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => callback?.Invoke(result);

    /// <summary>The files written since the last call, and whether one was created since then. Their flush is the caller's.</summary>
    public (LogFile[] Files, bool FolderChanged) TakeUnflushed()
    {
        lock (_gate)
        {
            LogFile[] taken = _files.FindAll(file => file.Unflushed).ToArray();
            foreach (LogFile file in taken) file.Unflushed = false;
            bool changed = _folderChanged;
            _folderChanged = false;
            return (taken, changed);
        }
    }

    /// <summary>Deletes one file.</summary>
    public void Remove(LogFile file)
    {
        lock (_gate)
        {
            _files.Remove(file);
            file.Content.Dispose();
            files.Delete(file.Path);
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            foreach (LogFile file in _files) file.Content.Dispose();
        }
    }

    private LogFile FileOf(uint segment)
    {
        if (_files.Find(file => file.Segment == segment) is { } open) return open;
        string path = LogFormat.PathOf(folder, LogFormat.FileName(run, segment));
        LogFile file = new(segment, path, files.Create(path));
        _files.Add(file);
        _folderChanged = true;
        LogFileHeader header = new()
        {
            Magic = LogFormat.FileMagic,
            Version = LogFormat.Version,
            Run = run,
            Segment = segment,
            PageBytes = geometry.PageBytes,
            SegmentBytes = geometry.SegmentBytes,
            FirstSequence = firstSequence,
        };
        header.Checksum = LogFormat.ChecksumOf(ref header);
        Reserve(file, LogFormat.HeaderBytes);
        file.Content.Write(0, MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref header, 1)));
        return file;
    }

    private void Reserve(LogFile file, long end)
    {
        if (end <= file.Length) return;
        long step = geometry.GrowthBytes;
        long length = Math.Max(end, Math.Min((end + step - 1) / step * step, LogFormat.HeaderBytes + geometry.SegmentBytes));
        file.Content.SetLength(length, allocate: true);
        file.Length = length;
    }
}

/// <summary>One open file of a run.</summary>
internal sealed class LogFile(uint segment, string path, IStoreFile content)
{
    public uint Segment => segment;

    public string Path => path;

    public IStoreFile Content => content;

    /// <summary>Bytes reserved.</summary>
    public long Length { get; set; }

    /// <summary>Written since the last flush.</summary>
    public bool Unflushed { get; set; }
}

/// <summary>
/// FASTER's store of commit records, which keeps none: a commit of ours is durable by the flush of the files (see
/// <see cref="FasterWriteAheadLog"/>), and what is valid is told from the fragments themselves.
/// </summary>
internal sealed class NoCommitRecords : ILogCommitManager
{
    public void Commit(long beginAddress, long untilAddress, byte[] commitMetadata, long commitNum, bool forceWriteMetadata) { }

    public byte[] GetCommitMetadata(long commitNum) => [];

    public IEnumerable<long> ListCommits() => [];

    public void RemoveCommit(long commitNum) { }

    public void RemoveAllCommits() { }

    public void OnRecovery(long commitNum) { }

    public void Dispose() { }
}
