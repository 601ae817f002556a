using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>The calls to the Linux C library that .NET does not offer, and their constants (same on x64 and arm64).</summary>
internal static unsafe partial class Libc
{
    public const int ReadOnly = 0, ReadWrite = 2, CreateFlag = 0x40, Truncate = 0x200, CloseOnExec = 0x80000;
    public const int ProtectRead = 1, MapShared = 1;
    public const int LockExclusive = 2, LockNonBlocking = 4;
    public const int NoSuchFile = 2, Interrupted = 4, WouldBlock = 11, Invalid = 22, NotSupported = 95;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int FlushData(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(int descriptor, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Rename(string from, string to);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(void* address, nuint length, int protection, int flags, int descriptor, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Advise(void* address, nuint length, int advice);

    /// <summary>The exception for the last failed call: what was tried, on which file, and the system's reason.</summary>
    public static IOException Failure(string what, string path)
    {
        int code = Marshal.GetLastPInvokeError();
        string reason = Marshal.GetPInvokeErrorMessage(code);
        return code == NoSuchFile
            ? new FileNotFoundException($"cannot {what} {path}: {reason}", path)
            : new IOException($"cannot {what} {path}: {reason}");
    }
}
