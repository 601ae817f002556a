using System.Runtime.InteropServices;

namespace VecStore.Analysis;

/// <summary>Native memory of one element type, aligned to 64 bytes and zeroed, freed on disposal.</summary>
internal sealed unsafe class AlignedBuffer<T> : IDisposable where T : unmanaged
{
    private void* memory;

    public AlignedBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        nuint bytes = checked((nuint)length * (nuint)sizeof(T));
        memory = NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        NativeMemory.Clear(memory, bytes);
        if (bytes > 1 << 20) GC.AddMemoryPressure((long)bytes);
    }

    ~AlignedBuffer() => Release();

    public long Length { get; }

    public T* Pointer => memory is null ? throw new ObjectDisposedException(nameof(AlignedBuffer<T>)) : (T*)memory;

    public Span<T> Span(long offset, int length)
    {
        if (offset < 0 || length < 0 || offset + length > Length) throw new ArgumentOutOfRangeException(nameof(offset));
        return new(Pointer + offset, length);
    }

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (memory is null) return;
        NativeMemory.AlignedFree(memory);
        memory = null;
        long bytes = Length * sizeof(T);
        if (bytes > 1 << 20) GC.RemoveMemoryPressure(bytes);
    }
}
