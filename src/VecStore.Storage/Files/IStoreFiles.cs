namespace VecStore.Storage;

/// <summary>
/// The one seam between VecStore and the file system: every read, write, flush, rename and delete of a store goes through it,
/// so that tests can cut, tear, drop and fail each call. Paths are as the caller gives them; folders are separated by '/'.
/// </summary>
public interface IStoreFiles
{
    /// <summary>True when a file of that name exists.</summary>
    bool Exists(string path);

    /// <summary>True when a folder of that name exists.</summary>
    bool FolderExists(string folder);

    /// <summary>Names (not paths) of the files directly in a folder; empty when there is no such folder.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Names (not paths) of the folders directly in a folder; empty when there is no such folder.</summary>
    IReadOnlyList<string> ListFolders(string folder);

    /// <summary>Creates a folder and those above it; no error if it exists.</summary>
    void CreateFolder(string folder);

    /// <summary>Removes a folder if it is there and empty; no error if not.</summary>
    void DeleteFolder(string folder);

    /// <summary>Creates a file for reading and writing, or empties the one that is there.</summary>
    IStoreFile Create(string path);

    /// <summary>Opens an existing file. <see cref="FileNotFoundException"/> when there is none.</summary>
    IStoreFile Open(string path, FileAccess access);

    /// <summary>Maps a whole existing file, read-only. A mapped file must never be truncated, only unlinked or replaced.</summary>
    IMappedFile Map(string path);

    /// <summary>Replaces <paramref name="to"/> by <paramref name="from"/> in one step. Durable after <see cref="FlushFolder"/>.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; no error if there is none. Readers that have it mapped keep their view.</summary>
    void Delete(string path);

    /// <summary>Makes creations, renames and deletions in a folder durable (fsync of the directory).</summary>
    void FlushFolder(string folder);

    /// <summary>
    /// Takes an exclusive lock on a file for as long as the result lives, or returns null when another process (or another store of this
    /// process) has it. The file then holds <paramref name="holder"/>; the lock goes when its process dies, however it dies.
    /// </summary>
    IDisposable? TryLock(string path, string holder);
}

/// <summary>An open file: positioned reads and writes, safe from several threads for disjoint ranges.</summary>
public interface IStoreFile : IDisposable
{
    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads up to the length of <paramref name="destination"/>; returns the bytes read, short only at the end of the file.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>Writes all of <paramref name="source"/>, growing the file when needed.</summary>
    void Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Sets the length; new bytes are zero. With <paramref name="allocate"/> the disk space is reserved too.</summary>
    void SetLength(long length, bool allocate = false);

    /// <summary>Data and length are on the disk when it returns (fdatasync). A failed flush must never be retried and trusted.</summary>
    void Flush();
}

/// <summary>A read-only map of a whole file.</summary>
public unsafe interface IMappedFile : IDisposable
{
    /// <summary>The first byte; aligned to a page. Valid until disposed.</summary>
    byte* Base { get; }

    /// <summary>Length in bytes.</summary>
    long Length { get; }

    /// <summary>Tells the system how a range will be read; never changes what is read.</summary>
    void Advise(long offset, long length, ReadPattern pattern);
}

/// <summary>How a mapped range will be read.</summary>
public enum ReadPattern
{
    /// <summary>No advice.</summary>
    Normal,

    /// <summary>Front to back: read ahead.</summary>
    Sequential,

    /// <summary>Here and there: do not read ahead.</summary>
    Random,

    /// <summary>Soon: start reading now.</summary>
    WillNeed,

    /// <summary>Not soon: pages may go.</summary>
    DontNeed,
}
