using System.Runtime.InteropServices;

namespace VecStore.Storage.Tests;

/// <summary>One file whose bytes a test holds and damages: all that a reader of mapped files needs of a file system.</summary>
internal sealed unsafe class HeldFile : IStoreFiles, IMappedFile
{
    private readonly nuint _size;

    public HeldFile(ReadOnlySpan<byte> bytes)
    {
        // Page-aligned like a map.
        _size = (nuint)Math.Max(1, bytes.Length);
        Base = (byte*)NativeMemory.AlignedAlloc(_size, 4096);
        bytes.CopyTo(new Span<byte>(Base, bytes.Length));
        Length = bytes.Length;
    }

    public byte* Base { get; }

    public long Length { get; set; }

    public Span<byte> Bytes => new(Base, (int)Length);

    public IMappedFile Map(string path) => this;

    public void Advise(long offset, long length, ReadPattern pattern) { }

    public void Dispose() { } // by the reader of the map; the test lets go by Free

    public void Free() => NativeMemory.AlignedFree(Base);

    public bool Exists(string path) => true;

    public bool FolderExists(string folder) => true;

    public IReadOnlyList<string> List(string folder) => throw new NotSupportedException();

    public IReadOnlyList<string> ListFolders(string folder) => throw new NotSupportedException();

    public void CreateFolder(string folder) => throw new NotSupportedException();

    public void DeleteFolder(string folder) => throw new NotSupportedException();

    public IStoreFile Create(string path) => throw new NotSupportedException();

    public IStoreFile Open(string path, FileAccess access) => throw new NotSupportedException();

    public void Rename(string from, string to) => throw new NotSupportedException();

    public void Delete(string path) => throw new NotSupportedException();

    public void FlushFolder(string folder) => throw new NotSupportedException();

    public IDisposable? TryLock(string path, string holder) => throw new NotSupportedException();
}
