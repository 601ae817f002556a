using VecStore.Storage;

namespace VecStore.Tests.Scale;

/// <summary>The files of the machine, with a count of what is read from them.</summary>
internal sealed class CountingFiles : IStoreFiles
{
    private readonly DiskFiles _files = new();
    private long _bytes;
    private int _openings;

    /// <summary>Bytes read by calls, and openings and maps.</summary>
    public (long Bytes, int Openings) Reads => (Interlocked.Read(ref _bytes), _openings);

    public bool Exists(string path) => _files.Exists(path);

    public bool FolderExists(string folder) => _files.FolderExists(folder);

    public IReadOnlyList<string> List(string folder) => _files.List(folder);

    public IReadOnlyList<string> ListFolders(string folder) => _files.ListFolders(folder);

    public void CreateFolder(string folder) => _files.CreateFolder(folder);

    public void DeleteFolder(string folder) => _files.DeleteFolder(folder);

    public IStoreFile Create(string path) => _files.Create(path);

    public IStoreFile Open(string path, FileAccess access)
    {
        Interlocked.Increment(ref _openings);
        return new CountingFile(this, _files.Open(path, access));
    }

    public IMappedFile Map(string path)
    {
        Interlocked.Increment(ref _openings);
        return _files.Map(path);
    }

    public void Rename(string from, string to) => _files.Rename(from, to);

    public void Delete(string path) => _files.Delete(path);

    public void FlushFolder(string folder) => _files.FlushFolder(folder);

    public IDisposable? TryLock(string path, string holder) => _files.TryLock(path, holder);

    private sealed class CountingFile(CountingFiles counts, IStoreFile file) : IStoreFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> destination)
        {
            int read = file.Read(offset, destination);
            Interlocked.Add(ref counts._bytes, read);
            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> source) => file.Write(offset, source);

        public void SetLength(long length, bool allocate = false) => file.SetLength(length, allocate);

        public void Flush() => file.Flush();

        public void Dispose() => file.Dispose();
    }
}
