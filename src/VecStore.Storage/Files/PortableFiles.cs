using System.IO.MemoryMappedFiles;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VecStore.Storage;

/// <summary>
/// Files by what .NET offers on every system. Flush is RandomAccess.FlushToDisk; a folder cannot be flushed, so a rename is as durable as
/// the file system makes it. The lock is a file opened for nobody else; its holder is named in a file beside it.
/// </summary>
internal sealed class PortableFiles : IStoreFiles
{
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    public bool Exists(string path) => File.Exists(path);

    public bool FolderExists(string folder) => Directory.Exists(folder);

    public IReadOnlyList<string> List(string folder) => FolderListing.Of(folder);

    public IReadOnlyList<string> ListFolders(string folder) => FolderListing.FoldersOf(folder);

    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public void DeleteFolder(string folder) => FolderListing.DeleteIfEmpty(folder);

    public IStoreFile Create(string path) => Wrap(File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, Shared), path);

    public IStoreFile Open(string path, FileAccess access) => Wrap(File.OpenHandle(path, FileMode.Open, access, Shared), path);

    public IMappedFile Map(string path) => new PortableMap(path);

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) File.Delete(path);
    }

    public void FlushFolder(string folder) { }

    public IDisposable? TryLock(string path, string holder)
    {
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
        try
        {
            byte[] text = Encoding.UTF8.GetBytes(holder);
            stream.SetLength(0);
            stream.Write(text);
            stream.Flush();
            File.WriteAllBytes(path + StoreLock.HolderSuffix, text);
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static DiskFile Wrap(SafeFileHandle handle, string path) =>
        new(handle, path, static (handle, _) => RandomAccess.FlushToDisk(handle), static (handle, _, length) => RandomAccess.SetLength(handle, length));
}

/// <summary>A read-only map made by .NET.</summary>
internal sealed unsafe class PortableMap : IMappedFile
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;

    public PortableMap(string path)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(handle);
        if (Length == 0) return; // nothing to map, and .NET refuses to
        _file = MemoryMappedFile.CreateFromFile(handle, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        Base = start + _view.PointerOffset;
    }

    public byte* Base { get; private set; }

    public long Length { get; }

    public void Advise(long offset, long length, ReadPattern pattern) { }

    public void Dispose()
    {
        if (Base == null) return;
        Base = null;
        _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file!.Dispose();
    }
}
