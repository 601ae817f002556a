using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FASTER.core;

namespace VecStore.Storage;

/// <summary>
/// What one opening of the log for writing appends: a FasterLog that begins empty, in files of its own, and is never recovered by FASTER.
/// Called under the log's append lock, so FASTER does all its work on the calling thread.
/// </summary>
internal sealed class LogRun : IDisposable
{
    private readonly uint _run;
    private readonly LogGeometry _geometry;
    private readonly FasterLogSettings _settings;
    private readonly FasterLog _log;
    private readonly byte[] _fragment;

    // For each file of the run, gone or not, the number of the last record that has a part in it.
    private readonly List<long> _lastIn = [];

    public LogRun(IStoreFiles files, string folder, uint run, long firstSequence, LogGeometry geometry)
    {
        _run = run;
        _geometry = geometry;
        _fragment = new byte[geometry.PageBytes];
        Device = new LogDevice(files, folder, run, firstSequence, geometry);
        _settings = new FasterLogSettings
        {
            LogDevice = Device,
            LogCommitManager = new NoCommitRecords(),
            PageSizeBits = geometry.PageBits,
            MemorySizeBits = geometry.MemoryBits,
            SegmentSizeBits = geometry.SegmentBits,
            LogChecksum = LogChecksumType.PerEntry,
            // FASTER's two modes differ in what its recovery can find. It never recovers here, and without the fast mode the pages hold our entries only.
            FastCommitMode = false,
            TryRecoverLatest = false,
        };
        _log = new FasterLog(_settings);
    }

    public LogDevice Device { get; }

    /// <summary>Cuts a record into fragments that each fit the rest of a page, and hands them to FASTER.</summary>
    public void Append(long sequence, long flushedSequence, ReadOnlySpan<byte> record)
    {
        int headerBytes = Unsafe.SizeOf<FragmentHeader>();
        uint part = 0;
        bool last;
        do
        {
            long address = _log.TailAddress;
            int room = _geometry.PageBytes - (int)(address & (_geometry.PageBytes - 1));
            if (room < LogFormat.FragmentOverhead + Math.Min(record.Length, LogFormat.SmallestPiece))
            {
                address += room;
                room = _geometry.PageBytes;
            }
            int length = Math.Min(record.Length, room - LogFormat.FragmentOverhead);
            last = length == record.Length;
            FragmentHeader header = new()
            {
                Magic = LogFormat.FragmentMagic,
                Sequence = sequence,
                FlushedSequence = flushedSequence,
                Address = address,
                Run = _run,
                Part = part | (last ? LogFormat.LastPart : 0),
                Length = length,
            };
            Span<byte> fragment = _fragment.AsSpan(0, headerBytes + length);
            MemoryMarshal.Write(fragment, in header);
            record[..length].CopyTo(fragment[headerBytes..]);
            header.Checksum = LogFormat.ChecksumOf(fragment);
            MemoryMarshal.Write(fragment, in header);
            Enqueue(fragment, address);
            NoteIn((int)(address >> _geometry.SegmentBits), sequence);
            record = record[length..];
            part++;
        }
        while (!last);
    }

    /// <summary>Deletes the files whose records all have this number or a lower one; also the newest, which FASTER still writes to, when the run ends here.</summary>
    public bool Truncate(long sequence, bool ends)
    {
        LogFile[] files = Device.Files.FindAll(file => ends || (file != Device.Files[^1] && _lastIn[(int)file.Segment] <= sequence)).ToArray();
        foreach (LogFile file in files) Device.Remove(file);
        return files.Length > 0;
    }

    /// <summary>All that was appended is in the files when it returns, not yet flushed. Failures are the device's to tell.</summary>
    public void WriteOut()
    {
        long tail = _log.TailAddress;
        if (_log.FlushedUntilAddress >= tail) return;
        _log.Commit();
        // FASTER writes on this thread, unless its own callback of an earlier commit was just then inside the epoch: then that thread writes.
        SpinWait wait = default;
        while (_log.FlushedUntilAddress < tail) wait.SpinOnce(sleep1Threshold: -1);
        Interlocked.MemoryBarrier();
    }

    /// <summary>Closes the files; writes nothing.</summary>
    public void Dispose()
    {
        _log.Dispose();
        _settings.Dispose();
        Device.Dispose();
    }

    private void NoteIn(int segment, long sequence)
    {
        while (_lastIn.Count <= segment) _lastIn.Add(0);
        _lastIn[segment] = sequence;
    }

    private void Enqueue(ReadOnlySpan<byte> fragment, long address)
    {
        long got;
        SpinWait wait = default;
        while (!_log.TryEnqueue(fragment, out got)) wait.SpinOnce(sleep1Threshold: -1);
        if (got != address) throw new UnreachableException($"FASTER put an entry at {got} that was cut for {address}");
    }
}
