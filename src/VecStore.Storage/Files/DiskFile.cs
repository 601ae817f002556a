using Microsoft.Win32.SafeHandles;

namespace VecStore.Storage;

/// <summary>An open file over a handle; how it is flushed and how space is reserved depends on the system.</summary>
internal sealed class DiskFile(
    SafeFileHandle handle, string path, Action<SafeFileHandle, string> flush, Action<SafeFileHandle, string, long> allocate) : IStoreFile
{
    public long Length => RandomAccess.GetLength(handle);

    public int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(handle, destination[done..], offset + done);
            if (read == 0) break;
            done += read;
        }
        return done;
    }

    public void Write(long offset, ReadOnlySpan<byte> source) => RandomAccess.Write(handle, source, offset);

    public void SetLength(long length, bool allocateSpace)
    {
        if (allocateSpace) allocate(handle, path, length);
        if (RandomAccess.GetLength(handle) != length) RandomAccess.SetLength(handle, length);
    }

    public void Flush() => flush(handle, path);

    public void Dispose() => handle.Dispose();
}

/// <summary>The names of the files in a folder, sorted, so that what a store does never depends on the order of a directory.</summary>
internal static class FolderListing
{
    public static string[] Of(string folder) => Directory.Exists(folder) ? Names(Directory.EnumerateFiles(folder)) : [];

    public static string[] FoldersOf(string folder) => Directory.Exists(folder) ? Names(Directory.EnumerateDirectories(folder)) : [];

    public static void DeleteIfEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (DirectoryNotFoundException)
        {
            // It is gone already.
        }
        catch (IOException) when (Directory.EnumerateFileSystemEntries(folder).Any())
        {
            // It is to stay.
        }
    }

    private static string[] Names(IEnumerable<string> paths)
    {
        string[] names = [.. paths.Select(path => Path.GetFileName(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }
}
