using System.Runtime.InteropServices;

namespace VecStore.Kernels.Tests;

/// <summary>Zeroed memory whose last byte is followed by a page without access: reading past the end kills the test run.</summary>
internal sealed unsafe partial class GuardedMemory : IDisposable
{
    private const int Page = 4096;
    private readonly byte* _map;
    private readonly nuint _length;

    public GuardedMemory(int bytes)
    {
        Length = bytes;
        nuint data = ((nuint)bytes + Page - 1) / Page * Page;
        _length = data + Page;
        if (OperatingSystem.IsLinux())
        {
            _map = (byte*)mmap(null, _length, 3 /* read, write */, 0x22 /* private, anonymous */, -1, 0);
            if ((nint)_map == -1 || mprotect(_map + data, Page, 0) != 0) throw new InvalidOperationException("no guard page");
        }
        else
        {
            _map = (byte*)NativeMemory.AlignedAlloc(_length, Page);
            NativeMemory.Clear(_map, _length);
        }
        Start = _map + data - bytes;
    }

    public byte* Start { get; }

    public int Length { get; }

    public Span<T> Span<T>() where T : unmanaged => new(Start, Length / sizeof(T));

    public void Dispose()
    {
        if (OperatingSystem.IsLinux()) _ = munmap(_map, _length);
        else NativeMemory.AlignedFree(_map);
    }

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc")]
    private static partial int munmap(void* address, nuint length);
}
