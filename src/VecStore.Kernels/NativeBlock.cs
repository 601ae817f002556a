using System.Runtime.InteropServices;

namespace VecStore.Kernels;

/// <summary>
/// Native memory of one element type, zeroed and aligned to 64 bytes, given back on disposal. Large blocks ask the system for huge pages, which saves address
/// translations on random reads.
/// </summary>
internal sealed unsafe class NativeBlock<T> : IDisposable where T : unmanaged
{
    public NativeBlock(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = Math.Max(64, checked((nuint)length * (nuint)sizeof(T))), alignment = 64;
        bool large = bytes >= 2 * HugePages.Bytes;
        if (large) (bytes, alignment) = ((bytes + HugePages.Bytes - 1) & ~(HugePages.Bytes - 1), HugePages.Bytes);
        Base = (T*)NativeMemory.AlignedAlloc(bytes, alignment);
        if (large) HugePages.Advise(Base, bytes);
        NativeMemory.Clear(Base, bytes);
    }

    /// <summary>The first element; null after disposal.</summary>
    public T* Base { get; private set; }

    /// <summary>Elements.</summary>
    public long Length { get; }

    public Span<T> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(Base == null, this);
        if (offset < 0 || length < 0 || offset + length > Length) throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{length:N0} elements from there in a block of {Length:N0}");
        return new(Base + offset, length);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(Base);
        Base = null;
        GC.SuppressFinalize(this);
    }

    ~NativeBlock() => NativeMemory.AlignedFree(Base);
}

/// <summary>Asked for apart from <see cref="NativeBlock{T}"/>, because a generic type cannot call the system.</summary>
internal static unsafe partial class HugePages
{
    public const nuint Bytes = 2 << 20;

    private const int AdviseHugePage = 14;

    public static void Advise(void* address, nuint bytes)
    {
        if (OperatingSystem.IsLinux()) _ = Advise(address, bytes, AdviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
