using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace VecStore.Storage;

/// <summary>
/// Files on Linux. Opened by the C library and not by .NET, which would take a shared flock on each open file and so
/// collide with the writer's lock.
/// </summary>
internal sealed unsafe class LinuxFiles : IStoreFiles
{
    private const int FileMode = 0x1B4; // rw-rw-r--, less the umask

    public bool Exists(string path) => File.Exists(path);

    public bool FolderExists(string folder) => Directory.Exists(folder);

    public IReadOnlyList<string> List(string folder) => FolderListing.Of(folder);

    public IReadOnlyList<string> ListFolders(string folder) => FolderListing.FoldersOf(folder);

    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public void DeleteFolder(string folder) => FolderListing.DeleteIfEmpty(folder);

    public IStoreFile Create(string path) =>
        new DiskFile(OpenHandle(path, Libc.ReadWrite | Libc.CreateFlag | Libc.Truncate, "create"), path, Flush, Allocate);

    public IStoreFile Open(string path, FileAccess access) =>
        new DiskFile(OpenHandle(path, access == FileAccess.Read ? Libc.ReadOnly : Libc.ReadWrite, "open"), path, Flush, Allocate);

    public IMappedFile Map(string path)
    {
        using SafeFileHandle handle = OpenHandle(path, Libc.ReadOnly, "open");
        long length = RandomAccess.GetLength(handle);
        if (length == 0) return new LinuxMap(null, 0, path);
        void* start = Libc.Map(null, (nuint)length, Libc.ProtectRead, Libc.MapShared, Descriptor(handle), 0);
        if (start == (void*)-1) throw Libc.Failure("map", path);
        return new LinuxMap((byte*)start, length, path);
    }

    public void Rename(string from, string to)
    {
        if (Libc.Rename(from, to) != 0) throw Libc.Failure($"rename to {to} the file", from);
    }

    public void Delete(string path)
    {
        if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) File.Delete(path);
    }

    public void FlushFolder(string folder)
    {
        using SafeFileHandle handle = OpenHandle(folder.Length == 0 ? "." : folder, Libc.ReadOnly, "open the folder");
        if (Libc.Flush(Descriptor(handle)) != 0) throw Libc.Failure("flush the folder", folder);
    }

    /// <summary>flock: belongs to this opening of the file, so it excludes other stores of this process too, and dies with the process.</summary>
    public IDisposable? TryLock(string path, string holder)
    {
        SafeFileHandle handle = OpenHandle(path, Libc.ReadWrite | Libc.CreateFlag, "open");
        try
        {
            if (Libc.Lock(Descriptor(handle), Libc.LockExclusive | Libc.LockNonBlocking) != 0)
            {
                if (Marshal.GetLastPInvokeError() != Libc.WouldBlock) throw Libc.Failure("lock", path);
                handle.Dispose();
                return null;
            }
            RandomAccess.SetLength(handle, 0);
            RandomAccess.Write(handle, Encoding.UTF8.GetBytes(holder), 0);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static SafeFileHandle OpenHandle(string path, int flags, string what)
    {
        int descriptor;
        do
        {
            descriptor = Libc.Open(path, flags | Libc.CloseOnExec, FileMode);
        }
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.Interrupted);
        if (descriptor < 0) throw Libc.Failure(what, path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Flush(SafeFileHandle handle, string path)
    {
        if (Libc.FlushData(Descriptor(handle)) != 0) throw Libc.Failure("flush", path);
    }

    private static void Allocate(SafeFileHandle handle, string path, long length)
    {
        long now = RandomAccess.GetLength(handle);
        if (length <= now || Libc.Allocate(Descriptor(handle), 0, now, length - now) == 0) return;
        // Some file systems cannot reserve; the length alone is set then, and a full disk shows at the write.
        if (Marshal.GetLastPInvokeError() != Libc.NotSupported) throw Libc.Failure($"reserve {length} bytes for", path);
        RandomAccess.SetLength(handle, length);
    }

    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}

/// <summary>A read-only map made by mmap.</summary>
internal sealed unsafe class LinuxMap(byte* start, long length, string path) : IMappedFile
{
    private byte* _start = start;

    public byte* Base => _start;

    public long Length { get; } = length;

    public void Advise(long offset, long count, ReadPattern pattern)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length - offset);
        if (_start == null || count <= 0) return;
        long page = Environment.SystemPageSize, first = offset / page * page;
        int advice = pattern switch
        {
            ReadPattern.Random => 1,     // MADV_RANDOM
            ReadPattern.Sequential => 2, // MADV_SEQUENTIAL
            ReadPattern.WillNeed => 3,   // MADV_WILLNEED
            ReadPattern.DontNeed => 4,   // MADV_DONTNEED: of a file's map, only this map's hold on the pages
            _ => 0,
        };
        _ = Libc.Advise(_start + first, (nuint)(offset + count - first), advice); // advice only: a refusal changes nothing
    }

    public void Dispose()
    {
        byte* start = _start;
        if (start == null) return;
        _start = null;
        if (Libc.Unmap(start, (nuint)Length) != 0) throw Libc.Failure("unmap", path);
    }
}
