using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>One file of the log as replay found it.</summary>
internal sealed record LogFileFound(string Path, uint Run, uint Segment)
{
    public LogFileHeader Header { get; set; }

    /// <summary>False when the header is missing or damaged: then nothing in the file is replayed, but what its fragments testify counts.</summary>
    public bool Readable { get; set; }

    public long Length { get; set; }

    /// <summary>The number of the last record that has a part here; 0 for none.</summary>
    public long LastSequence { get; set; }
}

/// <summary>
/// Our own reader of the log's files: FASTER's recovery is never asked. It delivers the longest unbroken series of records behind the checkpoint,
/// then asks whether more than that is known to have been flushed. If so, the log is damaged; if not, what follows was never acknowledged and is dropped.
/// Writes nothing. Memory: one page, and one record when it has several parts.
/// </summary>
internal sealed class LogReplay
{
    private readonly IStoreFiles _files;
    private readonly RecordReader _reader;
    private readonly List<LogFileFound> _found = [];
    private byte[] _page = [];
    private byte[] _record = [];
    private int _recordLength;
    private uint _nextPart;
    private bool _broken;
    private long _expected;
    private long _flushed;
    private uint _endRun;

    // Behind the last fragment taken; since then, the first place that is not as it should be, and the first page of zeros.
    private (string Path, long Offset)? _end, _doubt, _emptyPage;

    private LogReplay(IStoreFiles files, long checkpointSequence, long atLeastSequence, RecordReader reader)
    {
        _files = files;
        _reader = reader;
        _expected = checkpointSequence + 1;
        _flushed = Math.Max(checkpointSequence, atLeastSequence);
    }

    /// <summary>The number of the last record delivered, or the checkpoint.</summary>
    public long LastSequence => _expected - 1;

    /// <summary>Every record up to here is known to have been flushed once.</summary>
    public long FlushedSequence => _flushed;

    public IReadOnlyList<LogFileFound> Files => _found;

    public uint NextRun { get; private set; } = 1;

    /// <summary>Reads the log. Records are delivered before damage behind them is found: when it throws, forget what it delivered.</summary>
    /// <exception cref="StoreCorruptException">A record that was flushed is not there, whole and unharmed.</exception>
    public static LogReplay Run(IStoreFiles files, string folder, long checkpointSequence, long atLeastSequence, RecordReader reader)
    {
        LogReplay replay = new(files, checkpointSequence, atLeastSequence, reader);
        replay.Read(folder);
        return replay;
    }

    private void Read(string folder)
    {
        // First the note and then the data, as a writer may be at work: what the note names is in the data by then.
        long acknowledged = AcknowledgedMark.Read(_files, folder);
        foreach (string name in _files.List(folder))
        {
            if (LogFormat.TryParseName(name, out uint run, out uint segment)) _found.Add(new LogFileFound(LogFormat.PathOf(folder, name), run, segment));
        }
        _found.Sort(static (x, y) => x.Run != y.Run ? x.Run.CompareTo(y.Run) : x.Segment.CompareTo(y.Segment));
        foreach (LogFileFound file in _found) ReadHeader(file);

        for (int i = 0; i < _found.Count;)
        {
            uint run = _found[i].Run;
            long limit = LimitOf(run);
            NextRun = run + 1;
            _broken = false;
            _nextPart = 0;
            for (; i < _found.Count && _found[i].Run == run; i++) ReadFile(_found[i], limit);
        }
        _flushed = Math.Max(_flushed, acknowledged);
        if (LastSequence < _flushed) throw Damage(folder);
        _page = _record = [];
    }

    /// <summary>Where the next run begins this one was found to end, whatever lies behind that: a tail that was torn and dropped.</summary>
    private long LimitOf(uint run)
    {
        long limit = long.MaxValue;
        foreach (LogFileFound later in _found)
        {
            if (later.Readable && later.Run > run) limit = Math.Min(limit, later.Header.FirstSequence);
        }
        return limit;
    }

    private void ReadHeader(LogFileFound file)
    {
        using IStoreFile? content = TryOpen(file.Path);
        if (content is null) return;
        file.Length = content.Length;
        LogFileHeader header = default;
        int read = content.Read(0, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref header, 1)));
        if (read < Math.Min(Unsafe.SizeOf<LogFileHeader>(), file.Length)) throw new IOException($"{file.Path}: {read} bytes were read of its header");
        if (read < Unsafe.SizeOf<LogFileHeader>() || header.Magic != LogFormat.FileMagic || header.Checksum != LogFormat.ChecksumOf(ref header)) return;
        if (header.Version > LogFormat.Version) throw new FormatVersionException(file.Path, header.Version, LogFormat.Version);
        if (header.Run != file.Run || header.Segment != file.Segment) return;
        if (header.PageBytes is < 512 or > 1 << 24 || !BitOperations.IsPow2(header.PageBytes)) return;
        file.Header = header;
        file.Readable = true;
    }

    private void ReadFile(LogFileFound file, long limit)
    {
        using IStoreFile? content = TryOpen(file.Path);
        if (content is null) return; // gone since it was listed: a writer gave its space back
        if (!file.Readable)
        {
            _broken = true;
            _doubt ??= (file.Path, 0);
        }
        else if (file.Header.FirstSequence == _expected && file.Run != _endRun)
        {
            _emptyPage = null; // that was the unused rest of an earlier run
        }
        int pageBytes = file.Readable ? file.Header.PageBytes : LogGeometry.Default.PageBytes;
        long segmentStart = file.Readable ? file.Segment * file.Header.SegmentBytes : file.Segment * LogGeometry.Default.SegmentBytes;
        if (_page.Length != pageBytes) _page = new byte[pageBytes];
        for (long offset = LogFormat.HeaderBytes; ; offset += pageBytes)
        {
            long there = Math.Min(pageBytes, content.Length - offset);
            if (there <= 0) return;
            int length = content.Read(offset, _page);
            // A page of which the disk gives only a part is not the end of the log: what was acknowledged may lie behind.
            if (length < there) throw new IOException($"{file.Path}: {length} bytes were read at {offset}, {there} are there");
            int start = segmentStart == 0 && offset == LogFormat.HeaderBytes ? LogFormat.FirstAddress : 0;
            ReadPage(file, _page.AsSpan(0, length), start, offset, segmentStart + offset - LogFormat.HeaderBytes, limit);
        }
    }

    private void ReadPage(LogFileFound file, ReadOnlySpan<byte> page, int start, long pageOffset, long pageAddress, long limit)
    {
        int at = start;
        while (at + LogFormat.FragmentOverhead <= page.Length)
        {
            if (LogFormat.TryReadFragment(page[at..], file.Run, pageAddress + at, out FragmentHeader header))
            {
                ReadOnlySpan<byte> payload = page.Slice(at + LogFormat.FragmentOverhead, header.Length);
                int end = at + LogFormat.FragmentOverhead + LogFormat.Aligned(header.Length);
                _flushed = Math.Max(_flushed, header.FlushedSequence);
                if (header.Sequence < limit)
                {
                    file.LastSequence = Math.Max(file.LastSequence, header.Sequence);
                    if (Accept(header, payload)) (_end, _endRun, _doubt, _emptyPage) = ((file.Path, pageOffset + end), file.Run, null, null);
                    else if (_broken) _doubt ??= PlaceOfTheMissing(file, pageOffset + at);
                }
                at = end;
                continue;
            }
            // Not a fragment: the rest of a page that the next one did not fit, or the end of the log, or a bad place. Look behind it.
            if (!_broken && page[at..].ContainsAnyExcept((byte)0)) _doubt ??= (file.Path, pageOffset + at);
            else if (!_broken && at == start) _emptyPage ??= (file.Path, pageOffset);
            int magicAt = at + LogFormat.EntryHeaderBytes + sizeof(uint);
            int next = magicAt >= page.Length ? -1 : MemoryMarshal.Cast<byte, uint>(page[magicAt..]).IndexOf(LogFormat.FragmentMagic);
            if (next < 0) return;
            at = magicAt + (next * sizeof(uint)) - LogFormat.EntryHeaderBytes;
        }
    }

    /// <summary>Takes a fragment if it is the next one of the series; what was delivered before is passed over.</summary>
    private bool Accept(in FragmentHeader header, ReadOnlySpan<byte> payload)
    {
        if (_broken || header.Sequence < _expected) return false;
        bool last = (header.Part & LogFormat.LastPart) != 0;
        if (header.Sequence > _expected || (header.Part & ~LogFormat.LastPart) != _nextPart)
        {
            _broken = true;
            return false;
        }
        if (last && _nextPart == 0)
        {
            _reader(_expected++, payload);
            return true;
        }
        if (_nextPart == 0) _recordLength = 0;
        if (_recordLength + payload.Length > LogFormat.RecordBytesMax)
        {
            _broken = true;
            return false;
        }
        if (_record.Length < _recordLength + payload.Length) Array.Resize(ref _record, Math.Max(_recordLength + payload.Length, 2 * _record.Length));
        payload.CopyTo(_record.AsSpan(_recordLength));
        _recordLength += payload.Length;
        _nextPart++;
        if (!last) return true;
        _nextPart = 0;
        _reader(_expected++, _record.AsSpan(0, _recordLength));
        return true;
    }

    /// <summary>
    /// A fragment comes too early: the one before it belongs to the page of zeros, or behind the last one taken, unless this run should have begun with it.
    /// </summary>
    private (string Path, long Offset) PlaceOfTheMissing(LogFileFound file, long here)
    {
        if (_emptyPage is { } page) return page;
        return _end is { } end && (file.Run == _endRun || file.Header.FirstSequence > _expected) ? end : (file.Path, here);
    }

    private IStoreFile? TryOpen(string path)
    {
        try
        {
            return _files.Open(path, FileAccess.Read);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private StoreCorruptException Damage(string folder)
    {
        (string path, long offset) = _doubt ?? _end ?? (folder, 0);
        string found = _found.Count == 0 ? "no file of the log"
            : LastSequence == 0 ? "no record" : $"an end of the log behind record {LastSequence}, or bytes that are none";
        return new StoreCorruptException(path, offset, $"record {_expected} (all up to {_flushed} were flushed)", found,
            "Restore the store from a copy. To go on without the records that are lost, move the folder of the log away.");
    }
}
