namespace VecStore.Testing;

/// <summary>Files, folders and names of the simulated disk, with a volatile cache before them. Changes are applied in the order of their numbers.</summary>
internal sealed class SimulatedDisk
{
    private readonly Dictionary<string, SimulatedFile> _live;
    private readonly Dictionary<string, SimulatedFile> _durable;
    private readonly List<(int Call, DiskChange Change, SimulatedFile File)> _names = [];
    private readonly List<SimulatedFile> _files;
    private int _calls;

    public SimulatedDisk() : this([], []) { }

    private SimulatedDisk(Dictionary<string, SimulatedFile> content, List<SimulatedFile> files)
    {
        _live = content;
        _durable = new Dictionary<string, SimulatedFile>(content);
        _files = files;
    }

    public SimulatedFile? Find(string path) => _live.GetValueOrDefault(path);

    public IReadOnlyList<SimulatedFile> Files => _files;

    public SimulatedFile this[int file] => _files[file];

    public IEnumerable<string> NamesIn(string folder) => _live.Where(entry => !entry.Value.IsFolder && FolderOf(entry.Key) == folder).Select(entry => entry.Key);

    public IEnumerable<string> FoldersIn(string folder) => _live.Where(entry => entry.Value.IsFolder && FolderOf(entry.Key) == folder).Select(entry => entry.Key);

    public IEnumerable<KeyValuePair<string, SimulatedFile>> Entries => _live;

    public bool HasFolder(string path) => path.Length == 0 || path == "/" || path == "." || _live.ContainsKey(path);

    public static string FolderOf(string path) => path.LastIndexOf('/') is var slash && slash <= 0 ? (slash == 0 ? "/" : "") : path[..slash];

    public void Apply(DiskChange change)
    {
        int call = _calls++;
        switch (change)
        {
            case FolderMade made:
                if (!_live.ContainsKey(made.Path)) Name(call, made, New(isFolder: true));
                break;
            case FileMade made:
                if (_live.TryGetValue(made.Path, out SimulatedFile? old)) old.SetLength(call, 0);
                else Name(call, made, New(isFolder: false));
                break;
            case Written written:
                _files[written.File].Write(call, written.Offset, written.Bytes);
                break;
            case LengthSet set:
                _files[set.File].SetLength(call, set.Length);
                break;
            case Flushed flushed:
                _files[flushed.File].Flush();
                break;
            case Renamed renamed:
                Name(call, renamed, _live[renamed.Path]);
                break;
            case Deleted deleted:
                if (_live.TryGetValue(deleted.Path, out SimulatedFile? gone)) Name(call, deleted, gone);
                break;
            case FolderFlushed flushed:
                foreach ((_, DiskChange pending, SimulatedFile file) in _names.Where(entry => IsIn(entry.Change, flushed.Path))) Apply(pending, file, _durable);
                _names.RemoveAll(entry => IsIn(entry.Change, flushed.Path));
                break;
        }
    }

    /// <summary>A new disk with what a loss of power now would leave.</summary>
    public SimulatedDisk AfterPowerLoss(PowerLoss loss, int seed)
    {
        Random random = new(seed);
        Func<int, ChangeFate> keeps = FateOf(loss, random);
        Dictionary<string, SimulatedFile> names = new(_durable);
        bool prefixOfNames = loss is PowerLoss.TearsPages or PowerLoss.TearsSectors && random.Next(2) == 0;
        int namesKept = prefixOfNames ? random.Next(_names.Count + 1) : int.MaxValue;
        foreach ((int call, DiskChange change, SimulatedFile file) in _names)
        {
            bool kept = loss switch
            {
                PowerLoss.KeepsAll or PowerLoss.KeepsNames => true,
                PowerLoss.DropsAll or PowerLoss.KeepsData => false,
                PowerLoss.KeepsPrefix => keeps(call) == ChangeFate.Kept,
                // Journalling file systems keep the order of names; POSIX does not ask for it.
                _ => prefixOfNames ? namesKept-- > 0 : random.Next(2) == 0,
            };
            if (kept) Apply(change, file, names);
        }
        Dictionary<string, SimulatedFile> content = [];
        List<SimulatedFile> files = [];
        foreach ((string path, SimulatedFile file) in names.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (HangsInTheAir(path, names)) continue;
            SimulatedFile copy = file.IsFolder
                ? new SimulatedFile { Id = files.Count, IsFolder = true }
                : SimulatedFile.Of(files.Count, file.AfterPowerLoss(loss, random, keeps));
            files.Add(copy);
            content.Add(path, copy);
        }
        return new SimulatedDisk(content, files);
    }

    /// <summary>True when a folder above did not survive.</summary>
    private static bool HangsInTheAir(string path, Dictionary<string, SimulatedFile> content)
    {
        for (string folder = FolderOf(path); folder.Length > 0 && folder != "/"; folder = FolderOf(folder))
        {
            if (!content.ContainsKey(folder)) return true;
        }
        return false;
    }

    private Func<int, ChangeFate> FateOf(PowerLoss loss, Random random)
    {
        if (loss != PowerLoss.KeepsPrefix)
        {
            return _ => random.Next(4) switch { 0 => ChangeFate.Lost, 1 => ChangeFate.Kept, _ => ChangeFate.Torn };
        }
        int[] pending = [.. _names.Select(entry => entry.Call), .. _live.Values.SelectMany(file => file.Pending).Select(change => change.Call)];
        Array.Sort(pending);
        int kept = random.Next(pending.Length + 1);
        int firstLost = kept == pending.Length ? int.MaxValue : pending[kept];
        return call => call < firstLost ? ChangeFate.Kept : call == firstLost ? ChangeFate.Torn : ChangeFate.Lost;
    }

    private SimulatedFile New(bool isFolder)
    {
        SimulatedFile file = new() { Id = _files.Count, IsFolder = isFolder };
        _files.Add(file);
        return file;
    }

    private void Name(int call, DiskChange change, SimulatedFile file)
    {
        Apply(change, file, _live);
        _names.Add((call, change, file));
    }

    private static bool IsIn(DiskChange change, string folder) =>
        FolderOf(change.Path) == folder || (change is Renamed renamed && FolderOf(renamed.To) == folder);

    private static void Apply(DiskChange change, SimulatedFile file, Dictionary<string, SimulatedFile> names)
    {
        switch (change)
        {
            case Renamed renamed:
                names.Remove(renamed.Path);
                names[renamed.To] = file;
                break;
            case Deleted:
                if (names.GetValueOrDefault(change.Path) == file) names.Remove(change.Path);
                break;
            default:
                names[change.Path] = file;
                break;
        }
    }
}
