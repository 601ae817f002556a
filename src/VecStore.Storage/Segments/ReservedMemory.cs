using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>
/// Memory outside the heap, zeroed and aligned to 64 bytes. A large reservation costs only the pages that were touched: the system gives
/// them when they are written.
/// </summary>
internal sealed unsafe class ReservedMemory : IDisposable
{
    private void* _allocated;

    public ReservedMemory(long bytes)
    {
        _allocated = NativeMemory.AllocZeroed((nuint)bytes + RowLayout.Alignment);
        Start = (byte*)(((nuint)_allocated + RowLayout.Alignment - 1) & ~(nuint)(RowLayout.Alignment - 1));
    }

    ~ReservedMemory() => Free();

    public byte* Start { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_allocated);
        _allocated = null;
    }
}
