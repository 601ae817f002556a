using System.Runtime.InteropServices;

namespace VecStore.Indexing;

/// <summary>Zeroed native memory, aligned to 64 bytes; large blocks ask the system for huge pages, which saves address translations on random reads.</summary>
internal sealed unsafe partial class NativeBlock : IDisposable
{
    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePage = 14;

    public NativeBlock(long bytes)
    {
        Length = bytes;
        nuint size = (nuint)Math.Max(bytes, 64);
        bool large = size >= 2 * HugePage;
        if (large) size = (size + HugePage - 1) & ~(HugePage - 1);
        Base = (byte*)NativeMemory.AlignedAlloc(size, large ? HugePage : 64);
        if (large && OperatingSystem.IsLinux()) _ = Advise(Base, size, AdviseHugePage);
        NativeMemory.Clear(Base, size);
    }

    public byte* Base { get; private set; }

    public long Length { get; }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Base);
        Base = null;
        GC.SuppressFinalize(this);
    }

    ~NativeBlock() => NativeMemory.AlignedFree(Base);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
