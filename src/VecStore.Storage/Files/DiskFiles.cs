namespace VecStore.Storage;

/// <summary>
/// The files of the machine. On Linux with its own calls (fdatasync, flush of folders, fallocate, advice to the mapped pages, flock);
/// elsewhere with what .NET offers everywhere, where the flush of folders is not available and is left out.
/// </summary>
public sealed class DiskFiles : IStoreFiles
{
    private static readonly IStoreFiles System = OperatingSystem.IsLinux() ? new LinuxFiles() : new PortableFiles();

    /// <inheritdoc/>
    public bool Exists(string path) => System.Exists(path);

    /// <inheritdoc/>
    public bool FolderExists(string folder) => System.FolderExists(folder);

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder) => System.List(folder);

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFolders(string folder) => System.ListFolders(folder);

    /// <inheritdoc/>
    public void CreateFolder(string folder) => System.CreateFolder(folder);

    /// <inheritdoc/>
    public void DeleteFolder(string folder) => System.DeleteFolder(folder);

    /// <inheritdoc/>
    public IStoreFile Create(string path) => System.Create(path);

    /// <inheritdoc/>
    public IStoreFile Open(string path, FileAccess access) => System.Open(path, access);

    /// <inheritdoc/>
    public IMappedFile Map(string path) => System.Map(path);

    /// <inheritdoc/>
    public void Rename(string from, string to) => System.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string path) => System.Delete(path);

    /// <inheritdoc/>
    public void FlushFolder(string folder) => System.FlushFolder(folder);

    /// <inheritdoc/>
    public IDisposable? TryLock(string path, string holder) => System.TryLock(path, holder);
}
