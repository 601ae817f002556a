using VecStore.Storage;

namespace VecStore.Testing;

/// <summary>
/// A file system in memory, with a disk whose cache is volatile. Each write, flush, creation, rename, deletion, change of length and flush of a folder
/// is a numbered call (from 0). It can stop the machine at a call (<see cref="CrashAt"/>), let calls fail (<see cref="FailAt"/>), and say what a loss of power
/// leaves: now (<see cref="DiskImage"/>) or at any earlier call (<see cref="ImageAfter"/>), so that one run of a workload gives all its crash points.
/// Folders are names like others: a new folder is lost with all that is in it unless the folder above was flushed.
/// Safe from several threads; numbers are then in the order in which the calls came.
/// </summary>
public sealed class FaultFiles : IStoreFiles
{
    private readonly Lock _gate = new();
    private readonly SimulatedDisk _disk;
    private readonly HashSet<string> _locks = new(StringComparer.Ordinal);
    private readonly List<DiskChange>? _trace;
    private readonly SimulatedDisk? _start;
    private SimulatedDisk? _replay;
    private int _replayed;
    private int _crashAt = int.MaxValue, _failAt = int.MaxValue, _failReadAt = int.MaxValue;
    private (Fault Kind, bool ForEver) _fault, _readFault;

    /// <summary>An empty disk. With <paramref name="trace"/>, every call is kept for <see cref="ImageAfter"/>.</summary>
    public FaultFiles(bool trace = true) : this(new SimulatedDisk(), trace) { }

    private FaultFiles(SimulatedDisk disk, bool trace)
    {
        _disk = disk;
        if (!trace) return;
        _trace = [];
        _start = disk.AfterPowerLoss(PowerLoss.KeepsAll, 0);
    }

    /// <summary>Numbered calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Openings, maps and reads so far, numbered apart.</summary>
    public int Reads { get; private set; }

    /// <summary>How long the flush of a file takes at least: time for other threads to come.</summary>
    public TimeSpan FlushTakes { get; set; }

    /// <summary>True after <see cref="CrashAt"/> struck; every call throws <see cref="PowerCutException"/>.</summary>
    public bool Crashed { get; private set; }

    /// <summary>All files, sorted.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_gate)
            {
                return [.. _disk.Entries.Where(entry => !entry.Value.IsFolder).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    internal int Generation { get; private set; }

    /// <summary>The call with this number does not happen, nor any after it.</summary>
    public void CrashAt(int call) => _crashAt = call;

    /// <summary>The call with this number fails, or each from it on.</summary>
    public void FailAt(int call, Fault fault, bool forEver = false) => (_failAt, _fault) = (call, (fault, forEver));

    /// <summary>The read (opening, map) with this number fails, or each from it on.</summary>
    public void FailReadAt(int read, Fault fault, bool forEver = false) => (_failReadAt, _readFault) = (read, (fault, forEver));

    /// <summary>Ends injected failures.</summary>
    public void Heal() => (_failAt, _failReadAt, _crashAt) = (int.MaxValue, int.MaxValue, int.MaxValue);

    /// <summary>A new disk with what a loss of power now would leave. All of it counts as flushed.</summary>
    public FaultFiles DiskImage(PowerLoss loss, int seed, bool trace = false)
    {
        lock (_gate)
        {
            return new FaultFiles(_disk.AfterPowerLoss(loss, seed), trace);
        }
    }

    /// <summary>A new disk with what the death of the process leaves: every write that was issued.</summary>
    public FaultFiles KillImage(bool trace = false) => DiskImage(PowerLoss.KeepsAll, 0, trace);

    /// <summary>
    /// The process dies here and another one goes on with the same disk and cache: locks go, open files are dead, what was not flushed stays so.
    /// </summary>
    public void Kill()
    {
        lock (_gate)
        {
            Generation++;
            _locks.Clear();
            foreach (SimulatedFile file in _disk.Files) file.Maps = 0;
            Crashed = false;
            _crashAt = int.MaxValue;
        }
    }

    /// <summary>What a loss of power would have left after so many calls. Fastest when asked in rising order.</summary>
    public FaultFiles ImageAfter(int calls, PowerLoss loss, int seed, bool trace = false)
    {
        lock (_gate)
        {
            if (_trace is null) throw new InvalidOperationException("this FaultFiles keeps no trace");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(calls, _trace.Count);
            if (_replay is null || calls < _replayed) (_replay, _replayed) = (_start!.AfterPowerLoss(PowerLoss.KeepsAll, 0), 0);
            for (; _replayed < calls; _replayed++) _replay.Apply(_trace[_replayed]);
            return new FaultFiles(_replay.AfterPowerLoss(loss, seed), trace);
        }
    }

    /// <summary>What a numbered call was, for messages.</summary>
    public string Describe(int call) => _trace is null || call >= _trace.Count ? "the end" : _trace[call] switch
    {
        Written written => $"write of {written.Bytes.Length} bytes at {written.Offset} of {written.Path}",
        LengthSet set => $"length {set.Length} of {set.Path}",
        Renamed renamed => $"rename of {renamed.Path} to {renamed.To}",
        DiskChange other => $"{other.GetType().Name} {other.Path}",
    };

    /// <summary>The bytes of a file.</summary>
    public byte[] Content(string path)
    {
        lock (_gate)
        {
            return FileAt(Normal(path)).Live.ToArray();
        }
    }

    public bool Exists(string path)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return _disk.Find(Normal(path)) is { IsFolder: false };
        }
    }

    public bool FolderExists(string folder)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return _disk.HasFolder(Normal(folder));
        }
    }

    public IReadOnlyList<string> List(string folder)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return [.. _disk.NamesIn(Normal(folder)).Select(path => path[(path.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];
        }
    }

    public IReadOnlyList<string> ListFolders(string folder)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            return [.. _disk.FoldersIn(Normal(folder)).Select(path => path[(path.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal)];
        }
    }

    public void DeleteFolder(string folder)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            string path = Normal(folder);
            if (_disk.HasFolder(path) && !_disk.NamesIn(path).Any() && !_disk.FoldersIn(path).Any()) Change(new Deleted(path));
        }
    }

    public void CreateFolder(string folder)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            string path = Normal(folder);
            if (_disk.HasFolder(path)) return;
            CreateFolder(SimulatedDisk.FolderOf(path));
            Change(new FolderMade(path));
        }
    }

    public IStoreFile Create(string path)
    {
        lock (_gate)
        {
            string name = Normal(path);
            NeedFolder(SimulatedDisk.FolderOf(name));
            NeedUnmapped(_disk.Find(name), name);
            Change(new FileMade(name));
            return new FaultFile(this, name, FileAt(name), writable: true);
        }
    }

    public IStoreFile Open(string path, FileAccess access)
    {
        lock (_gate)
        {
            NoteRead(path);
            string name = Normal(path);
            return new FaultFile(this, name, FileAt(name), access != FileAccess.Read);
        }
    }

    public IMappedFile Map(string path)
    {
        lock (_gate)
        {
            NoteRead(path);
            return new FaultMap(this, FileAt(Normal(path)));
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            string target = Normal(to);
            NeedFolder(SimulatedDisk.FolderOf(target));
            FileAt(Normal(from));
            Change(new Renamed(Normal(from), target));
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Change(new Deleted(Normal(path)));
        }
    }

    public void FlushFolder(string folder)
    {
        lock (_gate)
        {
            NeedFolder(Normal(folder));
            Change(new FolderFlushed(Normal(folder)));
        }
    }

    public IDisposable? TryLock(string path, string holder)
    {
        lock (_gate)
        {
            ThrowIfCrashed();
            string name = Normal(path);
            if (_locks.Contains(name)) return null;
            using IStoreFile file = Create(name);
            file.Write(0, System.Text.Encoding.UTF8.GetBytes(holder));
            _locks.Add(name);
            return new HeldLock(this, name, Generation);
        }
    }

    internal int Read(SimulatedFile file, int generation, string path, long offset, Span<byte> destination)
    {
        lock (_gate)
        {
            ThrowIfDead(generation);
            bool shorten = NoteRead(path);
            ReadOnlySpan<byte> live = file.Live;
            if (offset >= live.Length) return 0;
            int length = (int)Math.Min(destination.Length, live.Length - offset);
            if (shorten) length /= 2;
            live.Slice((int)offset, length).CopyTo(destination);
            return length;
        }
    }

    internal long LengthOf(SimulatedFile file, int generation)
    {
        lock (_gate)
        {
            ThrowIfDead(generation);
            return file.Length;
        }
    }

    internal void Write(SimulatedFile file, int generation, string path, long offset, ReadOnlySpan<byte> source)
    {
        lock (_gate)
        {
            ThrowIfDead(generation);
            NeedUnmapped(file, path);
            if (Calls >= _failAt && _fault.Kind == Fault.DiskFull && source.Length > 1)
            {
                int number = Calls;
                Apply(new Written(path, file.Id, offset, source[..(source.Length / 2)].ToArray()));
                Fail(number, path);
            }
            Change(new Written(path, file.Id, offset, source.ToArray()));
        }
    }

    internal void SetLength(SimulatedFile file, int generation, string path, long length)
    {
        lock (_gate)
        {
            ThrowIfDead(generation);
            if (length < file.Length) NeedUnmapped(file, path);
            Change(new LengthSet(path, file.Id, length));
        }
    }

    internal void Flush(SimulatedFile file, int generation, string path)
    {
        if (FlushTakes > TimeSpan.Zero) Thread.Sleep(FlushTakes);
        lock (_gate)
        {
            ThrowIfDead(generation);
            Change(new Flushed(path, file.Id));
        }
    }

    internal void Unmap(SimulatedFile file, int generation)
    {
        lock (_gate)
        {
            if (generation == Generation) file.Maps--;
        }
    }

    internal void Unlock(string path, int generation)
    {
        lock (_gate)
        {
            if (generation == Generation) _locks.Remove(path);
        }
    }

    private static string Normal(string path)
    {
        if (path.StartsWith("./", StringComparison.Ordinal)) path = path[2..];
        return path.Length > 1 ? path.TrimEnd('/') : path == "." ? "" : path;
    }

    private void Change(DiskChange change)
    {
        ThrowIfCrashed();
        if (Calls >= _crashAt)
        {
            Crashed = true;
            throw new PowerCutException();
        }
        if (Calls >= _failAt && _fault.Kind != Fault.ShortRead) Fail(Calls, change.Path);
        Apply(change);
    }

    private void Apply(DiskChange change)
    {
        _disk.Apply(change);
        _trace?.Add(change);
        Calls++;
    }

    private void Fail(int call, string path)
    {
        if (!_fault.ForEver) _failAt = int.MaxValue;
        throw Failure(_fault.Kind, call, path);
    }

    private static InjectedFaultException Failure(Fault kind, int call, string path) => kind == Fault.DiskFull
        ? new InjectedFaultException($"No space left on device (call {call}, {path})", 28)
        : new InjectedFaultException($"Input/output error (call {call}, {path})", 5);

    /// <summary>Counts a read; true when it is to be short.</summary>
    private bool NoteRead(string path)
    {
        ThrowIfCrashed();
        int number = Reads++;
        if (number < _failReadAt) return false;
        if (!_readFault.ForEver) _failReadAt = int.MaxValue;
        return _readFault.Kind == Fault.ShortRead ? true : throw Failure(Fault.IoError, number, path);
    }

    private SimulatedFile FileAt(string path) => _disk.Find(path) is { IsFolder: false } file ? file : throw new FileNotFoundException($"there is no file {path}", path);

    private void NeedFolder(string folder)
    {
        if (!_disk.HasFolder(folder)) throw new DirectoryNotFoundException($"there is no folder {folder}");
    }

    private static void NeedUnmapped(SimulatedFile? file, string path)
    {
        if (file is { Maps: > 0 }) throw new InvalidOperationException($"{path} is written while it is mapped");
    }

    private void ThrowIfDead(int generation)
    {
        if (generation != Generation) throw new PowerCutException();
        ThrowIfCrashed();
    }

    private void ThrowIfCrashed()
    {
        if (Crashed) throw new PowerCutException();
    }

    private sealed class HeldLock(FaultFiles files, string path, int generation) : IDisposable
    {
        public void Dispose() => files.Unlock(path, generation);
    }
}
